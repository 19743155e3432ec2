"""Peak signal-to-noise ratio inside a matte."""

from __future__ import annotations

import math

import torch

from doublure.core.measure.encode import display, exposure_scale
from doublure.core.measure.matte import check_frame

CEILING = 100.0
"""dB; a smaller error is arithmetic, not picture."""


def psnr(result: torch.Tensor, truth: torch.Tensor, matte: torch.Tensor) -> float:
    """PSNR in dB, at most 100, of one frame; higher is better.

    ``-10 log10( sum(m * (E(r) - E(t))^2) / (3 * sum(m)) )`` over pixels and channels, where m is the matte,
    ``E(x) = clip(sRGB(s * x), 0, 1)`` and s brings the truth's 75th percentile inside the matte to 0.35.

    Args:
        result, truth: (3, H, W), scene-linear. matte: (H, W), 0..1.

    Raises:
        DoublureError: see ``matte.check_frame``.
    """
    check_frame(result, truth, matte)
    scale = exposure_scale(truth, matte)
    error = (display(result, scale) - display(truth, scale)).square().double()
    mse = float((matte * error).sum() / (3 * matte.double().sum()))
    return min(-10 * math.log10(max(mse, 1e-30)), CEILING)
