"""A person's face at rest, the lips together: what an expression is told from, and put on.

The mean of a shot in which somebody speaks, or holds the mouth open throughout, is no face at rest: measured from it,
their lips would not be open. How far they are is the gap of their inner edges; the morphable head knows how jaw and
lips go along with it. FaceMesh sees a gap in lips that touch, and not the same one in everybody: so what is nearly the
least gap of a shot is taken for theirs, as far as people differ in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from doublure.core.face.morphable import morphable
from doublure.core.face.pose import Pose
from doublure.core.face.topology import RIGID

UPPER, LOWER = 13, 14
"""FaceMesh's points on the middle of the lips' inner edges."""
_SELDOM = 0.05
"""The quantile of a shot's gaps that stands for lips that touch."""
_MOST = 0.07
"""The widest gap that is believed of them: 24 people of the stage, each over 40 and more frames, read 0.04 on average
with a spread of 0.03."""
_STEP = 0.01
"""Gaps are told in steps, so that one corrected frame does not change what all others are made of."""


def lip_gap(points: np.ndarray, pose: Pose) -> float:
    """How far the lips are apart, in shares of ``jawOpen``.

    Args:
        points: (468, 3) in square pixels. pose: the head's there.
    """
    across = (points[LOWER] - points[UPPER]) @ pose.rotation[:, 1] / pose.scale
    return float(across / _jaw_gap())


def face_at_rest(shape: np.ndarray, gaps: Sequence[float]) -> np.ndarray:
    """(468, 3) of a person's mean face (see ``face.pose.person_shape``), its lips as near as they come.

    Args:
        shape: (468, 3). gaps: of their frames, one at least, see :func:`lip_gap`.
    """
    closed = float(np.clip(np.quantile(np.asarray(gaps), _SELDOM), 0.0, _MOST))
    closed = round(closed / _STEP) * _STEP
    share = (shape[LOWER, 1] - shape[UPPER, 1]) / _jaw_gap()
    return np.asarray(shape - (share - closed) * _opening())


def _jaw_gap() -> float:
    return float(_opening()[LOWER, 1] - _opening()[UPPER, 1])


@cache
def _opening() -> np.ndarray:
    """(468, 3) how a jaw that opens moves the points, in the unit of a person's shape."""
    model = morphable()
    rigid = (model.at_landmarks(model.mean) + model.offset)[list(RIGID)]
    radius = np.sqrt(((rigid - rigid.mean(0)) ** 2).sum(1).mean())
    return np.asarray(model.at_landmarks(model.expression[model.names.index("jawOpen")]) / radius)
