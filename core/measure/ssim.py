"""Structural similarity inside a matte (Wang, Bovik, Sheikh, Simoncelli 2004)."""

from __future__ import annotations

import torch

from doublure.core.measure.encode import display, exposure_scale
from doublure.core.measure.masked_blur import masked_blur
from doublure.core.measure.matte import check_frame

SIGMA = 1.5
C1, C2 = 0.01**2, 0.03**2
_LUMA = (0.2126, 0.7152, 0.0722)


def ssim(result: torch.Tensor, truth: torch.Tensor, matte: torch.Tensor) -> float:
    """SSIM of one frame, -1..1; 1 is the truth itself.

    Taken on luma (Rec. 709 weights) of the values that ``psnr`` compares, in a Gaussian window of sigma 1.5
    pixels that sees only the matte, and averaged with the matte as weight.

    Args:
        result, truth: (3, H, W), scene-linear. matte: (H, W), 0..1.

    Raises:
        DoublureError: see ``matte.check_frame``.
    """
    check_frame(result, truth, matte)
    scale = exposure_scale(truth, matte)
    weights = torch.tensor(_LUMA)[:, None, None]
    a, b = ((display(picture, scale) * weights).sum(0) for picture in (result, truth))
    mean_a, mean_b, aa, bb, ab = masked_blur(torch.stack([a, b, a * a, b * b, a * b]), matte, SIGMA)
    var_a, var_b, both = aa - mean_a**2, bb - mean_b**2, ab - mean_a * mean_b
    similar = (2 * mean_a * mean_b + C1) * (2 * both + C2)
    similar = similar / ((mean_a**2 + mean_b**2 + C1) * (var_a.clamp_min(0) + var_b.clamp_min(0) + C2))
    return float((matte * similar).double().sum() / matte.double().sum())
