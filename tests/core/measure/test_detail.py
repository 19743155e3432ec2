from __future__ import annotations

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.detail import detail, detail_db
from doublure.core.measure.light import light
from doublure.core.measure.masked_blur import masked_blur
from doublure.core.measure.psnr import CEILING


def blurred(shot, sigma: float) -> list[torch.Tensor]:
    return [masked_blur(t, m, sigma) for t, m in zip(shot.truths, shot.mattes, strict=True)]


def test_the_truth_itself_scores_the_ceiling(shot) -> None:
    assert detail(shot.truths, shot.truths, shot.mattes) == CEILING


def test_a_face_without_detail_scores_about_zero(shot) -> None:
    flat = [t.mean() + 0 * t for t in shot.truths]
    assert detail(flat, shot.truths, shot.mattes) == pytest.approx(0, abs=0.5)


def test_blur_lowers_it_but_hardly_the_light(shot) -> None:
    soft, softer = blurred(shot, 3.0), blurred(shot, 8.0)
    assert 20 > detail(soft, shot.truths, shot.mattes) > detail(softer, shot.truths, shot.mattes) + 3
    assert light(soft[0], shot.truths[0], shot.mattes[0]) < 0.006


def test_shading_hardly_changes_it(shot) -> None:
    ramp = torch.exp2(torch.linspace(-1, 1, shot.truths[0].shape[2]))
    shaded = [t * ramp for t in shot.truths]
    assert detail(shaded, shot.truths, shot.mattes) > 18


def test_another_face_scores_low(shot) -> None:
    assert detail(shot.others, shot.truths, shot.mattes) < 3


def test_pixel_noise_counts_less_than_it_would_without_the_grain_filter(shot) -> None:
    noise = torch.randn(shot.truths[0].shape, generator=torch.Generator().manual_seed(5))
    noisy = [t * (1 + 0.05 * noise) for t in shot.truths]
    assert detail(noisy, shot.truths, shot.mattes) > 12


def test_frames_are_pooled_by_their_powers() -> None:
    assert detail_db([(1.0, 0.1), (1.0, 0.1)]) == pytest.approx(10)
    assert detail_db([(1.0, 0.0), (1.0, 0.02)]) == pytest.approx(20)


def test_garbage_outside_the_matte_changes_nothing(shot) -> None:
    dirty = [torch.where(m > 0, o, 900.0) for o, m in zip(shot.others, shot.mattes, strict=True)]
    assert detail(dirty, shot.truths, shot.mattes) == detail(shot.others, shot.truths, shot.mattes)


def test_an_empty_matte_is_refused(shot) -> None:
    with pytest.raises(DoublureError, match="the matte is empty"):
        detail(shot.truths, shot.truths, [0 * m for m in shot.mattes])
