from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import ndimage

from doublure.core.errors import DoublureError
from doublure.core.measure.flow import dis_flow


def texture(x: float = 0, y: float = 0, height: int = 96, width: int = 120) -> torch.Tensor:
    """A grey cloud moved by (x, y) pixels."""
    noise = ndimage.gaussian_filter(np.random.default_rng(1).standard_normal((height, width)), 3)
    moved = ndimage.shift(noise / noise.std(), (y, x), order=3, mode="reflect")
    return torch.tensor(0.18 * np.exp(0.4 * moved), dtype=torch.float32).expand(3, -1, -1)


@pytest.mark.parametrize("shift", [(0, 0), (3, 0), (0, -2), (1.5, 2.5)])
def test_a_known_shift_is_found_with_x_right_and_y_down(shift):
    flow = dis_flow(texture(), texture(*shift))
    assert flow.shape == (2, 96, 120)
    assert flow.dtype == torch.float32
    inner = flow[:, 16:-16, 16:-16]
    assert torch.allclose(inner.mean((1, 2)), torch.tensor(shift, dtype=torch.float32), atol=0.15)
    assert float(inner.std((1, 2)).max()) < 0.3


def test_a_brighter_second_frame_moves_nothing():
    assert float(dis_flow(texture(), 1.2 * texture()).abs().mean()) < 0.3


def test_a_gain_on_both_changes_nothing():
    one, other = dis_flow(texture(), texture(2)), dis_flow(64 * texture(), 64 * texture(2))
    assert torch.allclose(one, other, atol=0.05)


def test_black_frames_stand_still():
    assert float(dis_flow(torch.zeros(3, 40, 40), torch.zeros(3, 40, 40)).abs().max()) == 0


def test_the_smallest_picture_has_a_flow():
    assert dis_flow(texture(height=16, width=16), texture(height=16, width=16)).shape == (2, 16, 16)


def test_a_smaller_picture_is_refused():
    with pytest.raises(DoublureError, match="40x12 pixels are too small"):
        dis_flow(torch.rand(3, 12, 40), torch.rand(3, 12, 40))


def test_pictures_of_two_sizes_are_refused():
    with pytest.raises(DoublureError, match="not \\(3, height, width\\) alike"):
        dis_flow(torch.rand(3, 40, 40), torch.rand(3, 40, 41))


def test_nan_is_refused():
    with pytest.raises(DoublureError, match="NaN"):
        dis_flow(texture(), torch.full((3, 96, 120), torch.nan))
