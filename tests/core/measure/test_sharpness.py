from __future__ import annotations

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.sharpness import sharpness
from tests.core.measure.grainy import SIZE, blur, clean_face, grain, oval

FACE, MATTE = clean_face(), oval()
TRUTH = grain(FACE, 1)


def test_the_truth_itself_is_one() -> None:
    assert sharpness(TRUTH, TRUTH, MATTE) == 1


@pytest.mark.parametrize("result", [grain(FACE, 2), grain(FACE, 2, 2.0), grain(FACE, 2, 0.5), FACE])
def test_other_grain_moves_it_by_less_than_5_percent(result) -> None:
    assert sharpness(result, TRUTH, MATTE) == pytest.approx(1, abs=0.05)


def test_a_blur_reads_what_it_takes_from_the_band() -> None:
    readings = [sharpness(grain(blur(FACE, s), 2), TRUTH, MATTE) for s in (0.5, 0.8, 1.2)]
    # exp(-2 pi^2 sigma^2 f^2) at the band's ends, 0.15 and 0.30 cycles per pixel.
    assert 0.64 < readings[0] < 0.90
    assert 0.32 < readings[1] < 0.75
    assert 0.08 < readings[2] < 0.53


def test_more_detail_reads_above_one() -> None:
    sharper = FACE + (FACE - blur(FACE, 0.8))
    assert sharpness(sharper, FACE, MATTE) > 1.2


def test_a_gain_of_the_whole_shot_does_not_matter() -> None:
    assert sharpness(0.3 * TRUTH, TRUTH, MATTE) == pytest.approx(1, abs=1e-3)


def test_another_light_hardly_moves_it() -> None:
    assert sharpness(TRUTH * torch.linspace(1 / 1.2, 1.2, SIZE), TRUTH, MATTE) == pytest.approx(1, abs=0.05)


def test_a_shift_hardly_moves_it() -> None:
    assert sharpness(torch.roll(TRUTH, 2, 2), TRUTH, MATTE) == pytest.approx(1, abs=0.05)


def test_garbage_outside_the_matte_changes_nothing() -> None:
    other = grain(FACE, 2)
    dirty = torch.where(MATTE > 0, other, -700.0)
    assert sharpness(dirty, TRUTH, MATTE) == sharpness(other, TRUTH, MATTE)


def test_frames_are_pooled() -> None:
    softs = [blur(FACE, 0.8)] * 2
    assert sharpness(softs, [FACE] * 2, [MATTE] * 2) == pytest.approx(sharpness(softs[0], FACE, MATTE))


def test_flat_pictures_are_equally_sharp() -> None:
    flat = torch.full_like(FACE, 0.2)
    assert sharpness(flat, 0.3 * flat, MATTE) == 1


def test_a_flat_result_has_no_sharpness() -> None:
    assert sharpness(torch.full_like(FACE, 0.2), TRUTH, MATTE) == 0


def test_a_truth_that_shows_only_grain_is_refused() -> None:
    flat = torch.full_like(FACE, 0.2)
    with pytest.raises(DoublureError, match="no detail between"):
        sharpness(TRUTH, grain(flat, 1), MATTE)


def test_a_face_cut_by_the_frame_is_measured() -> None:
    cut = (slice(60, None), slice(50, None))
    assert sharpness(grain(FACE, 2)[:, *cut], TRUTH[:, *cut], MATTE[cut]) == pytest.approx(1, abs=0.08)


def test_one_pixel_of_matte_is_refused() -> None:
    dot = torch.zeros_like(MATTE)
    dot[0, 0] = 1
    with pytest.raises(DoublureError, match="too small to measure its sharpness"):
        sharpness(FACE, TRUTH, dot)


def test_an_empty_matte_is_refused() -> None:
    with pytest.raises(DoublureError, match="the matte is empty"):
        sharpness(TRUTH, TRUTH, 0 * MATTE)


def test_a_nan_is_refused() -> None:
    broken = TRUTH.clone()
    broken[0, 0, 0] = torch.nan
    with pytest.raises(DoublureError, match="the result holds NaN"):
        sharpness(broken, TRUTH, MATTE)
