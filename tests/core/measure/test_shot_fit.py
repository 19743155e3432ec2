from __future__ import annotations

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.psnr import psnr
from doublure.core.measure.shot_fit import ShotFit, fit_shot
from doublure.core.measure.similarity import Similarity


def mean_psnr(fit: ShotFit, results: list, shot) -> float:
    pairs = zip(results, shot.truths, shot.mattes, strict=True)
    return sum(psnr(fit.apply(r, m), t, m) for r, t, m in pairs) / len(results)


def test_truth_against_itself_is_the_identity(shot) -> None:
    fit = fit_shot(shot.truths, shot.truths, shot.mattes)
    assert fit.similarity.negligible
    assert fit.gain == pytest.approx((1, 1, 1), abs=1e-4)


def test_a_gain_per_channel_is_taken_off(shot) -> None:
    factors = torch.tensor([1.7, 0.6, 1.2])[:, None, None]
    results = [truth * factors for truth in shot.truths]
    fit = fit_shot(results, shot.truths, shot.mattes)
    assert fit.gain == pytest.approx((1 / 1.7, 1 / 0.6, 1 / 1.2), rel=1e-3)
    assert mean_psnr(fit, results, shot) > 60


@pytest.mark.parametrize(
    "known",
    [
        Similarity(1.08, 0.0, 0.0, 0.0),
        Similarity(0.92, 3.0, 0.03, -0.04),
        Similarity(1.0, -4.0, -0.05, 0.02),
        Similarity(1.15, 1.0, 0.0, 0.05),
    ],
)
def test_a_known_similarity_is_undone(shot, known: Similarity) -> None:
    results = [0.8 * known.apply(t, m) for t, m in zip(shot.truths, shot.mattes, strict=True)]
    fit = fit_shot(results, shot.truths, shot.mattes)
    assert fit.similarity.scale * known.scale == pytest.approx(1, abs=2e-3)
    assert fit.similarity.rotation == pytest.approx(-known.rotation, abs=0.1)
    assert mean_psnr(fit, results, shot) > 40


def test_another_face_is_never_made_worse_than_by_the_gain_alone(shot) -> None:
    fit = fit_shot(shot.others, shot.truths, shot.mattes)
    assert mean_psnr(fit, shot.others, shot) >= mean_psnr(ShotFit(fit.gain), shot.others, shot)


def test_the_similarity_stays_within_its_limits(shot) -> None:
    far = Similarity(scale=1.5, shift_x=0.2)
    results = [far.apply(t, m) for t, m in zip(shot.truths, shot.mattes, strict=True)]
    found = fit_shot(results, shot.truths, shot.mattes).similarity
    assert 0.85 - 1e-9 <= found.scale <= 1.18 + 1e-9
    assert abs(found.rotation) <= 5 + 1e-9
    assert max(abs(found.shift_x), abs(found.shift_y)) <= 0.06 + 1e-9


def test_jitter_of_one_frame_is_left_in(shot) -> None:
    jump = Similarity(shift_x=0.04).apply(shot.truths[1], shot.mattes[1])
    results = [shot.truths[0], jump, shot.truths[2]]
    fit = fit_shot(results, shot.truths, shot.mattes)
    assert psnr(fit.apply(jump, shot.mattes[1]), shot.truths[1], shot.mattes[1]) < 35


def test_a_black_result_is_fitted_without_a_crash(shot) -> None:
    fit = fit_shot([0 * t for t in shot.truths], shot.truths, shot.mattes)
    assert fit.gain == pytest.approx((1, 1, 1))


def test_garbage_outside_the_matte_changes_nothing(shot) -> None:
    results = [1.3 * t for t in shot.truths]
    dirty = [torch.where(m > 0, r, 900.0) for r, m in zip(results, shot.mattes, strict=True)]
    fit = fit_shot(dirty, shot.truths, shot.mattes)
    assert fit.similarity.negligible
    assert fit.gain == pytest.approx((1 / 1.3,) * 3, rel=1e-3)


def test_an_empty_matte_is_refused(shot) -> None:
    with pytest.raises(DoublureError, match="the matte is empty"):
        fit_shot(shot.truths, shot.truths, [0 * m for m in shot.mattes])
