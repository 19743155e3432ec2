"""Lids and pupils: the iris network's, because FaceMesh hardly sees a blink and nothing of a glance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from doublure.core.face import nets
from doublure.core.face.landmarks import Crop
from doublure.core.face.pairs import both
from doublure.core.face.topology import EYE_CORNERS, LEFT_EYE, RIGHT_EYE

SIDE = 64
RIMS = (RIGHT_EYE, LEFT_EYE)
"""FaceMesh's points on the rims of the person's right and left eye: outer corner, lower lid, inner corner, upper
lid from the inside out."""

LIDS = tuple(i for i in range(16) if i not in (0, 8))
"""The places in a rim that are lid, not corner."""

_BESIDE = (1, 7, 9, 15)
"""The lids' places next to the corners, alike on both lids and at both corners."""
_MARGIN = 2.3
_PASSES = 2
_CONTOUR = (0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 14, 13, 12, 11, 10, 9)
"""The network's contour (lower lid 0..8 from the outer corner, upper lid 9..15 from the outside in) as RIMS go."""
_FACING = ((3, 13), (5, 11))
"""Places in a rim, lower and upper, that face each other across the middle of the eye."""
_EVEN, _GAIN = 0.075, 1.7
"""The network takes an opening of 0.075 distances of the outer eye corners for what it is, and each step from there is
1.7 true ones: it leaves a shut eye half as open as an open one, and sees wide ones too narrow. Measured on 1500 eyes of
22 of the stage's people in other acts, lights and sizes; it is as straight as that from shut to wide."""
_LEAST = 0.1
_NEARLY_SHUT = 0.22
"""An eye less open than this share of its width is looked at four times more: shut lids are the hardest to read."""
LOOKS = ((1.08, 0.08), (0.94, -0.08), (1.08, -0.08), (0.94, 0.08))
"""Each (size, turn in radians)."""


@dataclass(frozen=True)
class Eye:
    """One eye in a picture's pixels: ``rim`` (16, 2) ordered as RIMS, ``pupil`` (2,) the middle of the iris."""

    rim: np.ndarray
    pupil: np.ndarray

    @property
    def centre(self) -> np.ndarray:
        """(2,) between the corners."""
        return (self.rim[0] + self.rim[8]) / 2

    @property
    def opening(self) -> float:
        """Mean distance of the lids across the middle of the eye."""
        return float(np.mean([np.linalg.norm(self.rim[a] - self.rim[b]) for a, b in _FACING]))


def eye_crop(picture: np.ndarray, points: np.ndarray, side: int) -> Crop:
    """The square round the person's right (``side`` 0) or left (1) eye, in the picture's continuous pixels.

    FaceMesh's corners of a closed eye lie too high, so the square is centred anew on the contour seen in it.

    Args:
        picture: (H, W, 3) uint8 sRGB. points: (468, 2 or 3) landmarks in its pixels.
    """
    crop = _round(points, RIMS[side], side)
    for _ in range(_PASSES):
        crop = Crop(look(picture, crop, side).centre, crop.side, crop.angle)
    return crop


def tracked_crop(points: np.ndarray, side: int) -> Crop:
    """The square of `eye_crop` from landmarks (468, 2 or 3) whose lids are this network's already, as a track's are.

    Nothing is looked at. The lids beside the corners tell where the eye is, as the corners are FaceMesh's.
    """
    crop = _round(points, RIMS[side], side)
    return Crop(points[[RIMS[side][i] for i in _BESIDE], :2].mean(0), crop.side, crop.angle)


def read_eyes(
    picture: np.ndarray, points: np.ndarray, centres: tuple[np.ndarray, np.ndarray] | None = None
) -> tuple[Eye, Eye]:
    """The person's right and left eye.

    Args:
        picture: (H, W, 3) uint8 sRGB. points: (468, 2 or 3) landmarks in its pixels.
        centres: where the middles of the eyes are known to be, nearly; looked for where None, because
            FaceMesh's corners of a closed eye lie too high.
    """
    at = (None, None) if centres is None else centres
    return both(
        partial(_read_eye, picture, points, 0, at[0]),
        partial(_read_eye, picture, points, 1, at[1]),
    )


