from __future__ import annotations

import pytest
import torch

from doublure.core.measure.grain_plane import grain_direction, grain_plane, shot_medians
from tests.core.measure.grainy import clean_face, grain, oval

FACE, MATTE = clean_face(), oval()
MEDIANS = shot_medians([FACE], [MATTE])


def test_the_direction_is_blind_to_light_and_dark() -> None:
    direction = grain_direction([grain(FACE, 1)], [MATTE], MEDIANS)
    assert abs(float(direction.sum())) < 0.15
    assert float(direction.norm()) == pytest.approx(1, abs=1e-5)


def test_grain_stands_out_of_the_detail_in_the_plane() -> None:
    direction = grain_direction([grain(FACE, 1)], [MATTE], MEDIANS)

    def fine(picture: torch.Tensor) -> float:
        plane = grain_plane(picture, MATTE, direction, MEDIANS)
        return float((plane.values[:, 1:] - plane.values[:, :-1])[plane.inside[:, 1:]].std())

    assert fine(grain(FACE, 2)) > 3 * fine(FACE)


def test_the_median_follows_a_gain() -> None:
    assert torch.allclose(shot_medians([2 * FACE, 2 * FACE], [MATTE, MATTE]), 2 * MEDIANS)


def test_a_face_darker_than_black_has_a_median_all_the_same() -> None:
    assert float(shot_medians([-FACE], [MATTE]).min()) > 0
