"""A person's mean face with the mouth shut: what an expression is told from, and put on.

The mean of a shot in which somebody speaks, or holds the mouth open throughout, is no face at rest: measured from it,
their lips would not be open. How far they are is the mean's own gap; the morphable head knows how jaw and lips go
along with it.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from doublure.core.face.morphable import morphable
from doublure.core.face.topology import RIGID

UPPER, LOWER = 13, 14
"""FaceMesh's points on the middle of the lips' inner edges."""


def mouth_shut(shape: np.ndarray) -> np.ndarray:
    """(468, 3) of a person's mean face (see ``face.pose.person_shape``), its lips brought together."""
    opening = _opening()
    share = (shape[LOWER, 1] - shape[UPPER, 1]) / (opening[LOWER, 1] - opening[UPPER, 1])
    return np.asarray(shape - share * opening)


@cache
def _opening() -> np.ndarray:
    """(468, 3) how a jaw that opens moves the points, in the unit of a person's shape."""
    model = morphable()
    rigid = (model.at_landmarks(model.mean) + model.offset)[list(RIGID)]
    radius = np.sqrt(((rigid - rigid.mean(0)) ** 2).sum(1).mean())
    return np.asarray(model.at_landmarks(model.expression[model.names.index("jawOpen")]) / radius)
