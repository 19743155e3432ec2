from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from doublure.core.blend.grain_model import NO_GRAIN, measure_grain
from doublure.core.blend.grain_size import kernel

from .conftest import grain, make_scene, texture

SIZE = 256


def flat(level_low: float = 0.05, level_high: float = 0.6) -> torch.Tensor:
    ramp = torch.linspace(level_low, level_high, SIZE)[None].expand(SIZE, SIZE)
    return torch.stack([ramp * c for c in (1.2, 1.0, 0.8)])


def noisy(clean: torch.Tensor, size: float, slope: float = 6e-4, floor: float = 2e-5) -> torch.Tensor:
    return clean + torch.from_numpy(grain(4, SIZE, SIZE, size)) * (slope * clean + floor).sqrt()


@pytest.mark.parametrize("size", [0.0, 0.5, 0.8])
def test_sigma_against_light_is_read_to_a_tenth(size):
    clean = flat()
    model = measure_grain(noisy(clean, size))
    truth = (6e-4 * clean + 2e-5).sqrt()
    assert (model.variance(clean).sqrt() / truth - 1).abs().mean() < 0.1


@pytest.mark.parametrize("size", [0.0, 0.5, 0.8, 1.1])
def test_the_grain_size_is_read(size):
    model = measure_grain(noisy(flat(), size))
    measured, truth = (np.correlate(kernel(s), kernel(s), "same") for s in (model.size[0], size))
    assert measured == pytest.approx(truth, abs=0.08)
    assert model.size[0] == pytest.approx(model.size[1], abs=0.15)


def test_grain_stretched_sideways_is_read_as_such():
    white = np.random.default_rng(0).standard_normal((3, SIZE, SIZE)).astype(np.float32)
    taps = kernel(0.9)
    wide = np.stack([np.apply_along_axis(np.convolve, 1, w, taps, "same") for w in white]).astype(np.float32)
    model = measure_grain(flat() + 0.01 * torch.from_numpy(wide))
    assert model.size[0] == pytest.approx(0.9, abs=0.15)
    assert model.size[1] < 0.4


@pytest.mark.parametrize("shared", [0.0, 0.6, 1.0])
def test_channel_correlation_is_read(shared):
    own, common = grain(1, SIZE, SIZE, 0.0), grain(9, SIZE, SIZE, 0.0)[:1]
    mixed = np.sqrt(shared) * common + np.sqrt(1 - shared) * own
    model = measure_grain(flat() + 0.01 * torch.from_numpy(mixed.astype(np.float32)))
    assert model.channels[0][1] == pytest.approx(shared, abs=0.07)


def test_a_clean_plate_has_no_grain():
    assert measure_grain(flat()).clean
    assert measure_grain(make_scene(noise=0.0).plate.rgb).clean


def test_a_clean_plate_that_went_through_half_float_has_no_grain():
    assert measure_grain(flat().half().float()).clean


def test_texture_and_edges_do_not_raise_the_reading():
    clean = flat() * (1 + 0.08 * torch.from_numpy(texture(3, SIZE, SIZE, 2.5)))
    clean[:, 100:140, 60:200] *= 0.3
    model = measure_grain(noisy(clean, 0.5))
    assert (model.variance(clean) / (6e-4 * clean + 2e-5)).sqrt().mean() == pytest.approx(1.0, abs=0.12)


def test_texture_finer_than_grain_changes_neither_size_nor_strength_much():
    light = flat() * (1 + 0.005 * torch.from_numpy(grain(30, SIZE, SIZE, 0.0)[:1]))
    model = measure_grain(noisy(light, 0.9))
    assert model.size == pytest.approx((0.9, 0.9), abs=0.06)
    assert (model.variance(flat()) / (6e-4 * flat() + 2e-5)).sqrt().mean() == pytest.approx(1.0, abs=0.15)


def test_the_size_of_grain_that_is_the_same_in_all_channels_is_read():
    same = torch.from_numpy(grain(2, SIZE, SIZE, 0.8)[:1])
    clean = flat()
    model = measure_grain(clean * (1 + 0.03 * same))
    assert model.size == pytest.approx((0.8, 0.8), abs=0.1)


def test_colours_of_half_the_resolution_do_not_make_grain_stronger():
    clean = flat()
    plate = noisy(clean, 0.8)
    light = plate.mean(0, keepdim=True)
    colour = torch.stack(
        [torch.from_numpy(cv2.GaussianBlur(p, (0, 0), 1.5)) for p in (plate - light).numpy()]
    )
    model = measure_grain(light + colour)
    true = (light - clean.mean(0)).std()
    assert model.variance(clean)[1].mean().sqrt() == pytest.approx(float(true), rel=0.15)


def test_variance_stays_level_above_the_brightest_light_seen_and_finite_below_0():
    model = measure_grain(noisy(flat(), 0.5))
    light = torch.tensor([40.0, 4.0, -1.0]).expand(3, 1, 3)
    out = model.variance(light)
    assert torch.equal(out[..., 0], out[..., 1])
    assert (out >= 0).all()


def test_too_small_a_picture_has_no_grain():
    assert measure_grain(torch.rand(3, 8, 8)) == NO_GRAIN


@pytest.mark.parametrize("size", [0.0, 0.3, 0.8, 1.6])
def test_the_kernel_keeps_the_variance_of_white_noise(size):
    assert float((kernel(size) ** 2).sum()) == pytest.approx(1.0)
