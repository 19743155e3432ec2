from __future__ import annotations

import numpy as np
import torch

from doublure.core.swap.complexion import GRID, exchange, mean_complexion

MASK = np.ones((32, 32), np.float32)


def test_an_even_face_has_no_complexion_whatever_its_tone() -> None:
    faces = [(np.full((32, 32, 3), tone, np.float32), MASK) for tone in (0.2, 0.6)]
    assert mean_complexion(faces).abs().max() < 1e-5


def test_lights_from_both_sides_average_away() -> None:
    ramp = np.linspace(-0.1, 0.1, 32, dtype=np.float32)[None, :, None].repeat(32, 0).repeat(3, 2)
    assert mean_complexion([(0.4 + ramp, MASK), (0.4 - ramp, MASK)]).abs().max() < 1e-5


def test_exchanging_turns_one_face_into_the_other() -> None:
    rng = np.random.default_rng(0)
    own, wanted = (
        torch.from_numpy(rng.normal(size=(3, 1, 1)).astype(np.float32)).expand(3, GRID, GRID) for _ in "ab"
    )
    low = np.zeros((32, 32, 3), np.float32)
    assert np.allclose(exchange(low, own, wanted, 1.0)[5, 5], (wanted - own)[:, 0, 0], atol=1e-5)


def test_amount_zero_changes_nothing() -> None:
    low = np.random.default_rng(1).normal(size=(32, 32, 3)).astype(np.float32)
    assert np.array_equal(exchange(low, torch.zeros(3, GRID, GRID), torch.ones(3, GRID, GRID), 0.0), low)
