"""What the networks read in each frame and what optical flow says between frames, brought together over a shot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from doublure.core.cancel import check
from doublure.core.face.flow import Steps
from doublure.core.face.topology import EYE_CORNERS, LEFT_EYE, POINTS, RIGHT_EYE

FLOW_NOISE = 0.0012
"""Standard deviation of a flow step that comes home exactly, in distances of the outer eye corners."""

_HALF = 2
_TRUST = 8
_LEAST = 0.004
_SURPRISE = 2.0
_LID_TRUST = 0.3
"""A lid slides over the eye and folds away: flow there errs more than its failure to come home tells."""
_EYES = tuple((np.asarray(rim[1:8]), np.asarray(rim[9:16])) for rim in (RIGHT_EYE, LEFT_EYE))
"""Lower and upper lid of each eye: they move as one, and faster than flow can follow."""


@dataclass(frozen=True)
class Reading:
    """One frame's face as it was read, in square pixels.

    Attributes:
        points: (468, 3) landmarks.
        presence: the networks' belief that this is a face, 0..1.
        steps: how the points of the reading before went on to this frame; None where it has none, which breaks
            the run.
        pupils: (2, 2) the person's right one, then the left one.
        colours: (468, 3) of the skin round the points, see ``hidden.skin_colours``.
    """

    points: np.ndarray
    presence: float
    steps: Steps | None
    pupils: np.ndarray
    colours: np.ndarray


@dataclass(frozen=True)
class Fused:
    """``points`` (T, 468, 2) square pixels; ``spread`` (T, 468) the standard deviation that is left in them, as the
    disagreement of readings and flow tells it."""

    points: np.ndarray
    spread: np.ndarray


def fuse(run: Sequence[Reading], half: int) -> Fused:
    """The places that agree best with every reading and with every step between two.

    Args:
        run: consecutive readings of one face, every one but the first with ``steps``.
        half: how much the flow counts: at 2 as much as its measured error allows, at 4 four times as much, 0 not
            at all.

    Weighted least squares per point, exact and two-sided: ``sum |p_t - reading_t|^2 / r^2 + sum |p_t+1 - p_t -
    step_t|^2 / f_t^2`` (a Kalman smoother whose motion is measured, not assumed: Rauch, Tung, Striebel 1965). The
    readings' error ``r`` is measured on the shot, by the median of how far two readings disagree with the step
    between them; a step's error is its failure to come home. Where a whole lid was read to have moved otherwise
    than the flow says, as in a blink, the readings are believed.
    """
    read = np.stack([one.points[:, :2] for one in run])
    unit = float(
        np.median([np.linalg.norm(one.points[EYE_CORNERS[0]] - one.points[EYE_CORNERS[3]]) for one in run])
    )
    count = len(run)
    moves = np.zeros((count - 1, POINTS, 2))
    doubt = np.full((count - 1, POINTS), np.inf)
    for i, one in enumerate(run[1:]):
        if one.steps is None:
            raise ValueError("a reading inside a run has no steps")
        moves[i], doubt[i] = one.steps.moves, one.steps.doubt
    apart = read[1:] - read[:-1] - moves
    error = _reading_error(apart, unit)
    trust = (half / _HALF) ** 2 / ((FLOW_NOISE * unit) ** 2 + doubt**2)
    for lower, upper in _EYES:
        below, above = apart[:, lower].mean(1), apart[:, upper].mean(1)
        agreed = _LID_TRUST * _agreement(np.concatenate([below, above, above - below], axis=1), unit)
        trust[:, lower] *= agreed[:, None]
        trust[:, upper] *= agreed[:, None]
    return _solve(read, moves, np.broadcast_to(1 / error**2, (count, POINTS)), trust)


def _reading_error(apart: np.ndarray, unit: float) -> np.ndarray:
    """(N,) standard deviation of a reading's x or y, from how far (T - 1, N, 2) pairs of them are from the flow."""
    floor = _LEAST * unit / 2
    if not len(apart):
        return np.full(apart.shape[1], floor)
    own = (1.4826 * np.median(np.abs(apart), axis=(0, 2))) ** 2 / 2
    # Few frames tell little of one point; all points together tell what to expect of it.
    mixed = (len(apart) * own + _TRUST * np.median(own)) / (len(apart) + _TRUST)
    return np.asarray(np.maximum(np.sqrt(mixed), floor))


def _agreement(surprise: np.ndarray, unit: float) -> np.ndarray:
    """(T - 1,) 1 where the readings moved as the flow did, towards 0 where they did not; ``surprise`` (T - 1, …)."""
    size = np.linalg.norm(surprise, axis=1)
    usual = max(float(np.median(size)), _LEAST * unit) if len(size) else 1.0
    return np.asarray(np.exp(-((size / (_SURPRISE * usual)) ** 2)))


def _solve(read: np.ndarray, moves: np.ndarray, sure: np.ndarray, trust: np.ndarray) -> Fused:
    """The tridiagonal normal equations of every point, forwards and backwards (Thomas)."""
    count = len(read)
    right = sure[..., None] * read
    right[1:] += trust[..., None] * moves
    right[:-1] -= trust[..., None] * moves
    diagonal = sure.copy()
    diagonal[1:] += trust
    diagonal[:-1] += trust
    ahead, behind = diagonal.copy(), diagonal.copy()
    values = right.copy()
    for i in range(1, count):
        check()
        share = trust[i - 1] / ahead[i - 1]
        ahead[i] -= share * trust[i - 1]
        values[i] += share[:, None] * values[i - 1]
    for i in range(count - 2, -1, -1):
        behind[i] -= trust[i] ** 2 / behind[i + 1]
    out = np.empty_like(values)
    out[-1] = values[-1] / ahead[-1][:, None]
    for i in range(count - 2, -1, -1):
        out[i] = (values[i] + trust[i][:, None] * out[i + 1]) / ahead[i][:, None]
    return Fused(out, 1 / np.sqrt(ahead + behind - diagonal))