def _read_eye(picture: np.ndarray, points: np.ndarray, side: int, centre: np.ndarray | None) -> Eye:
    if centre is None:
        crop = eye_crop(picture, points, side)
    else:
        crop = _round(points, RIMS[side], side)
        crop = Crop(centre, crop.side, crop.angle)
    eye = look(picture, crop, side)
    if eye.opening < _NEARLY_SHUT * crop.side / _MARGIN:
        looks = [look(picture, Crop(eye.centre, crop.side * a, crop.angle + b), side) for a, b in LOOKS]
        eye = Eye(*(np.mean([getattr(one, part) for one in looks], axis=0) for part in ("rim", "pupil")))
    return eye


def with_eyes(points: np.ndarray, eyes: tuple[Eye, Eye]) -> np.ndarray:
    """``points`` (468, 3) with x and y of the lids, corners excepted, as the iris network sees them.

    The network's own openings differ too little from one another; each pair of facing points is drawn together or
    apart to what they stand for.
    """
    out = np.array(points, np.float64)
    unit = float(np.linalg.norm(points[EYE_CORNERS[0]] - points[EYE_CORNERS[3]]))
    for rim, eye in zip(RIMS, eyes, strict=True):
        contour = _drawn_together(eye, unit)
        out[[rim[i] for i in LIDS], :2] = contour[list(LIDS)]
    return out


def _drawn_together(eye: Eye, unit: float) -> np.ndarray:
    contour, opening = eye.rim, eye.opening / unit
    if not opening > 0:
        return contour
    factor = max((opening + (_GAIN - 1) * (opening - _EVEN)) / opening, _LEAST)
    facing = contour[(16 - np.arange(16)) % 16]
    middle = (contour + facing) / 2
    return np.asarray(middle + factor * (contour - middle))


def _round(points: np.ndarray, rim: tuple[int, ...], side: int) -> Crop:
    outer, inner = points[rim[0], :2], points[rim[8], :2]
    x, y = (inner - outer) * (1 - 2 * side)
    return Crop((outer + inner) / 2, float(np.hypot(x, y)) * _MARGIN, float(np.arctan2(y, x)))


def look(picture: np.ndarray, crop: Crop, side: int) -> Eye:
    """One eye, in one crop; the network knows right eyes, so a left one is mirrored."""
    step, c, s = crop.side / SIDE, np.cos(crop.angle), np.sin(crop.angle)
    matrix = step * np.array([[c, -s], [s, c]]) @ np.diag([1.0 - 2 * side, 1.0])
    offset = crop.centre - matrix @ [SIDE / 2, SIDE / 2]
    low = np.zeros(2, int)
    if step > 1:
        # Only the part under the crop is softened against aliasing.
        edge = [picture.shape[1] - 1, picture.shape[0] - 1]
        low = np.clip(np.floor(crop.centre - crop.side).astype(int), 0, edge)
        high = np.maximum(np.clip(np.ceil(crop.centre + crop.side).astype(int), 0, None), low + 1)
        picture = cv2.GaussianBlur(picture[low[1] : high[1], low[0] : high[0]], (0, 0), 0.5 * step)
    pixels = cv2.warpAffine(
        picture,
        np.c_[matrix, matrix @ [0.5, 0.5] + offset - low - 0.5],
        (SIDE, SIDE),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    contour, iris = nets.iris()(cv2.dnn.blobFromImage(pixels, 1 / 255))
    rim = contour.reshape(-1, 3)[list(_CONTOUR), :2].astype(np.float64) @ matrix.T + offset
    return Eye(rim, iris.reshape(-1, 3)[0, :2].astype(np.float64) @ matrix.T + offset)
