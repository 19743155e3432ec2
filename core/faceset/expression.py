"""What a face does, in eight numbers: landmarks after the head's pose and size are taken off."""

from __future__ import annotations

import numpy as np

from doublure.core.face.topology import CHIN, LEFT_BROW, RIGHT_BROW
from doublure.core.measure.expression import LEFT_LIDS, LIPS, RIGHT_LIDS, head_fixed, opening

NAMES = (
    "mouth_open", "jaw_drop", "mouth_width", "smile", "right_lids", "left_lids", "right_brow", "left_brow",
)  # fmt: skip
"""The order of the numbers. Right and left are the person's own."""

_CORNERS = (61, 291)
_MIDDLE = (13, 14)
_NOSE_BASE = 2
_EYES = ((33, 133), (362, 263))


def describe_expression(points: np.ndarray) -> np.ndarray:
    """(8,) float64 in distances of the outer eye corners, see ``NAMES``.

    Args:
        points: (468, 3) landmarks in square pixels.

    ``mouth_open`` and the lids are openings; ``jaw_drop`` runs from the base of the nose to the chin; ``smile`` is how
    far the corners of the mouth lie above its middle; a brow is its height above the corners of its eye.
    """
    face = head_fixed(points)
    corners, middle = face[list(_CORNERS)], face[list(_MIDDLE)].mean(0)
    brows = [
        face[list(eye), 1].mean() - face[list(brow), 1].mean()
        for eye, brow in zip(_EYES, (RIGHT_BROW, LEFT_BROW), strict=True)
    ]
    return np.array(
        [
            opening(face, LIPS),
            face[CHIN, 1] - face[_NOSE_BASE, 1],
            np.linalg.norm(corners[0] - corners[1]),
            middle[1] - corners[:, 1].mean(),
            opening(face, RIGHT_LIDS),
            opening(face, LEFT_LIDS),
            *brows,
        ]
    )
