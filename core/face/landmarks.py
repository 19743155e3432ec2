"""FaceMesh: 468 points on a face, from a crop that follows the face's place, size and turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import cv2
import numpy as np

from doublure.core.face import nets
from doublure.core.face.detect import Detection
from doublure.core.face.pairs import both
from doublure.core.face.pose import fit_pose
from doublure.core.face.topology import POINTS, canonical_shape, mirror

SIDE = 192
_MARGIN = 1.5
_CENTRE = np.array([[0.0, 0.25, 0.0]])
_SIDES = 6.3
"""Centre and side, in head coordinates, of the crop that follows a pose: what the box of the points gives at rest."""
_NEAR_ENOUGH = 1e-3
"""How exactly a crop is laid: to a fifth of one of its pixels."""
_PASSES = 8
_AT_REST = 0.02
Look: TypeAlias = tuple[float, float, bool]
LOOKS: tuple[Look, ...] = (
    (1.08, 0.08, False),
    (0.94, -0.08, False),
    (1.08, -0.08, True),
    (0.94, 0.08, True),
)
"""(size, turn in radians, mirrored) of the readings that :func:`steady` averages; as a set its own mirror image."""
TWO_LOOKS: tuple[Look, ...] = ((1.0, 0.06, False), (1.0, -0.06, True))
"""Half as many, for a face whose motion is known as well."""


@dataclass(frozen=True)
class Landmarks:
    """``points`` (468, 3) float64 in the picture's continuous pixels, z in the same unit (smaller is nearer);
    ``presence`` 0..1: the network's belief that the crop held a face."""

    points: np.ndarray
    presence: float

    @property
    def centre(self) -> np.ndarray:
        """(2,) the middle of the points' box."""
        return (self.points[:, :2].min(0) + self.points[:, :2].max(0)) / 2

    @property
    def size(self) -> float:
        """The longer side of the points' box, pixels."""
        return float(np.ptp(self.points[:, :2], axis=0).max())


@dataclass(frozen=True)
class Crop:
    """A square of the picture: centre (2,), side in pixels, turn in radians (positive clockwise)."""

    centre: np.ndarray
    side: float
    angle: float

    @classmethod
    def of_detection(cls, face: Detection) -> Crop:
        return cls(face.centre, float(face.size.max()) * _MARGIN, face.angle)

    @classmethod
    def of_points(cls, points: np.ndarray) -> Crop:
        """The upright square round landmarks (468, 3), laid by the head's pose.

        FaceMesh's authors lay it by the box of all points; then the crop grows when the mouth opens, and the
        error that this makes in the head's measured size is nearly twice as large (2.9 against 1.8 %).
        """
        pose = fit_pose(points, canonical_shape(), tolerance=_NEAR_ENOUGH)
        return cls(pose.project(_CENTRE)[0], pose.scale * _SIDES, np.radians(pose.roll))

    def to_picture(self, pixels: int) -> tuple[np.ndarray, np.ndarray]:
        """(matrix (2, 2), offset (2,)): ``matrix @ p + offset`` is the picture's place of the crop's own ``p``, in a
        crop of ``pixels`` a side."""
        matrix = _turn(self.angle) * (self.side / pixels)
        return matrix, self.centre - matrix @ np.array([pixels / 2, pixels / 2])

    def distance(self, other: Crop) -> float:
        """How far apart: the largest of shift (in sides), growth (a ratio less 1) and turn (radians)."""
        shift = float(np.linalg.norm(self.centre - other.centre)) / min(self.side, other.side)
        growth = max(self.side / other.side, other.side / self.side) - 1
        turn = abs(float(np.angle(np.exp(1j * (self.angle - other.angle)))))
        return max(shift, growth, turn)


def _turn(angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])


