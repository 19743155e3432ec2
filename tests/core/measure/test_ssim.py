from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from doublure.core.errors import DoublureError
from doublure.core.measure.encode import display, exposure_scale
from doublure.core.measure.masked_blur import gaussian_blur
from doublure.core.measure.ssim import ssim


def test_the_truth_itself_scores_one(shot) -> None:
    assert ssim(shot.truths[0], shot.truths[0], shot.mattes[0]) == pytest.approx(1, abs=1e-6)


def test_a_full_matte_is_the_published_formula(shot) -> None:
    truth, other = shot.truths[0], shot.others[0]
    full = torch.ones(truth.shape[1:])
    scale = exposure_scale(truth, full)
    a, b = (np.tensordot((0.2126, 0.7152, 0.0722), display(p, scale).numpy(), 1) for p in (other, truth))
    mean_a, mean_b, aa, bb, ab = (gaussian_filter(x, 1.5) for x in (a, b, a * a, b * b, a * b))
    top = (2 * mean_a * mean_b + 1e-4) * (2 * (ab - mean_a * mean_b) + 9e-4)
    bottom = (mean_a**2 + mean_b**2 + 1e-4) * (aa - mean_a**2 + bb - mean_b**2 + 9e-4)
    assert ssim(other, truth, full) == pytest.approx(float((top / bottom).mean()), abs=1e-4)


def test_blur_lowers_it(shot) -> None:
    truth, matte = shot.truths[0], shot.mattes[0]
    soft, softer = (ssim(gaussian_blur(truth, s), truth, matte) for s in (1.5, 4.0))
    assert 1 > soft > softer


def test_garbage_outside_the_matte_changes_nothing(shot) -> None:
    matte, other, truth = shot.mattes[0], shot.others[0], shot.truths[0]
    dirty = torch.where(matte > 0, other, 50.0)
    assert ssim(dirty, truth, matte) == ssim(other, truth, matte)


def test_an_empty_matte_is_refused(shot) -> None:
    with pytest.raises(DoublureError, match="the matte is empty"):
        ssim(shot.truths[0], shot.truths[0], 0 * shot.mattes[0])
