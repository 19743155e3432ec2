from __future__ import annotations

import numpy as np
import pytest
import torch

from doublure.core.blend.matte import distance_inside, shape_matte
from doublure.core.blend.settings import BlendSettings


def disc(radius: float, soft: float = 1.0, size: int = 121) -> tuple[torch.Tensor, torch.Tensor]:
    """(alpha, radius of every pixel) of an antialiased disc."""
    axis = torch.arange(size) + 0.5 - size / 2
    r = torch.hypot(axis[:, None], axis[None])
    return (0.5 + (radius - r) / soft).clamp(0, 1), r


def settings(**changed: float) -> BlendSettings:
    return BlendSettings(**{"feather": 0.0, **changed})


def test_with_every_setting_0_it_is_the_alpha_itself():
    alpha, _ = disc(40, soft=12)
    assert torch.equal(shape_matte(alpha, settings()), alpha)


@pytest.mark.parametrize("soft", [1.0, 10.0])
@pytest.mark.parametrize("by", [6.0, 2.5, 0.5, -0.5, -2.5, -6.0])
def test_eroding_moves_the_edge_by_that_many_pixels_hard_or_soft(soft, by):
    alpha, r = disc(40, soft)
    matte = shape_matte(alpha, settings(erode=by))
    wanted, _ = disc(40 - by, soft)
    assert (matte - wanted)[r < 55].abs().mean() < 0.01
    assert (matte.sum() / torch.pi).sqrt() == pytest.approx(float((wanted.sum() / torch.pi).sqrt()), abs=0.35)


def test_a_growing_disc_grows_the_matte_without_steps():
    areas = torch.tensor(
        [float(shape_matte(disc(40 + k / 8)[0], settings(erode=3.3, feather=8)).sum()) for k in range(17)]
    )
    steps = areas.diff()
    assert (steps > 0).all()
    assert steps.max() / steps.mean() < 2.0


def test_feather_goes_inwards_and_leaves_the_outside_at_0():
    alpha, r = disc(40)
    matte = shape_matte(alpha, settings(feather=12))
    assert not matte[alpha == 0].any()
    assert float(matte[r < 26].min()) > 0.999
    middle = matte[(r - 34).abs() < 0.5]
    assert float(middle.mean()) == pytest.approx(0.5, abs=0.06)
    assert float(middle.std()) < 0.05


def test_feather_is_round_not_boxy():
    alpha, r = disc(40)
    ring = shape_matte(alpha, settings(feather=16))[(r - 32).abs() < 0.35]
    assert float(ring.max() - ring.min()) < 0.12


def test_each_side_fades_alone():
    alpha, _ = disc(40)
    for side, flip in (("top", (0,)), ("left", (1,))):
        opposite = {"top": "bottom", "left": "right"}[side]
        one = shape_matte(alpha, settings(**{f"fade_{side}": 0.5}))
        other = shape_matte(alpha, settings(**{f"fade_{opposite}": 0.5}))
        assert torch.allclose(one, other.flip(flip), atol=1e-4)
        faded = one < alpha - 1e-4
        assert faded.any()
        assert not faded.flip(flip)[faded].all()


def test_a_fade_does_not_jump_when_the_box_grows_by_a_fraction_of_a_pixel():
    a, b = (shape_matte(disc(radius)[0], settings(fade_top=0.4)) for radius in (40.0, 40.1))
    assert (a - b).abs().max() < 0.11


def test_occlusion_multiplies_out():
    alpha, _ = disc(40)
    occlusion = torch.full_like(alpha, 0.25)
    assert torch.allclose(shape_matte(alpha, settings(), occlusion), alpha * 0.75)


def test_eroding_everything_away_leaves_0():
    assert not shape_matte(disc(4)[0], settings(erode=20, feather=5)).any()


def test_distances_are_the_same_bits_wherever_memory_lies():
    y, x = np.mgrid[:121, :121].astype(np.float32)
    field = torch.from_numpy(np.clip(58.6 - np.hypot(x - 60.44, y - 60.54), 0, 1).astype(np.float32))
    random, seen = np.random.default_rng(0), set()
    for _ in range(40):
        # What is allocated before decides where the next array lies.
        kept = [np.empty(int(size), np.uint8) for size in random.integers(1, 3_000_000, 4)]
        del kept
        seen.add(distance_inside(field).numpy().tobytes())
    assert len(seen) == 1
