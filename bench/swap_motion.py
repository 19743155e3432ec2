"""Measures of a shot in time that ``bench.swap`` states as shares: do the lips move alike, and does the face boil?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from doublure.core.measure.expression import LIPS, head_fixed, opening
from doublure.core.measure.landmarks import Tracked
from doublure.core.measure.temporal import PairErrors

FEWEST = 3
"""Frames that a correlation takes at least: of two, any series correlate by 1."""
STILL = 1e-6
"""Spread, in shares of the inter-ocular distance, below which lips do not move."""


def lip_apertures(faces: Sequence[Tracked | None]) -> np.ndarray:
    """(T,) how far the lips are open, as a share of the distance of the outer eye corners, NaN without a face.

    It is the opening that the measure ``lip_aperture`` compares: the middle third of the inner lips, of landmarks that
    pose and size are taken off.
    """
    return np.array(
        [math.nan if face is None else opening(head_fixed(face.square), LIPS) for face in faces], float
    )


def lip_correlation(result: np.ndarray, truth: np.ndarray) -> float | None:
    """Pearson's correlation, -1 to 1, of two series (T,) over the frames where both are finite.

    A gain and an offset cost nothing: lips that open half as far in the right rhythm read 1.

    Returns:
        None where fewer than three frames have both, or where either does not move.

    Raises:
        ValueError: the series differ in length.
    """
    if result.shape != truth.shape:
        raise ValueError(f"series of {result.shape} and {truth.shape}")
    both = np.isfinite(result) & np.isfinite(truth)
    if both.sum() < FEWEST or min(result[both].std(), truth[both].std()) < STILL:
        return None
    return float(np.corrcoef(result[both], truth[both])[0, 1])


def temporal_share(pairs: Sequence[PairErrors | None]) -> float | None:
    """How much more the result changes from frame to frame than the truth does, as a share of the truth's change.

    ``sum max(0, r - t) / sum t`` over the pairs of consecutive frames, r and t the rms changes (ACEScct) of result and
    truth along the truth's own flow (``core.measure.temporal.pair_errors``). Motion is in neither; what moving light,
    grain and imperfect flow leave in the truth is the unit. A pair that is calmer than the truth does not pay for
    one that is not.

    Args:
        pairs: the errors of each pair; None where none could be followed.

    Returns:
        0 or more; None where no pair could be followed, or where the truth does not change at all.
    """
    known = [(math.sqrt(pair.result), math.sqrt(pair.reference)) for pair in pairs if pair is not None]
    known = [(r, t) for r, t in known if math.isfinite(r) and math.isfinite(t)]
    whole = sum(t for _, t in known)
    return sum(max(0.0, r - t) for r, t in known) / whole if whole > 0 else None