def sample_crop(picture: np.ndarray, crop: Crop, side: int) -> np.ndarray:
    """(side, side, 3) of a crop of a picture (H, W, 3) uint8; black beyond the picture's edge."""
    matrix, offset = crop.to_picture(side)
    step = float(np.hypot(*matrix[:, 0]))
    shrink = int(step)
    if shrink > 1:
        # A large face is averaged down first: point-sampling it would alias and make the landmarks flutter.
        corners = np.array([[0, 0], [side, 0], [0, side], [side, side]]) @ matrix.T + offset
        low = np.clip(np.floor(corners.min(0)).astype(int), 0, [picture.shape[1] - 1, picture.shape[0] - 1])
        high = np.maximum(np.ceil(corners.max(0)).astype(int), low + 1)
        part = picture[low[1] : high[1], low[0] : high[0]]
        wide, high_px = max(1, part.shape[1] // shrink), max(1, part.shape[0] // shrink)
        ratio = np.array([wide / part.shape[1], high_px / part.shape[0]])
        picture = cv2.resize(part, (wide, high_px), interpolation=cv2.INTER_AREA)
        matrix, offset = matrix * ratio[:, None], (offset - low) * ratio
    centres = np.c_[matrix, matrix @ [0.5, 0.5] + offset - 0.5]
    return cv2.warpAffine(picture, centres, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)


def read_crop(picture: np.ndarray, crop: Crop, *, mirrored: bool = False) -> Landmarks:
    """One FaceMesh pass over one crop of a picture (H, W, 3) uint8 sRGB; ``mirrored``: over its mirror image."""
    matrix, offset = crop.to_picture(SIDE)
    pixels = sample_crop(picture, crop, SIDE)
    if mirrored:
        pixels = cv2.flip(pixels, 1)
    values, logit = nets.facemesh()(cv2.dnn.blobFromImage(pixels, 1 / 255))
    local = values.reshape(POINTS, 3).astype(np.float64)
    if mirrored:
        local = (local * (-1, 1, 1) + (SIDE, 0, 0))[mirror()]
    points = np.c_[local[:, :2] @ matrix.T + offset, local[:, 2] * (crop.side / SIDE)]
    return Landmarks(points, float(1 / (1 + np.exp(-np.clip(float(logit.ravel()[0]), -80, 80)))))


def settle(picture: np.ndarray, crop: Crop, *, floor: float = 0.0) -> Landmarks:
    """FaceMesh from a rough crop: the crop is laid anew round its own landmarks until it rests.

    At least two passes and at most eight; where the crop came from then hardly shows in the points. ``presence``
    is the least of all passes: a crop of no face, or of one upside down, starts low or drops on the way, however
    surely the network ends by seeing a face in it. Below ``floor`` it is no use going on, and the passes end.
    """
    seen = read_crop(picture, crop)
    least = seen.presence
    for _ in range(_PASSES - 1):
        following = Crop.of_points(seen.points)
        moved = following.distance(crop)
        crop, seen = following, read_crop(picture, following)
        least = min(least, seen.presence)
        if moved < _AT_REST or least < floor:
            break
    return Landmarks(seen.points, least)


def steady(picture: np.ndarray, crop: Crop, *, rounds: int = 2, looks: Sequence[Look] = LOOKS) -> Landmarks:
    """The mean of FaceMesh's readings of one crop slightly turned, resized and mirrored.

    Each reading errs by its own random part, so the mean shakes less (0.4 of a single reading's jitter); every
    further round lays the crop round the last round's mean. ``presence`` is the mean too.
    """
    seen = _several_looks(picture, crop, looks)
    for _ in range(rounds - 1):
        seen = _several_looks(picture, Crop.of_points(seen.points), looks)
    return seen


def _several_looks(picture: np.ndarray, crop: Crop, looks: Sequence[Look]) -> Landmarks:
    def some(part: Sequence[Look]) -> list[Landmarks]:
        return [
            read_crop(picture, Crop(crop.centre, crop.side * grow, crop.angle + turn), mirrored=mirrored)
            for grow, turn, mirrored in part
        ]

    half = len(looks) // 2
    first, second = both(partial(some, looks[:half]), partial(some, looks[half:]))
    readings = first + second
    points = np.mean([one.points for one in readings], axis=0)
    return Landmarks(points, float(np.mean([one.presence for one in readings])))


def landmarks(picture: np.ndarray, face: Detection, *, floor: float = 0.0) -> Landmarks:
    """The landmarks of a detected face.

    Args:
        picture: (H, W, 3) uint8 sRGB, the one that ``face`` was found in.
        face: one of ``detect(picture)``.
        floor: see :func:`settle`.
    """
    return settle(picture, Crop.of_detection(face), floor=floor)
