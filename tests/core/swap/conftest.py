"""Tiny facesets of smooth noise: enough for every promise that training makes, without a face network."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from doublure.core.swap.complexion import GRID
from doublure.core.swap.faceset import Faceset, stored_side

SIZE = 32


def make_faceset(name: str, role: str, *, seed: int, count: int = 16, size: int = SIZE) -> Faceset:
    generator = torch.Generator().manual_seed(seed)
    side = stored_side(size)
    noise = torch.randn(count, 3, 5, 5, generator=generator) * 0.1
    detail = F.interpolate(noise, size=(side, side), mode="bicubic")
    mask = torch.zeros(count, side, side)
    mask[:, side // 6 : -side // 6, side // 6 : -side // 6] = 1
    held_out = np.arange(count) >= count - 3
    return Faceset(
        name,
        role,
        detail.half(),
        (mask * 255).to(torch.uint8),
        (mask * 32).to(torch.uint8),
        torch.randn(3, GRID, GRID, generator=generator) * 0.01,
        np.arange(count),
        held_out,
        (),
        f"hash of {seed}",
        size,
    )


@pytest.fixture
def cast() -> list[Faceset]:
    return [
        make_faceset("ada", "hero", seed=1),
        make_faceset("ben", "driver", seed=2),
        make_faceset("cy", "cast", seed=3),
        make_faceset("di", "cast", seed=4),
    ]
