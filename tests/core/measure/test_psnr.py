from __future__ import annotations

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.psnr import CEILING, psnr


def test_the_truth_itself_scores_the_ceiling(shot) -> None:
    assert psnr(shot.truths[0], shot.truths[0], shot.mattes[0]) == CEILING


def test_a_known_error_scores_its_formula() -> None:
    truth = torch.full((3, 8, 8), 0.35)  # scale 1, sRGB 0.62621
    result = torch.full((3, 8, 8), 0.18)  # sRGB 0.46136
    assert psnr(result, truth, torch.ones(8, 8)) == pytest.approx(15.658, abs=0.005)


def test_the_exposure_of_the_shot_does_not_matter(shot) -> None:
    dim = psnr(0.01 * shot.others[0], 0.01 * shot.truths[0], shot.mattes[0])
    assert dim == pytest.approx(psnr(shot.others[0], shot.truths[0], shot.mattes[0]), abs=1e-3)


def test_garbage_outside_the_matte_changes_nothing(shot) -> None:
    matte, other = shot.mattes[0], shot.others[0]
    dirty = torch.where(matte > 0, other, -700.0)
    assert psnr(dirty, shot.truths[0], matte) == psnr(other, shot.truths[0], matte)


def test_the_matte_weighs_the_error() -> None:
    truth = torch.full((3, 1, 4), 0.35)
    result = truth.clone()
    result[:, 0, 0] = 0.1
    half, full = torch.ones(1, 4), torch.ones(1, 4)
    half[0, 0] = 0.25
    assert psnr(result, truth, half) > psnr(result, truth, full) + 5


def test_values_above_white_are_clipped_as_on_a_display() -> None:
    truth = torch.full((3, 4, 4), 0.35)
    truth[:, 0, 0] = 50.0
    result = truth.clone()
    result[:, 0, 0] = 90.0
    assert psnr(result, truth, torch.ones(4, 4)) == CEILING


def test_an_empty_matte_is_refused(shot) -> None:
    with pytest.raises(DoublureError, match="the matte is empty"):
        psnr(shot.truths[0], shot.truths[0], 0 * shot.mattes[0])
