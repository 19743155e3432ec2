from __future__ import annotations

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.light import light


def test_the_truth_itself_scores_zero(shot) -> None:
    assert light(shot.truths[0], shot.truths[0], shot.mattes[0]) == 0


def test_one_stop_reads_one_stop(shot) -> None:
    assert light(2 * shot.truths[0], shot.truths[0], shot.mattes[0]) == pytest.approx(1 / 17.52, rel=0.02)


def test_a_shading_change_moves_it(shot) -> None:
    ramp = torch.exp2(torch.linspace(-1, 1, shot.truths[0].shape[2]))
    assert light(ramp * shot.truths[0], shot.truths[0], shot.mattes[0]) > 0.012


def test_garbage_outside_the_matte_changes_nothing(shot) -> None:
    matte, other, truth = shot.mattes[0], shot.others[0], shot.truths[0]
    assert light(torch.where(matte > 0, other, 900.0), truth, matte) == light(other, truth, matte)


def test_an_empty_matte_is_refused(shot) -> None:
    with pytest.raises(DoublureError, match="the matte is empty"):
        light(shot.truths[0], shot.truths[0], 0 * shot.mattes[0])
