"""Training pairs out of stored crops: moved together, then the input alone is disturbed.

Input and target move together (placement must be learned exactly); only the input is bent, noised, blurred,
re-contrasted and occluded, so the encoder learns to see through what footage does to a face.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from doublure.core.swap.faceset import DENSITY, MARGIN

BENT = 0.018
"""Spread of the displacement that bends what is shown, in shares of half the picture."""
CONTRAST, TINT = 0.18, 0.06
"""Spread of the logarithms of the gains on all colours together, and on each."""
GRAIN = 0.02
"""Most of new grain, ACEScct."""
HIDDEN = 0.25
"""Of the faces, those partly hidden."""


@dataclass(frozen=True)
class Batch:
    """What one training step sees: all (N, ·, S, S) float32.

    Attributes:
        source: (N, 3, S, S) disturbed detail, zero outside the face.
        target: (N, 3, S, S) detail wanted.
        mask: (N, 1, S, S) the target's matte, 0–1.
        weight: (N, 1, S, S) the target's training weight.
        known: (N, 1, S, S) 1 where the matte is to be learned from, else 0.
        person: (N,) index of the target's person.
        guide: (N, `guide.CHANNELS`, core / 2, core / 2) the target's landmarks, as the performer's give them; zero
            where they are not known.
    """

    source: Tensor
    target: Tensor
    mask: Tensor
    weight: Tensor
    known: Tensor
    person: Tensor
    guide: Tensor

    def at(self, side: int) -> Batch:
        """The same at a smaller side, of which S is a multiple."""
        times = self.source.shape[-1] // side
        if times == 1:
            return self
        names = ("source", "target", "mask", "weight", "known")
        return replace(self, **{name: F.avg_pool2d(getattr(self, name), times) for name in names})


def _uniform(generator: Generator, *shape: int, low: float = -1.0, high: float = 1.0) -> Tensor:
    return torch.rand(*shape, generator=generator, device=generator.device) * (high - low) + low


def _normal(generator: Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=generator, device=generator.device)


def moves(count: int, flip: Tensor, generator: Generator, amount: float = 1.0) -> Tensor:
    """(N, 2, 3) from a network's crop to the stored one, both -1 to 1: small random scale, roll and shift, mirrored
    where ``flip``."""
    angle = _normal(generator, count) * math.radians(2.5) * amount
    scale = torch.exp(_normal(generator, count) * 0.025 * amount) / MARGIN
    shift = (_normal(generator, count, 2) * 0.012 * amount).clamp(-0.05, 0.05)
    mirror = 1.0 - 2.0 * flip.float()
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    return torch.stack(
        [torch.stack([cos * mirror, -sin, shift[:, 0]], 1), torch.stack([sin * mirror, cos, shift[:, 1]], 1)],
        1,
    )


def grids(affine: Tensor, size: int) -> Tensor:
    """Sampling grids (N, S, S, 2) over stored crops."""
    return F.affine_grid(affine, [len(affine), 1, size, size], align_corners=False)


def moved(places: Tensor, affine: Tensor) -> Tensor:
    """Places (N, M, 2) in the head's own crop, -1 to 1, as they lie in one that ``affine`` (see `moves`) has moved."""
    inside = places / MARGIN - affine[:, None, :, 2]
    return inside @ torch.linalg.inv(affine[:, :, :2]).transpose(1, 2)


def bend(grid: Tensor, generator: Generator) -> Tensor:
    """Adds a smooth random displacement, in shares of half the picture, to (N, S, S, 2) grids."""
    count, size = grid.shape[:2]
    coarse = _normal(generator, count, 2, 5, 5) * BENT
    return grid + F.interpolate(coarse, size=(size, size), mode="bicubic", align_corners=True).permute(
        0, 2, 3, 1
    )


def disturb(detail: Tensor, generator: Generator) -> Tensor:
    """Contrast, colour, defocus, grain and occlusion on (N, 3, S, S) input detail."""
    count, _, size, _ = detail.shape
    contrast = torch.exp(_normal(generator, count, 1, 1, 1) * CONTRAST)
    tint = torch.exp(_normal(generator, count, 3, 1, 1) * TINT)
    offset = _normal(generator, count, 3, 1, 1) * 0.008
    detail = detail * contrast * tint + offset
    soft = F.avg_pool2d(F.pad(detail, (1, 1, 1, 1), mode="replicate"), 3, 1)
    defocus = _uniform(generator, count, 1, 1, 1, low=-1.0, high=1.0).clamp(min=0)
    detail = detail + (soft - detail) * defocus
    grain = _normal(generator, *detail.shape) * _uniform(generator, count, 1, 1, 1, low=0.0, high=GRAIN)
    detail = detail + grain
    # A soft-edged blot hides part of some faces.
    axis = torch.linspace(-1, 1, size, device=detail.device)
    centre = _uniform(generator, count, 2, 1, 1)
    radius = _uniform(generator, count, 1, 1, low=0.08, high=0.35)
    hidden = (_uniform(generator, count, 1, 1, low=0.0, high=1.0) < HIDDEN).float()
    distance = torch.sqrt(
        (axis[None, None, :] - centre[:, 0]) ** 2 + (axis[None, :, None] - centre[:, 1]) ** 2
    )
    blot = torch.sigmoid((radius - distance) * 40) * hidden
    colour = _normal(generator, count, 3, 1, 1) * 0.08
    return detail + (colour - detail) * blot[:, None]


def sample(images: Tensor, grid: Tensor) -> Tensor:
    """Bilinear samples of (N, C, T, T) stored crops (denser than the grid: little is lost) on (N, S, S, 2)."""
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)


def unmoved(images: Tensor, size: int) -> Tensor:
    """(N, C, T, T) stored crops as the network's own (N, C, S, S), nothing random: for measuring."""
    side = round(size * DENSITY)
    start = (images.shape[-1] - side) // 2
    inner = images[..., start : start + side, start : start + side]
    return F.interpolate(inner, size=(size, size), mode="bilinear", antialias=True, align_corners=False)
