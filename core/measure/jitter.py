"""Does the face shake: the second difference of its landmarks' error."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from doublure.core.errors import DoublureError
from doublure.core.measure.landmarks import inter_ocular


def jitter(
    result: np.ndarray,
    truth: np.ndarray,
    numbers: Sequence[int] | None = None,
    unit: float | None = None,
) -> float:
    """Rms shake of the result's landmarks against the truth's, as a share of the inter-ocular distance; 0 is best.

    ``sqrt(mean |e(t-1) - 2 e(t) + e(t+1)|^2) / unit`` with ``e = result - truth`` over all points and all frames t
    whose two neighbours have the next frame numbers. An offset, a drift at constant speed and every movement that
    the truth makes too cancel; independent errors of sigma per coordinate read ``sqrt(12) sigma / unit``.
    Landmarks found anew in every frame shake by themselves; ``motion.followed`` says how much, and gives steadier
    ones.

    Args:
        result, truth: (T, N, 2 or 3) landmarks in square pixels, NaN throughout a frame where no face was found;
            only x and y are compared.
        numbers: the frames' numbers, rising; 0, 1, 2… where None.
        unit: inter-ocular distance in pixels; the median of the truth's (``landmarks.inter_ocular``) where None,
            which takes FaceMesh's 468 points, and z for a head that turns.

    Raises:
        DoublureError: shapes that differ; no three consecutive frames with a face in all.
    """
    return math.sqrt(_mean([one for one in _squares(result, truth, numbers, unit) if one is not None]))


def jitter_frames(
    result: np.ndarray,
    truth: np.ndarray,
    numbers: Sequence[int] | None = None,
    unit: float | None = None,
) -> list[float | None]:
    """The :func:`jitter` round each frame, None where it or a neighbour is missing; the same arguments and errors."""
    return [None if one is None else math.sqrt(one) for one in _squares(result, truth, numbers, unit)]


def _squares(
    result: np.ndarray, truth: np.ndarray, numbers: Sequence[int] | None, unit: float | None
) -> list[float | None]:
    """Mean square of the second difference at each frame, in units of the inter-ocular distance."""
    if result.ndim != 3 or result.shape[2] not in (2, 3) or result.shape[:2] != truth.shape[:2]:
        raise DoublureError(
            f"the landmarks are {result.shape} and {truth.shape}, not (frames, points, 2 or 3) alike"
        )
    count = len(result)
    at = np.arange(count) if numbers is None else np.asarray(numbers)
    if len(at) != count:
        raise DoublureError(f"there are {len(at)} frame numbers for {count} frames")
    if (np.diff(at) <= 0).any():
        raise DoublureError("the frame numbers do not rise", remedy="give the frames in order, each once")
    error = (result[..., :2] - truth[..., :2]).astype(np.float64)
    seen = np.isfinite(error).all((1, 2))
    out: list[float | None] = [None] * count
    size = _unit(truth[seen], unit) if seen.any() else 1.0
    for i in range(1, count - 1):
        if seen[i - 1 : i + 2].all() and at[i + 1] - at[i] == at[i] - at[i - 1] == 1:
            shake = (error[i - 1] - 2 * error[i] + error[i + 1]) / size
            out[i] = float((shake**2).sum(1).mean())
    if all(one is None for one in out):
        raise DoublureError(
            "no three consecutive frames show a face", remedy="measure jitter on an unbroken run of frames"
        )
    return out


def _unit(truth: np.ndarray, unit: float | None) -> float:
    size = float(np.median(inter_ocular(truth))) if unit is None else unit
    if not size > 0:
        raise DoublureError(f"the inter-ocular distance is {size} pixels, not above 0")
    return size


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
