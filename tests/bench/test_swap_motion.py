from __future__ import annotations

import math

import numpy as np
import pytest

from bench.swap_motion import lip_apertures, lip_correlation, temporal_share
from doublure.core.measure.temporal import PairErrors

LIPS = np.array([0.01, 0.05, 0.20, 0.12, 0.03])


def test_lips_that_do_the_same_correlate_by_one_whatever_their_gain_and_offset() -> None:
    assert lip_correlation(LIPS, LIPS) == pytest.approx(1)
    assert lip_correlation(0.5 * LIPS + 0.02, LIPS) == pytest.approx(1)


def test_lips_that_do_the_opposite_correlate_by_minus_one() -> None:
    assert lip_correlation(-LIPS, LIPS) == pytest.approx(-1)


def test_frames_without_a_face_are_left_out() -> None:
    holes = LIPS.copy()
    holes[1] = math.nan
    wrong = LIPS.copy()
    wrong[1] = 9
    assert lip_correlation(wrong, holes) == pytest.approx(1)


@pytest.mark.parametrize(
    "series",
    [np.full(5, 0.1), np.full(5, np.nan), np.array([0.1, 0.2, np.nan, np.nan, np.nan])],
    ids=["constant", "no face", "two frames"],
)
def test_lips_that_do_not_move_or_are_not_seen_have_no_correlation(series: np.ndarray) -> None:
    assert lip_correlation(series, LIPS) is None
    assert lip_correlation(LIPS, series) is None


def test_one_frame_or_none_has_no_correlation() -> None:
    assert lip_correlation(LIPS[:1], LIPS[:1]) is None
    assert lip_correlation(LIPS[:0], LIPS[:0]) is None


def test_series_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="series of"):
        lip_correlation(LIPS, LIPS[:3])


def test_apertures_without_faces_are_not_numbers() -> None:
    assert np.isnan(lip_apertures([None, None])).all()


def pairs(*rms: tuple[float, float]) -> list[PairErrors | None]:
    return [PairErrors(r * r, t * t) for r, t in rms]


def test_a_result_that_changes_as_the_truth_has_no_excess() -> None:
    assert temporal_share(pairs((0.01, 0.01), (0.02, 0.02))) == 0


def test_the_excess_is_a_share_of_the_truths_change() -> None:
    assert temporal_share(pairs((0.011, 0.01), (0.033, 0.03))) == pytest.approx(0.1)


def test_a_calm_pair_does_not_pay_for_a_wild_one() -> None:
    assert temporal_share(pairs((0.0, 0.01), (0.02, 0.01))) == pytest.approx(0.5)


def test_pairs_that_cannot_be_followed_are_left_out() -> None:
    assert temporal_share([None, *pairs((0.02, 0.01), (math.nan, 0.01))]) == pytest.approx(1)


def test_a_frozen_truth_one_frame_or_nothing_to_follow_has_no_excess() -> None:
    assert temporal_share(pairs((0.01, 0.0))) is None
    assert temporal_share([]) is None
    assert temporal_share([None]) is None
