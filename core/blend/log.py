"""Log pixels that are safe for zero and negative light, for statistics only: pixels are changed by gains."""

from __future__ import annotations

import math

import torch

LUMA = (0.2722287168, 0.6740817658, 0.0536895174)
"""Luminance of ACEScg (AP1) primaries, SMPTE ST 2065-5 / ACES TB-2014-004."""


def luminance(rgb: torch.Tensor) -> torch.Tensor:
    """(3, H, W) ACEScg to (H, W) luminance, unclamped."""
    return rgb[0] * LUMA[0] + rgb[1] * LUMA[1] + rgb[2] * LUMA[2]


def log_offset(rgb: torch.Tensor, weight: torch.Tensor) -> float:
    """The light level, 2 % of the median luminance under ``weight``, at which logs level out."""
    inside = luminance(rgb)[weight > 0.5 * weight.max()]
    return max(0.02 * float(inside.median()), 1e-5)


def gain(stops_: torch.Tensor) -> torch.Tensor:
    """2 ** stops, any shape; the same bits however many threads share the work, which torch.exp2's are not."""
    return torch.exp(stops_ * math.log(2.0))


def stops(rgb: torch.Tensor, offset: float) -> torch.Tensor:
    """log2 of the light above ``offset``, any shape; zero and negative light read log2(offset)."""
    return torch.log2(rgb.clamp_min(0.0) + offset)
