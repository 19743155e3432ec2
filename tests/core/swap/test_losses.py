from __future__ import annotations

import pytest
import torch

from doublure.core.swap.losses import detail_db, dissimilarity, gradient_l1, swap_loss, weighted_l1

SHAPE = (2, 3, 16, 16)
ONES = torch.ones(2, 1, 16, 16)


def _noise(seed: int) -> torch.Tensor:
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(seed)) * 0.1


@pytest.mark.parametrize("loss", [weighted_l1, gradient_l1, dissimilarity])
def test_equal_pictures_cost_nothing(loss) -> None:
    assert float(loss(_noise(0), _noise(0), ONES)) == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("loss", [weighted_l1, gradient_l1, dissimilarity])
def test_pixels_without_weight_cost_nothing(loss) -> None:
    weight = torch.zeros(2, 1, 16, 16)
    weight[..., :8] = 1
    other = _noise(0)
    other[..., 12:] += 1
    assert float(loss(other, _noise(0), weight)) == pytest.approx(0, abs=1e-5)


def test_l1_is_the_mean_absolute_error() -> None:
    assert float(weighted_l1(_noise(0) + 0.25, _noise(0), ONES)) == pytest.approx(0.25, rel=1e-4)


def test_detail_of_an_error_a_tenth_of_the_signal_is_20_db() -> None:
    signal = _noise(0)
    assert detail_db(signal * 1.1, signal, ONES) == pytest.approx(20, abs=0.01)


def test_predicting_nothing_reads_0_db() -> None:
    assert detail_db(torch.zeros(SHAPE), _noise(0), ONES) == pytest.approx(0, abs=1e-4)


def test_gradients_reach_colour_and_matte() -> None:
    detail, matte = _noise(1).requires_grad_(), torch.zeros(2, 1, 16, 16, requires_grad=True)
    swap_loss(detail, matte, _noise(2), ONES, ONES, ONES).backward()
    assert detail.grad is not None
    assert matte.grad is not None
    assert matte.grad.abs().sum() > 0


def test_a_matte_that_nobody_knows_is_not_learned() -> None:
    matte = torch.zeros(2, 1, 16, 16, requires_grad=True)
    known = torch.tensor([0.0, 1.0]).reshape(2, 1, 1, 1).expand(2, 1, 16, 16)
    swap_loss(_noise(1), matte, _noise(2), ONES, ONES, known).backward()
    assert matte.grad is not None
    assert matte.grad[0].abs().max() == 0
    assert matte.grad[1].abs().max() > 0
