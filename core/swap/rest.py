"""A person's face at rest, the lips together and the eyes open: what an expression is told from, and put on.

The mean of a shot is no face at rest. In one somebody speaks, or holds the mouth open throughout: measured from it,
their lips would not be open. In footage that shows many faces eyes are half shut on average: a performer's open eyes
would be a hero's half shut ones. The morphable head knows how jaw, lips and lids move together. FaceMesh sees a gap in
lips that touch, and not the same one in everybody: so what is nearly the least gap of a shot is taken for theirs, as
far as people differ in it. Eyes at rest are as open as those of a shot are while they do not blink.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from doublure.core.face.morphable import morphable
from doublure.core.face.pose import Pose
from doublure.core.face.topology import LEFT_EYE, RIGHT_EYE, RIGID

LIDS = tuple((ring[12], ring[4]) for ring in (RIGHT_EYE, LEFT_EYE))
"""FaceMesh's points in the middle of the upper and the lower lid, the person's right eye first."""
UPPER, LOWER = 13, 14
"""FaceMesh's points on the middle of the lips' inner edges."""
UNKNOWN = (0.0, float("nan"), float("nan"))
"""`gaps` of a frame of which nothing is known: lips that touch, lids as the person's shape has them."""
_PAIRS = ((UPPER, LOWER), *LIDS)
_MOVES = (("jawOpen", 1.0), ("eyeBlink_R", -1.0), ("eyeBlink_L", -1.0))
"""What opens each pair: an expression of the morphable head, and its sign."""
_SELDOM = 0.05
"""The quantile of a shot's gaps that stands for lips that touch."""
_MOST = 0.07
"""The widest gap that is believed of them: 24 people of the stage, each over 40 and more frames, read 0.04 on average
with a spread of 0.03."""
_AWAKE = 0.8
"""The quantile of a shot's gaps that stands for open eyes: also where two frames of three show a blink."""
_STEP = 0.01
"""Gaps are told in steps, so that one corrected frame does not change what all others are made of."""


def gaps(points: np.ndarray, pose: Pose) -> np.ndarray:
    """(3,) how far lips, right and left lids are apart, in shares of ``jawOpen`` and of ``eyeBlink``.

    Args:
        points: (468, 3) in square pixels. pose: the head's there.
    """
    return _apart(points @ pose.rotation[:, 1] / pose.scale) / np.diag(_effects())


def face_at_rest(shape: np.ndarray, found: ArrayLike) -> np.ndarray:
    """(468, 3) of a person's mean face (see ``face.pose.person_shape``), its lips as near as they come, its eyes open.

    Args:
        shape: (468, 3).
        found: (N, 3) of their frames, one at least, see :func:`gaps`. Where lids are nowhere known they stay.
    """
    known = np.asarray(found, np.float64)
    wanted = [float(np.clip(np.quantile(known[:, 0], _SELDOM), 0.0, _MOST))]
    wanted += [_told(lids[np.isfinite(lids)]) for lids in known.T[1:]]
    stepped = np.round(np.array(wanted) / _STEP) * _STEP
    excess = np.nan_to_num(_apart(shape[:, 1]) - stepped * np.diag(_effects()))
    return np.asarray(shape - np.einsum("k,kpc->pc", np.linalg.solve(_effects(), excess), _openings()))


def _told(lids: np.ndarray) -> float:
    return float(np.quantile(lids, _AWAKE)) if lids.size else float("nan")


def _apart(down: np.ndarray) -> np.ndarray:
    """(3,) how far each lower point lies below its upper one, of the heights (468,) of all."""
    upper, lower = (list(side) for side in zip(*_PAIRS, strict=True))
    return np.asarray(down[lower] - down[upper])


@cache
def _effects() -> np.ndarray:
    """(3, 3) what each gap grows by where jaw, right and left lids open: hardly anything beside the diagonal."""
    return np.stack([_apart(opening[:, 1]) for opening in _openings()], 1)


@cache
def _openings() -> np.ndarray:
    """(3, 468, 3) how the points move where jaw, right and left lids open, in the unit of a person's shape."""
    model = morphable()
    rigid = (model.at_landmarks(model.mean) + model.offset)[list(RIGID)]
    radius = np.sqrt(((rigid - rigid.mean(0)) ** 2).sum(1).mean())
    moves = [sign * model.at_landmarks(model.expression[model.names.index(name)]) for name, sign in _MOVES]
    return np.stack(moves) / radius
