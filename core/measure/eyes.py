"""Lids as the measures read them: the iris network's eye contour as it is, because FaceMesh hardly sees a blink.

The network is read by ``core.face.eyes``. The track corrects its openings there; a measure compares two pictures and
must not lean on that correction.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from doublure.core.face.eyes import LIDS, LOOKS, RIMS, eye_crop, look
from doublure.core.face.landmarks import Crop


def eye_crops(picture: np.ndarray, points: np.ndarray) -> tuple[Crop, Crop]:
    """The squares round the person's right and left eye, from landmarks (468, 2 or 3) in the picture's pixels."""
    return eye_crop(picture, points, 0), eye_crop(picture, points, 1)


def with_lids(
    picture: np.ndarray,
    points: np.ndarray,
    crops: tuple[Crop, Crop],
    looks: Sequence[tuple[float, float]] = LOOKS,
) -> np.ndarray:
    """``points`` (468, 3) with x and y of the lids, corners excepted, as the iris network sees them in ``crops``.

    Args:
        picture: (H, W, 3) uint8 sRGB. points, crops: in the picture's continuous pixels.
        looks: (size, turn in radians) of each reading.

    The mean of several readings of slightly turned and resized crops. The iris network's eye contour (Ablavatski et
    al., "Real-time pupil tracking from monocular video for digital puppetry", 2020) was trained on lids open and
    shut; FaceMesh's own rims keep an opening of about a third of the eye's width when the eye is shut.
    """
    out = np.array(points, np.float64)
    for side, (rim, crop) in enumerate(zip(RIMS, crops, strict=True)):
        turned = [Crop(crop.centre, crop.side * grow, crop.angle + turn) for grow, turn in looks]
        seen = np.mean([look(picture, one, side).rim for one in turned], axis=0)
        out[[rim[i] for i in LIDS], :2] = seen[list(LIDS)]
    return out
