"""One path for real and swapped faces on their way to the detector, so that only the faces can tell them apart.

A network's answer has no grain, ends at the driver's outline and was never compressed. None of that is the face, and
each of it alone would give it away. So both sides are made alike: the same small picture, the same oval, the same new
grain over whatever was there, the same steps of an 8-bit codec.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

SIDE = 64
GRAIN = 0.012
"""Of ACEScct: more than what averaging down leaves of a plate's own grain."""
STEP = 1 / 255
_OVAL = (0.30, 0.36)
"""Half axes, across and down, of the crop's side: within everybody's outline."""
GAIN = 8.0
"""Brings detail (about ±0.2) to the order of one."""


def same_path(detail: Tensor, generator: Generator) -> Tensor:
    """Light-separated crops as the detector sees them.

    Args:
        detail: (N, 3, S, S) light-separated ACEScct of aligned faces, real or swapped; S of 64 at least.
        generator: of the grain; what it draws is the same for both sides.

    Returns:
        (N, 3, 64, 64) float32, 0 outside the oval. Its mean goes: how bright skin is lit
        is not what is asked.
    """
    if detail.shape[-1] < SIDE:
        raise ValueError(f"crops must be {SIDE} pixels wide at least")
    small = F.interpolate(
        detail.float(), size=(SIDE, SIDE), mode="bilinear", antialias=True, align_corners=False
    )
    inside = oval()
    small = small - (small * inside).sum((2, 3), keepdim=True) / inside.sum()
    grainy = small + GRAIN * torch.randn(small.shape, generator=generator)
    return (grainy / STEP).round() * STEP * inside * GAIN


def oval() -> Tensor:
    """(64, 64) 1 inside the oval that both sides are cut to, 0 outside."""
    axis = (torch.arange(SIDE) + 0.5) / SIDE - 0.5
    return ((axis[None, :] / _OVAL[0]) ** 2 + (axis[:, None] / _OVAL[1]) ** 2 <= 1).float()
