from __future__ import annotations

import pytest

from doublure.core.errors import DoublureError
from doublure.core.measure.similarity import Similarity
from doublure.core.measure.summary import score


def test_truth_against_itself_is_perfect_and_nothing_is_not(shot) -> None:
    both = score(shot.truths, shot.truths, shot.mattes, plates=shot.others)
    assert both.result.shot.psnr > 80
    assert both.result.shot.light < 1e-4
    assert both.nothing is not None
    assert both.nothing.shot.detail < both.result.shot.detail - 20


def test_gain_and_similarity_of_the_shot_are_not_punished(shot) -> None:
    known = Similarity(1.06, 2.0, 0.02, 0.0)
    moved = [0.7 * known.apply(t, m) for t, m in zip(shot.truths, shot.mattes, strict=True)]
    row = score(moved, shot.truths, shot.mattes).result
    assert row.shot.psnr > 40
    assert row.shot.ssim > 0.98
    assert row.fit.similarity.scale == pytest.approx(1 / 1.06, abs=2e-3)


def test_flicker_is_punished(shot) -> None:
    flicker = [g * t for g, t in zip((0.8, 1.25, 0.8), shot.truths, strict=True)]
    assert score(flicker, shot.truths, shot.mattes).result.shot.light > 0.01


def test_the_shot_averages_psnr_and_pools_light(shot) -> None:
    row = score(shot.others, shot.truths, shot.mattes).result
    assert row.shot.psnr == pytest.approx(sum(f.psnr for f in row.frames) / 3)
    assert row.shot.light == pytest.approx((sum(f.light**2 for f in row.frames) / 3) ** 0.5)
    assert min(f.detail for f in row.frames) <= row.shot.detail <= max(f.detail for f in row.frames)


def test_without_plates_there_is_no_row_for_nothing(shot) -> None:
    assert score(shot.others[:1], shot.truths[:1], shot.mattes[:1]).nothing is None


def test_an_empty_matte_is_refused_with_its_frame(shot) -> None:
    mattes = [shot.mattes[0], 0 * shot.mattes[1], shot.mattes[2]]
    with pytest.raises(DoublureError, match="frame 1002: the matte is empty"):
        score(shot.truths, shot.truths, mattes, numbers=[1001, 1002, 1003])
