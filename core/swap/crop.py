"""The aligned face crop: where it lies on the plate, cutting it out, and placing a crop back.

A crop is square and follows the head's 3-D pose (scale, in-plane roll and the projection of a point inside
the head), not the mean of 2-D landmarks: so it does not breathe with the mouth or shrink as the head turns.
Two people's crops are comparable because each is measured against that person's own mean head.
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np

from doublure.core.face.pose import Pose
from doublure.core.face.topology import OVAL, canonical_shape
from doublure.core.window import Window

FACE_SHARE = 0.80  # of the crop's height is taken by the mean head's face oval


@cache
def _geometry() -> tuple[np.ndarray, float]:
    """(centre of the face oval in head coordinates (3,), half the crop's side in head units)."""
    oval = canonical_shape()[list(OVAL)]
    low, high = oval.min(0), oval.max(0)
    # An open jaw lowers the chin, nothing raises the forehead: the crop sits a little low.
    centre = np.array([0.0, (low[1] + high[1]) / 2 + 0.02 * (high[1] - low[1]), 0.0])
    return centre, float((high[1] - low[1]) / FACE_SHARE / 2)


class EyeLine(NamedTuple):
    """Where two people's eyes are in the coordinates of their heads, (3,) each: a face is laid on another by them.

    Attributes:
        here: of the head on the plate. there: of the face in the crop.
    """

    here: np.ndarray
    there: np.ndarray


def crop_matrix(
    pose: Pose,
    size: int,
    *,
    scale: float = 1.0,
    offset: tuple[float, float] = (0.0, 0.0),
    eyes: EyeLine | None = None,
) -> np.ndarray:
    """The affine map from crop pixels to plate coordinates.

    Args:
        pose: head pose on the plate.
        size: side of the crop in pixels.
        scale: size of the crop on the plate relative to the fitted head (1 = as fitted).
        offset: shift of the crop's centre along its own axes, as a share of its side (x right, y down).
        eyes: lays the crop's eyes on the plate's, whatever the scale; where None the crop's centre stays.

    Returns:
        (2, 3) float64: ``plate = M @ (u, v, 1)`` for continuous crop coordinates 0 <= u, v <= size.
    """
    centre, half = _geometry()
    side = 2 * half * pose.scale * scale
    # The head's y axis, seen in the picture, gives the roll.
    down = pose.rotation[:2, 1]
    roll = math.atan2(-down[0], down[1])
    turn = np.array([[math.cos(roll), -math.sin(roll)], [math.sin(roll), math.cos(roll)]])
    at = centre if eyes is None else eyes.here + scale * (centre - eyes.there)
    middle = pose.translation + pose.scale * (pose.rotation @ at)[:2] + turn @ (np.asarray(offset) * side)
    linear = turn * (side / size)
    return np.column_stack([linear, middle - linear @ np.array([size / 2, size / 2])])


def on_crop(rotation: np.ndarray) -> np.ndarray:
    """(2, 4) float64, head coordinates (x, y, z, 1) to places in the crop, -1 to 1: those of `crop_matrix`.

    Neither the head's size nor its place matters, for the crop has both; its roll is taken off.
    """
    centre, half = _geometry()
    down = rotation[:2, 1]
    length = max(math.hypot(*down), 1e-9)
    c, s = down[1] / length, -down[0] / length
    flat = np.array([[c, s], [-s, c]]) @ rotation[:2] / half
    return np.column_stack([flat, -flat @ centre])


def pixels_per_crop_pixel(matrix: np.ndarray) -> float:
    """How many plate pixels one crop pixel spans along a side."""
    return math.sqrt(abs(np.linalg.det(matrix[:, :2])))


def footprint(matrix: np.ndarray, size: int, inside: Window, margin: int = 2) -> Window:
    """The plate pixels a crop covers, grown by ``margin`` and cut to ``inside`` (may be empty)."""
    corners = np.array([[0, 0, 1], [size, 0, 1], [0, size, 1], [size, size, 1]]) @ matrix.T
    low, high = np.floor(corners.min(0)).astype(int), np.ceil(corners.max(0)).astype(int)
    return Window(int(low[0]), int(low[1]), int(high[0]), int(high[1])).grow(margin).intersect(inside)


def cut(image: np.ndarray, origin: tuple[int, int], matrix: np.ndarray, size: int) -> np.ndarray:
    """Samples a crop.

    Args:
        image: (H, W, C) float32, log-encoded so that cubic overshoot at highlights stays small.
        origin: plate coordinates (x0, y0) of the image's first pixel.
        matrix: crop to plate, from `crop_matrix`.
        size: side of the crop.

    Returns:
        (size, size, C) float32. Beyond the image its border is repeated. Where the crop is coarser than the
        plate each crop pixel is the mean of the plate under it, so nothing aliases.
    """
    span = pixels_per_crop_pixel(matrix)
    over = max(1, math.ceil(span))
    linear = matrix[:, :2] / over
    shift = matrix[:, 2] + linear @ np.array([0.5, 0.5]) - 0.5 - np.asarray(origin, float)
    sampled = cv2.warpAffine(
        np.ascontiguousarray(image),
        np.column_stack([linear, shift]),
        (size * over, size * over),
        flags=(cv2.INTER_CUBIC if span < 1.5 else cv2.INTER_LINEAR) | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    ).reshape(size * over, size * over, -1)
    if over == 1:
        return sampled
    # The mean of whole blocks; numpy's over two axes takes thirty times as long.
    return cv2.resize(sampled, (size, size), interpolation=cv2.INTER_AREA).reshape(size, size, -1)


def place(
    crop: np.ndarray, matrix: np.ndarray, window: Window, *, outside: float | None = None
) -> np.ndarray:
    """Resamples a crop over plate pixels.

    Args:
        crop: (S, S, C) float32.
        matrix: crop to plate, from `crop_matrix` (position is float: nothing snaps to pixels).
        window: the plate pixels wanted.
        outside: value beyond the crop; None repeats the crop's border.

    Returns:
        (window.height, window.width, C) float32.
    """
    span = pixels_per_crop_pixel(matrix)
    if span < 1.0:  # the face is smaller than the crop: band-limit before sampling
        crop = cv2.GaussianBlur(crop, (0, 0), 0.5 * math.sqrt(1 / span**2 - 1) + 1e-3)
    inverse = np.linalg.inv(matrix[:, :2])
    first = np.array([window.x0 + 0.5, window.y0 + 0.5])
    shift = inverse @ (first - matrix[:, 2]) - 0.5
    placed = cv2.warpAffine(
        np.ascontiguousarray(crop),
        np.column_stack([inverse, shift]),
        (window.width, window.height),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE if outside is None else cv2.BORDER_CONSTANT,
        borderValue=(outside or 0.0,) * 4,
    )
    return placed.reshape(window.height, window.width, -1)
