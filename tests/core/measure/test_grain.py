from __future__ import annotations

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.grain import grain_sigma_error, grain_spectrum_distance
from tests.core.measure.grainy import SIZE, blur, clean_face, grain, oval

FACE, MATTE = clean_face(), oval()
TRUTH = grain(FACE, 1)
BOTH = pytest.mark.parametrize("measure", [grain_sigma_error, grain_spectrum_distance])


@BOTH
def test_the_truth_itself_is_zero(measure) -> None:
    assert measure(TRUTH, TRUTH, MATTE) == 0


@BOTH
def test_another_seed_of_the_same_grain_is_nearly_zero(measure) -> None:
    assert measure(grain(FACE, 2), TRUTH, MATTE) < 0.1


@BOTH
def test_a_softer_face_under_equal_grain_hardly_moves_it(measure) -> None:
    assert measure(grain(blur(FACE, 0.8), 2), TRUTH, MATTE) < 0.15


@BOTH
def test_a_gain_of_the_whole_shot_does_not_matter(measure) -> None:
    assert measure(1.7 * TRUTH, TRUTH, MATTE) < 0.01


@BOTH
def test_another_light_on_the_grainy_picture_hardly_moves_it(measure) -> None:
    assert measure(TRUTH * torch.linspace(1 / 1.2, 1.2, SIZE), TRUTH, MATTE) < 0.1


@BOTH
def test_garbage_outside_the_matte_changes_nothing(measure) -> None:
    other = grain(FACE, 2)
    assert measure(torch.where(MATTE > 0, other, -700.0), TRUTH, MATTE) == measure(other, TRUTH, MATTE)


@BOTH
def test_twelve_frames_pooled_tell_more_than_one(measure) -> None:
    results = [grain(FACE, 20 + i) for i in range(6)]
    truths = [grain(FACE, 40 + i) for i in range(6)]
    assert measure(results, truths, [MATTE] * 6) < 0.6 * measure(results[0], truths[0], MATTE)


def test_twice_the_grain_and_half_of_it_read_one_stop() -> None:
    assert grain_sigma_error(grain(FACE, 2, 2.0), TRUTH, MATTE) == pytest.approx(1, abs=0.12)
    assert grain_sigma_error(grain(FACE, 2, 0.5), TRUTH, MATTE) == pytest.approx(1, abs=0.2)


def test_the_error_is_symmetrical_on_one_grid_of_light() -> None:
    double = grain(FACE, 2, 2.0)
    there, back = grain_sigma_error(double, TRUTH, MATTE), grain_sigma_error(TRUTH, double, MATTE)
    assert there == pytest.approx(back, abs=0.05)


def test_no_grain_at_all_is_large_and_finite() -> None:
    assert 1.5 < grain_sigma_error(FACE, TRUTH, MATTE) < 20
    flat = torch.full_like(FACE, 0.2)
    assert 3 < grain_sigma_error(flat, grain(flat, 1), MATTE) < 20


def test_how_strong_the_grain_is_does_not_move_its_spectrum() -> None:
    assert grain_spectrum_distance(grain(FACE, 2, 2.0), TRUTH, MATTE) < 0.1


def test_finer_and_coarser_grain_move_the_spectrum() -> None:
    assert grain_spectrum_distance(grain(FACE, 2, softness=0.4), TRUTH, MATTE) > 0.3
    assert grain_spectrum_distance(grain(FACE, 2, softness=1.4), TRUTH, MATTE) > 0.15


def test_flat_pictures_without_grain_are_alike_and_unlike_grain() -> None:
    flat = torch.full_like(FACE, 0.2)
    assert grain_sigma_error(flat, 3 * flat, MATTE) == 0
    assert grain_spectrum_distance(flat, 3 * flat, MATTE) == 0
    assert grain_spectrum_distance(flat, TRUTH, MATTE) == 1


@BOTH
def test_a_black_result_is_finite(measure) -> None:
    assert measure(0 * FACE, TRUTH, MATTE) >= 0.5


@BOTH
def test_a_grey_picture_is_measured(measure) -> None:
    grey = grain(FACE[:1].expand(3, -1, -1), 1)
    assert measure(grey, grey, MATTE) == 0


@BOTH
def test_a_face_cut_by_the_frame_is_measured(measure) -> None:
    cut = (slice(60, None), slice(50, None))
    other = grain(FACE, 2)
    assert measure(other[:, *cut], TRUTH[:, *cut], MATTE[cut]) < 0.2


@BOTH
def test_one_pixel_of_matte_is_refused(measure) -> None:
    dot = torch.zeros_like(MATTE)
    dot[0, 0] = 1
    with pytest.raises(DoublureError, match="too small to measure its grain"):
        measure(TRUTH, TRUTH, dot)


@BOTH
def test_a_matte_that_never_covers_wholly_is_refused(measure) -> None:
    with pytest.raises(DoublureError, match="too small to measure its grain"):
        measure(TRUTH, TRUTH, 0.8 * MATTE)


@BOTH
def test_an_empty_matte_is_refused(measure) -> None:
    with pytest.raises(DoublureError, match="the matte is empty"):
        measure(TRUTH, TRUTH, 0 * MATTE)


@BOTH
def test_a_nan_is_refused(measure) -> None:
    broken = TRUTH.clone()
    broken[0, 0, 0] = torch.nan
    with pytest.raises(DoublureError, match="the result holds NaN"):
        measure(broken, TRUTH, MATTE)


def test_a_face_of_another_tone_under_the_same_law_of_grain_is_nearly_zero() -> None:
    assert grain_sigma_error(grain(2 * FACE, 2), TRUTH, MATTE) < 0.2


def test_a_face_that_shares_no_light_level_with_the_truth_is_measured() -> None:
    flat = torch.full_like(FACE, 0.2)
    assert 0 <= grain_sigma_error(TRUTH, flat, MATTE) < 20
