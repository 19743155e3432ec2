"""The guide: marks drawn as soft lines for the decoder, a channel for each part of a face."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import torch
from torch import Generator, Tensor

from doublure.core.face.topology import (
    LEFT_BROW,
    LEFT_EYE,
    LIPS,
    LIPS_INNER,
    NOSE_BASE,
    NOSE_BRIDGE,
    OVAL,
    RIGHT_BROW,
    RIGHT_EYE,
)
from doublure.core.swap.marks import GROUPS, PLACE, POINTS

_UPPER, _LOWER = slice(8, 17), slice(0, 9)
Lines = tuple[tuple[int, ...], ...]


def _half(ring: tuple[int, ...], part: slice) -> tuple[int, ...]:
    return (*ring, ring[0])[part]


PARTS: tuple[Lines, ...] = (
    (_half(RIGHT_EYE, _UPPER), _half(LEFT_EYE, _UPPER)),
    (_half(RIGHT_EYE, _LOWER), _half(LEFT_EYE, _LOWER)),
    ((*LIPS, LIPS[0]),),
    (LIPS_INNER[10:] + LIPS_INNER[:1],),
    (LIPS_INNER[:11],),
    ((*RIGHT_BROW, RIGHT_BROW[0]), (*LEFT_BROW, LEFT_BROW[0])),
    (NOSE_BRIDGE, NOSE_BASE),
    ((*OVAL, OVAL[0]),),
)
"""Lines through FaceMesh's points: upper and lower lids, lips, their inner edges, brows, nose, outline. Each is a
channel; one more shows the pupils."""
NAMES = ("upper_lids", "lower_lids", "lips", "upper_lip", "lower_lip", "brows", "nose", "outline", "pupils")
"""What the channels are called in files."""
CHANNELS = len(NAMES)
_BETWEEN = 3
"""Dots from one mark to the next: at half the crop's resolution they run into a line."""
_SOFT = 0.9
"""Standard deviation of a dot, pixels of the guide."""
_GAIN = 0.7
"""How soon dots that lie on one another are white."""
VEILED = 0.5
"""Of the faces, those whose eyes, and those whose mouth, are hidden from the encoder."""
_VEILS = (
    ((tuple(PLACE[p] for p in RIGHT_EYE), tuple(PLACE[p] for p in LEFT_EYE)), 0.22),
    ((tuple(PLACE[p] for p in LIPS),), 0.34),
)
"""Groups of marks, and how far round their middle a veil reaches, half crops."""
SHAKE = 0.01
"""Spread of `shaken`, half crops."""


@cache
def _dots() -> tuple[Tensor, ...]:
    """By channel (K, M + 2): each dot as a mean of marks."""
    out = []
    for lines in PARTS:
        rows = []
        for line in lines:
            for a, b in pairwise(line):
                for step in range(_BETWEEN):
                    row = torch.zeros(len(POINTS) + 2)
                    row[PLACE[a]] += 1 - step / _BETWEEN
                    row[PLACE[b]] += step / _BETWEEN
                    rows.append(row)
        out.append(torch.stack(rows))
    pupils = torch.zeros(2, len(POINTS) + 2)
    pupils[0, -2] = pupils[1, -1] = 1
    return (*out, pupils)


def drawn(at: Tensor, side: int) -> Tensor:
    """(N, CHANNELS, side, side), 0 to 1.

    Args:
        at: (N, M + 2, 2), as `marks.placed`; places beyond the crop are not drawn.
        side: of the guide in pixels.
    """
    pixels = torch.arange(side, device=at.device, dtype=at.dtype) + 0.5
    spots = (at + 1) * (side / 2)
    planes = []
    for dots in _dots():
        where = dots.to(at) @ spots
        x, y = (torch.exp(-0.5 * ((pixels - where[..., i, None]) / _SOFT) ** 2) for i in (0, 1))
        planes.append(1 - torch.exp(-_GAIN * (y.transpose(1, 2) @ x)))
    return torch.stack(planes, 1)


def shaken(at: Tensor, generator: Generator) -> Tensor:
    """Marks (N, M + 2, 2) with each part of the face a little out of place, as they are where they were read off
    somebody else."""
    parts = _parts().to(at.device)
    off = torch.randn(len(at), int(parts.max()) + 1, 2, generator=generator, device=at.device)
    return at + SHAKE * off[:, parts]


def veil(at: Tensor, side: int, generator: Generator) -> Tensor:
    """(N, 1, side, side) 0 to 1: a soft patch over the eyes of some faces and over the mouth of some.

    A network that always sees what the guide says as well has no need to believe it, and then follows the lids of a
    stranger, which it cannot read, instead.

    Args:
        at: (N, M + 2, 2), as `marks.placed`.
    """
    axis = (torch.arange(side, device=at.device, dtype=at.dtype) + 0.5) * (2 / side) - 1
    out = torch.zeros(len(at), side, side, device=at.device)
    hidden = torch.rand(len(at), 2, generator=generator, device=at.device) < VEILED
    for part, (marks, reach) in enumerate(_VEILS):
        for group in marks:
            middle = at[:, list(group)].mean(1)
            x, y = (((axis - middle[:, i, None]) / reach) ** 2 for i in (0, 1))
            patch = torch.sigmoid(6 * (1 - (y[:, :, None] + x[:, None, :])))
            out = torch.maximum(out, patch * hidden[:, part, None, None])
    return out[:, None]


@cache
def _parts() -> Tensor:
    """(M + 2,) which part of the face each mark belongs to; an eye's pupil and lids are one."""
    of = {point: at for at, group in enumerate(GROUPS) for point in group}
    return torch.tensor([*(of[point] for point in POINTS), 0, 1])
