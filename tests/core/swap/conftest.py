"""Tiny facesets of smooth noise: enough for every promise that training makes, without a face network."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from bench.stage_consent import Office
from doublure.core.consent.training import TrainingConsent
from doublure.core.face.topology import canonical_shape
from doublure.core.swap.complexion import GRID
from doublure.core.swap.crop import on_crop
from doublure.core.swap.faceset import Faceset, stored_side
from doublure.core.swap.marks import POINTS, Marks

SIZE = 32


def pictures_of(seed: int) -> str:
    """The hash of the pictures of a set."""
    return hashlib.sha256(f"pictures {seed}".encode()).hexdigest()


def agreed(folder: Path, sets: Sequence[Faceset], *, models: Sequence[str] = ()) -> TrainingConsent:
    """Everybody's consent to these pictures, and to going on from models of these hashes."""
    office = Office(folder / "consent")
    replica = {"models": [{"name": "start", "sha256": digest} for digest in models]}
    records = tuple(
        office.record(
            faces.person,
            faces.role,
            replica={**replica, "reference_sets": [{"name": "set", "sha256": faces.sha256}]},
        )
        for faces in sets
    )
    return TrainingConsent(records, office.trust, office.project)


def make_faceset(
    name: str, role: str, *, seed: int, count: int = 16, size: int = SIZE, covered: bool = False
) -> Faceset:
    generator = torch.Generator().manual_seed(seed)
    side = stored_side(size)
    noise = torch.randn(count, 3, 5, 5, generator=generator) * 0.1
    detail = F.interpolate(noise, size=(side, side), mode="bicubic")
    mask = torch.zeros(count, side, side)
    mask[:, side // 6 : -side // 6, side // 6 : -side // 6] = 1
    cover = torch.zeros(count, side, side, dtype=torch.uint8)
    cover[:, side // 8 : -side // 8, side // 8 : -side // 8] = 255
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
        pictures_of(seed),
        size,
        cover if covered else None,
        make_marks(count, generator),
    )


def make_marks(count: int, generator: torch.Generator) -> Marks:
    """Performances of somebody a little unlike everybody, looking straight ahead."""
    mean = torch.from_numpy(canonical_shape()[list(POINTS)].astype(np.float32))
    shape = mean + torch.randn(mean.shape, generator=generator) * 0.05
    local = shape + torch.randn(count, *mean.shape, generator=generator) * 0.05
    turn = torch.from_numpy(on_crop(np.eye(3)).astype(np.float32)).expand(count, 2, 4).clone()
    return Marks(local, turn, torch.zeros(count, 2, 2), torch.zeros(count, 3), shape)


@pytest.fixture
def cast() -> list[Faceset]:
    return [
        make_faceset("ada", "hero", seed=1),
        make_faceset("ben", "driver", seed=2),
        make_faceset("cy", "cast", seed=3),
        make_faceset("di", "cast", seed=4),
    ]
