"""How right an albedo is, its overall brightness and colour left out."""

from __future__ import annotations

import math

import torch

from doublure.core.measure.encode import exposure_scale
from doublure.core.measure.matte import check_frame
from doublure.core.measure.psnr import CEILING


def si_psnr(result: torch.Tensor, truth: torch.Tensor, matte: torch.Tensor) -> float:
    """Scale-invariant PSNR in dB, at most 100, of one frame; higher is better.

    ``-10 log10( s^2 sum(m * (g r - t)^2) / (3 sum(m)) )`` over pixels and channels, linear: m is the matte, r
    and t are result and truth, g is the one gain per channel that fits best, ``g = sum(m r t) / sum(m r^2)``
    (light and albedo share their scale, so no delighting can know it), and s brings the truth's 75th percentile
    to 0.35, so that a dark skin's errors count as much as a fair one's.

    Source: the scale-invariant error of Grosse et al. 2009 ("Ground truth dataset and baseline evaluations for
    intrinsic image algorithms"), taken over the whole face and per channel.

    Args:
        result, truth: (3, H, W) albedo, linear reflectance. matte: (H, W), 0..1.

    Raises:
        DoublureError: see ``matte.check_frame``.
    """
    check_frame(result, truth, matte)
    inside = matte > 0
    weight = matte[inside].double()
    # Equal to the bit is perfect, which a gain found in floating point only nearly is.
    error, r, t = 0.0, result[:, inside].double(), truth[:, inside].double()
    if not torch.equal(r, t):
        power = (weight * r * r).sum(1, keepdim=True)
        gain = torch.where(power > 0, (weight * r * t).sum(1, keepdim=True) / power.clamp_min(1e-300), 1.0)
        scale = exposure_scale(truth, matte)
        error = scale**2 * float((weight * (gain * r - t).square()).sum() / (3 * weight.sum()))
    return min(-10 * math.log10(max(error, 1e-30)), CEILING)
