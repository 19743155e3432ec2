from __future__ import annotations

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.albedo import si_psnr
from doublure.core.measure.psnr import CEILING


def test_the_truth_itself_scores_the_ceiling(shot) -> None:
    assert si_psnr(shot.truths[0], shot.truths[0], shot.mattes[0]) == CEILING


def test_a_gain_per_channel_scores_the_ceiling(shot) -> None:
    tinted = shot.truths[0] * torch.tensor([3.0, 0.2, 1.0])[:, None, None]
    assert si_psnr(tinted, shot.truths[0], shot.mattes[0]) == CEILING


def test_a_known_error_scores_its_formula() -> None:
    truth = torch.full((3, 1, 2), 0.35)
    result = torch.tensor([1.0, 3.0]).expand(3, 1, 2)  # gain 0.14: 0.14 and 0.42
    assert si_psnr(result, truth, torch.ones(1, 2)) == pytest.approx(16.108, abs=0.001)


def test_the_brightness_of_the_skin_does_not_matter(shot) -> None:
    dark = si_psnr(0.1 * shot.others[0], 0.1 * shot.truths[0], shot.mattes[0])
    assert dark == pytest.approx(si_psnr(shot.others[0], shot.truths[0], shot.mattes[0]), abs=1e-4)


def test_a_gain_that_differs_between_pixels_is_an_error(shot) -> None:
    shaded = shot.truths[0] * torch.linspace(0.7, 1.3, 200)
    assert si_psnr(shaded, shot.truths[0], shot.mattes[0]) < 40


def test_garbage_outside_the_matte_changes_nothing(shot) -> None:
    matte, other = shot.mattes[0], shot.others[0]
    dirty = torch.where(matte > 0, other, -700.0)
    assert si_psnr(dirty, shot.truths[0], matte) == si_psnr(other, shot.truths[0], matte)


def test_a_black_result_is_finite(shot) -> None:
    assert 0 < si_psnr(0 * shot.truths[0], shot.truths[0], shot.mattes[0]) < 30


def test_a_negative_result_counts_as_it_is() -> None:
    truth = torch.full((3, 4, 4), 0.4)
    result = truth.clone()
    result[:, 0, 0] = -0.4
    assert si_psnr(result, truth, torch.ones(4, 4)) < 30


def test_an_empty_matte_is_refused(shot) -> None:
    with pytest.raises(DoublureError, match="the matte is empty"):
        si_psnr(shot.truths[0], shot.truths[0], 0 * shot.mattes[0])


def test_a_nan_is_refused(shot) -> None:
    broken = shot.truths[0].clone()
    broken[0, 0, 0] = torch.nan
    with pytest.raises(DoublureError, match="the result holds NaN"):
        si_psnr(broken, shot.truths[0], shot.mattes[0])
