"""The encodings errors are taken in: display (for PSNR and SSIM) and its pure power twin (for fitting)."""

from __future__ import annotations

import numpy as np
import torch

from doublure.core.measure.matte import SOLID

POWER = 1 / 2.4


def exposure_scale(truth: torch.Tensor, matte: torch.Tensor) -> float:
    """The factor that brings the truth's 75th percentile over R, G and B in the matte to 0.35.

    Args: truth (3, H, W); matte (H, W). A truth that is black there gives 1.
    """
    # numpy selects where torch sorts: a fifth of the time.
    level = float(np.quantile(_sample(truth[:, matte > SOLID].flatten()).numpy(), 0.75))
    return 0.35 / level if level > 0 else 1.0


def display(picture: torch.Tensor, scale: float) -> torch.Tensor:
    """``clip(sRGB(scale * picture), 0, 1)``, the curve of IEC 61966-2-1, any shape."""
    linear = picture * scale
    curve = 1.055 * linear.clamp_min(1e-8) ** POWER - 0.055
    return torch.where(linear <= 0.0031308, 12.92 * linear, curve).clamp(0, 1)


def power(picture: torch.Tensor, scale: float) -> torch.Tensor:
    """``max(scale * picture, 0) ^ (1/2.4)``, any shape.

    Above the curve's toe a difference here is 1/1.055 of the difference in sRGB, and a gain stays a gain.
    """
    return (picture * scale).clamp_min(0) ** POWER


def _sample(values: torch.Tensor, most: int = 1_000_000) -> torch.Tensor:
    # A regular million tells a percentile as well as all.
    return values if len(values) <= most else values[:: -(-len(values) // most)]
