from __future__ import annotations

import numpy as np
import pytest
import torch

from doublure.core.blend.colour_match import match_colour, monge_kantorovich
from doublure.core.blend.filters import gaussian

RNG = np.random.default_rng(3)
ONE = torch.ones(64, 64)


def skin(seed: int) -> torch.Tensor:
    rng = np.random.default_rng(seed)
    smooth = gaussian(torch.from_numpy(rng.standard_normal((4, 64, 64)).astype(np.float32)), 4.0)
    shade = (0.3 * smooth[:1] / smooth[:1].std() + 0.1 * smooth[1:] / smooth[1:].std()).numpy()
    return torch.from_numpy((np.array([0.3, 0.2, 0.15])[:, None, None] * 2.0**shade).astype(np.float32))


def test_off_and_amount_0_return_the_face_itself():
    face = skin(1)
    assert match_colour(skin(2), face, ONE, "off", 1.0) is face
    assert match_colour(skin(2), face, ONE, "full", 0.0) is face


def test_gain_undoes_a_gain_per_channel():
    face = skin(1)
    tint = torch.tensor([1.4, 0.9, 0.7])[:, None, None]
    out = match_colour(face, face * tint, ONE, "gain", 1.0)
    assert (out / face).mean((1, 2)).tolist() == pytest.approx([1.0] * 3, abs=0.03)


def test_half_the_amount_is_half_the_gain_in_stops():
    face = skin(1)
    whole, half = (match_colour(face, face * 2.0, ONE, "gain", a) / (face * 2.0) for a in (1.0, 0.5))
    assert float(half.mean()) == pytest.approx(float(whole.mean()) ** 0.5, abs=0.01)


def test_outliers_in_a_tenth_of_the_face_hardly_move_the_gain():
    face = skin(1)
    plate = face.clone()
    plate[:, :6] = 50.0
    assert (match_colour(plate, face, ONE, "gain", 1.0) / face).mean() == pytest.approx(1.0, abs=0.05)


def test_full_brings_mean_and_covariance_of_the_log_pixels_to_the_plate():
    plate = skin(1)
    face = plate.flip(2) ** 0.8 * torch.tensor([1.5, 0.8, 0.9])[:, None, None]
    out = match_colour(plate, face, ONE, "full", 1.0)
    log_out, log_plate = (i.clamp_min(1e-3).log2().reshape(3, -1) for i in (out, plate))
    assert (log_out.mean(1) - log_plate.mean(1)).abs().max() < 0.08
    assert (log_out.std(1) / log_plate.std(1) - 1).abs().max() < 0.25


def test_full_gives_a_highlight_a_gain_not_a_gamma():
    plate, face = skin(1), skin(2) * 0.5
    face[:, 5, 5] = 40.0
    out = match_colour(plate, face, ONE, "full", 1.0)
    assert 10 < float(out[:, 5, 5].min()) < 200


@pytest.mark.parametrize("mode", ["gain", "full"])
def test_a_negative_pixel_stays_finite_and_dark(mode):
    plate, face = skin(1), skin(2)
    face[:, 5, 5] = -0.2
    out = match_colour(plate, face, ONE, mode, 1.0)
    assert torch.isfinite(out).all()
    assert float(out[:, 5, 5].max()) < -0.1


def test_the_linear_map_takes_one_covariance_to_the_other():
    a, b = (np.cov(RNG.standard_normal((3, 500)) * np.array([[1.0], [1.1], [0.9]])) for _ in range(2))
    t = monge_kantorovich(a, b)
    assert np.allclose(t @ a @ t.T, b, atol=1e-6)
    assert np.allclose(t, t.T)
