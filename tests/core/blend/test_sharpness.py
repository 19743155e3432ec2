from __future__ import annotations

import math

import pytest
import torch

from doublure.core.blend.filters import gaussian
from doublure.core.blend.grain_model import NO_GRAIN, measure_grain
from doublure.core.blend.sharpness import band, match_sharpness, set_sharpness, sharpness_ratio

from .conftest import grain, texture

SIZE = 200
MATTE = torch.zeros(SIZE, SIZE)
MATTE[20:180, 20:180] = 1.0


def detail(seed: int) -> torch.Tensor:
    fine = texture(seed, SIZE, SIZE, 0.6) * 0.03 + texture(seed + 50, SIZE, SIZE, 1.5) * 0.05
    return torch.from_numpy(0.25 * (1 + fine)).expand(3, -1, -1).contiguous()


def test_the_band_keeps_its_frequencies_and_drops_the_others():
    x = torch.arange(SIZE, dtype=torch.float32)[None].expand(SIZE, SIZE)
    for frequency, share in ((0.05, 0.0), (0.22, 1.0), (0.40, 0.0)):
        wave = torch.sin(2 * math.pi * frequency * x)
        kept = band(wave)[50:150, 50:150].std() / wave.std()
        assert float(kept) == pytest.approx(share, abs=0.05)


def test_equal_sharpness_reads_1():
    ratio, confidence = sharpness_ratio(detail(1), detail(2), MATTE, NO_GRAIN)
    assert ratio == pytest.approx(1.0, abs=0.06)
    assert confidence == 1.0


def test_a_soft_plate_blurs_the_face_to_its_own_sharpness():
    plate = gaussian(detail(1), 0.9)
    out = match_sharpness(plate, detail(2), MATTE, NO_GRAIN, 1.0)
    before, _ = sharpness_ratio(plate, detail(2), MATTE, NO_GRAIN)
    after, _ = sharpness_ratio(plate, out, MATTE, NO_GRAIN)
    assert before < 0.75
    assert after == pytest.approx(1.0, abs=0.08)


def test_a_slightly_soft_face_is_sharpened_to_the_plate():
    face = gaussian(detail(2), 0.5)
    before, _ = sharpness_ratio(detail(1), face, MATTE, NO_GRAIN)
    out = match_sharpness(detail(1), face, MATTE, NO_GRAIN, 1.0)
    after, _ = sharpness_ratio(detail(1), out, MATTE, NO_GRAIN)
    assert before > 1.1
    assert after == pytest.approx(1.0, abs=0.08)


def test_grain_in_the_plate_is_not_taken_for_sharpness():
    clean = detail(1)
    noise = torch.from_numpy(grain(9, SIZE, SIZE, 0.5)) * (6e-4 * clean + 2e-5).sqrt()
    plate = clean + noise
    model = measure_grain(0.25 + noise)
    fooled, _ = sharpness_ratio(plate, detail(2), MATTE, NO_GRAIN)
    ratio, _ = sharpness_ratio(plate, detail(2), MATTE, model)
    assert fooled > 1.2
    assert ratio == pytest.approx(1.0, abs=0.15)


def test_a_highlight_is_sharpened_without_a_black_ring():
    face = torch.full((3, 40, 40), 0.2)
    face[:, 20, 20] = 40.0
    out = set_sharpness(face, 1.4)
    assert float(out.min()) > 0.1
    assert float(out[:, 20, 20].min()) >= 40.0


def test_amount_0_returns_the_face_itself():
    face = detail(2)
    assert match_sharpness(detail(1), face, MATTE, NO_GRAIN, 0.0) is face


def test_a_tiny_matte_says_nothing():
    matte = torch.zeros(SIZE, SIZE)
    matte[90:100, 90:100] = 1
    assert sharpness_ratio(detail(1), detail(2), matte, NO_GRAIN) == (1.0, 0.0)
