"""Lids where they are: the iris network's eye contour, because FaceMesh hardly sees a blink."""

from __future__ import annotations

import threading
from functools import cache

import cv2
import numpy as np

from doublure.core.face.landmarks import Crop
from doublure.core.face.nets import Net
from doublure.core.face.topology import LEFT_EYE, RIGHT_EYE

SIDE = 64
RIMS = (RIGHT_EYE, LEFT_EYE)
"""FaceMesh's points on the rims of the person's right and left eye: outer corner, lower lid, inner corner, upper
lid from the inside out."""

_MARGIN = 2.3
_PASSES = 2
_CONTOUR = (0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 14, 13, 12, 11, 10, 9)
"""The network's contour (lower lid 0..8 from the outer corner, upper lid 9..15 from the outside in) as RIMS go."""
_LOOKS = ((1.08, 0.08), (0.94, -0.08), (1.08, -0.08), (0.94, 0.08))
_LIDS = tuple(i for i in range(16) if i not in (0, 8))
_loading = threading.Lock()


def eye_crops(picture: np.ndarray, points: np.ndarray) -> tuple[Crop, Crop]:
    """The squares round the person's right and left eye, from landmarks (468, 2 or 3) in the picture's pixels.

    FaceMesh's corners of a closed eye lie too high, so the square is centred anew on the contour seen in it.
    """
    out = []
    for side, rim in enumerate(RIMS):
        outer, inner = points[rim[0], :2], points[rim[8], :2]
        crop = _round(outer, inner, side)
        for _ in range(_PASSES):
            seen = _look(picture, crop, side)
            crop = Crop((seen[0] + seen[8]) / 2, crop.side, crop.angle)
        out.append(crop)
    return out[0], out[1]


def with_lids(picture: np.ndarray, points: np.ndarray, crops: tuple[Crop, Crop]) -> np.ndarray:
    """``points`` (468, 3) with x and y of the lids, corners excepted, as the iris network sees them in ``crops``.

    Args:
        picture: (H, W, 3) uint8 sRGB. points, crops: in the picture's continuous pixels.

    The mean of four readings of slightly turned and resized crops. The iris network's eye contour (Ablavatski et
    al., "Real-time pupil tracking from monocular video for digital puppetry", 2020) was trained on lids open and
    shut; FaceMesh's own rims keep an opening of about a third of the eye's width when the eye is shut.
    """
    out = np.array(points, np.float64)
    for side, (rim, crop) in enumerate(zip(RIMS, crops, strict=True)):
        looks = [Crop(crop.centre, crop.side * grow, crop.angle + turn) for grow, turn in _LOOKS]
        seen = np.mean([_look(picture, look, side) for look in looks], axis=0)
        out[[rim[i] for i in _LIDS], :2] = seen[list(_LIDS)]
    return out


def _round(outer: np.ndarray, inner: np.ndarray, side: int) -> Crop:
    x, y = (inner - outer) * (1 - 2 * side)
    return Crop((outer + inner) / 2, float(np.hypot(x, y)) * _MARGIN, float(np.arctan2(y, x)))


def _look(picture: np.ndarray, crop: Crop, side: int) -> np.ndarray:
    """(16, 2) rim of one eye, ordered as RIMS; the network knows right eyes, so a left one is mirrored."""
    step, c, s = crop.side / SIDE, np.cos(crop.angle), np.sin(crop.angle)
    matrix = step * np.array([[c, -s], [s, c]]) @ np.diag([1.0 - 2 * side, 1.0])
    offset = crop.centre - matrix @ [SIDE / 2, SIDE / 2]
    if step > 1:
        # Only the part under the crop is softened against aliasing.
        reach = crop.side
        low = np.clip(
            np.floor(crop.centre - reach).astype(int), 0, [picture.shape[1] - 1, picture.shape[0] - 1]
        )
        high = np.maximum(np.ceil(crop.centre + reach).astype(int), low + 1)
        picture = cv2.GaussianBlur(picture[low[1] : high[1], low[0] : high[0]], (0, 0), 0.5 * step)
    else:
        low = np.zeros(2, int)
    centres = np.c_[matrix, matrix @ [0.5, 0.5] + offset - low - 0.5]
    pixels = cv2.warpAffine(
        picture,
        centres,
        (SIDE, SIDE),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    (values,) = _network()(pixels.astype(np.float32).transpose(2, 0, 1)[None] / 255)
    return values.reshape(-1, 3)[list(_CONTOUR), :2].astype(np.float64) @ matrix.T + offset


def _network() -> Net:
    with _loading:
        return _load()


@cache
def _load() -> Net:
    return Net("iris", "iris_landmark.tflite", ("output_eyes_contours_and_brows",))
