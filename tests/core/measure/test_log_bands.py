from __future__ import annotations

import pytest
import torch

from doublure.core.measure.log_bands import log_bands, mean_square


def test_the_bands_add_up_to_the_encoded_picture_of_a_flat_face() -> None:
    truth = torch.full((3, 40, 40), 0.5)
    bands, _ = log_bands(truth, truth, torch.ones(40, 40))
    torch.testing.assert_close(bands.light, torch.full_like(truth, 0.41359), atol=1e-4, rtol=0)
    assert float(bands.detail.abs().max()) < 1e-5


def test_the_result_is_exposed_by_the_truth_so_a_flicker_stays(shot) -> None:
    truth, matte = shot.truths[0], shot.mattes[0]
    got, wanted = log_bands(2 * truth, truth, matte)
    inside = matte > 0.5
    stops = (got.light - wanted.light)[:, inside].median() * 17.52
    assert float(stops) == pytest.approx(1, abs=0.02)


def test_negative_values_count_as_black() -> None:
    truth = torch.full((3, 40, 40), 0.5)
    pair = [log_bands(torch.full_like(truth, v), truth, torch.ones(40, 40))[0] for v in (0.0, -3.0)]
    torch.testing.assert_close(pair[0].light, pair[1].light)


def test_mean_square_is_weighted_by_the_matte() -> None:
    values = torch.tensor([[[1.0, 3.0]], [[1.0, 3.0]], [[1.0, 3.0]]])
    assert mean_square(values, torch.tensor([[1.0, 0.5]])) == pytest.approx((1 + 4.5) / 1.5)
