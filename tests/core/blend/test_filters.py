from __future__ import annotations

import pytest
import torch

from doublure.core.blend.filters import gaussian, pull_push, resize


@pytest.mark.parametrize("sigma", [0.5, 3.0, 6.5, 14.0, 30.0])
def test_a_blurred_point_has_the_variance_asked_for(sigma):
    point = torch.zeros(1, 401, 401)
    point[:, 200, 200] = 1.0
    out = gaussian(point, sigma)[0]
    axis = torch.arange(401.0) - 200
    assert float(out.sum()) == pytest.approx(1.0, abs=0.02)
    assert float((out.sum(0) * axis**2).sum() / out.sum()) ** 0.5 == pytest.approx(sigma, rel=0.05, abs=0.05)


def test_sigma_0_returns_the_picture_itself():
    image = torch.rand(3, 5, 5)
    assert gaussian(image, 0.0) is image


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (5, 4), (31, 17)])
def test_pull_push_keeps_weight_1_and_fills_the_rest_within_range(shape):
    image = torch.rand(3, *shape)
    weight = torch.zeros(shape)
    weight[:: max(shape[0] // 2, 1), 0] = 1.0
    out = pull_push(image, weight)
    assert torch.equal(out[:, weight == 1], image[:, weight == 1])
    known = image[:, weight == 1]
    assert (out <= known.amax(1)[:, None, None] + 1e-5).all()
    assert (out >= known.amin(1)[:, None, None] - 1e-5).all()


def test_pull_push_of_nothing_is_0():
    assert not pull_push(torch.rand(3, 9, 9), torch.zeros(9, 9)).any()


def test_resize_keeps_the_mean_when_it_shrinks():
    image = torch.rand(2, 30, 42)
    assert torch.allclose(resize(image, 10, 14).mean((1, 2)), image.mean((1, 2)), atol=1e-5)
