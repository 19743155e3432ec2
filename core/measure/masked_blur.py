"""Gaussian blur that sees only the pixels of a matte (normalised convolution, Knutsson and Westin 1993)."""

from __future__ import annotations

import cv2
import numpy as np
import torch


def gaussian_blur(planes: torch.Tensor, sigma: float) -> torch.Tensor:
    """(C, H, W) blurred by a Gaussian of ``sigma`` pixels, borders reflected."""
    blurred = [
        cv2.GaussianBlur(np.ascontiguousarray(plane), (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
        for plane in planes.float().numpy()
    ]
    return torch.from_numpy(np.stack(blurred))


def masked_blur(planes: torch.Tensor, matte: torch.Tensor, sigma: float) -> torch.Tensor:
    """``G(matte * planes) / G(matte)``: what lies outside the matte does not leak in.

    Args:
        planes: (C, H, W). matte: (H, W), 0..1. sigma: in pixels.

    Returns:
        (C, H, W); 0 where no pixel of the matte is within reach of the kernel.
    """
    weight = gaussian_blur(matte[None], sigma)
    total = gaussian_blur(torch.where(matte > 0, planes, 0) * matte, sigma)
    return torch.where(weight > 1e-6, total / weight.clamp_min(1e-6), torch.zeros_like(total))
