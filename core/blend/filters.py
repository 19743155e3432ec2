"""The few linear filters that the blend steps share, on (C, H, W) and (H, W) float32 tensors."""

from __future__ import annotations

import cv2
import numpy as np
import torch

from doublure.core.cancel import check

_SMALLEST = 2
_DIRECT_SIGMA = 6.0


def _planes(image: torch.Tensor) -> np.ndarray:
    return image.detach().contiguous().reshape(-1, *image.shape[-2:]).numpy()


def gaussian(image: torch.Tensor, sigma: float) -> torch.Tensor:
    """Gaussian blur of the last two dimensions; edges are replicated.

    Args:
        image: float32 (…, H, W), any range.
        sigma: standard deviation in pixels; 0 or less returns ``image`` itself.

    A large sigma is applied at reduced resolution: exact to about 1 % of the local contrast.
    """
    if sigma <= 0:
        return image
    height, width = image.shape[-2:]
    factor = int(min(sigma / _DIRECT_SIGMA, height / 8, width / 8))
    out = []
    for plane in _planes(image):
        check()
        if factor > 1:
            size = (max(width // factor, 1), max(height // factor, 1))
            # Area averaging and bilinear enlargement blur too: about factor² / 4 of variance together.
            rest = float(np.sqrt(max(sigma**2 / factor**2 - 0.25, 0.04)))
            small = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
            small = cv2.GaussianBlur(small, (0, 0), rest, borderType=cv2.BORDER_REPLICATE)
            out.append(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))
        else:
            out.append(cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE))
    return torch.from_numpy(np.stack(out)).reshape(image.shape)


def resize(image: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """(…, h, w) to (…, height, width): area average when smaller, bilinear when larger."""
    shrink = height < image.shape[-2] or width < image.shape[-1]
    how = cv2.INTER_AREA if shrink else cv2.INTER_LINEAR
    out = []
    for plane in _planes(image):
        check()
        out.append(cv2.resize(plane, (width, height), interpolation=how))
    return torch.from_numpy(np.stack(out)).reshape(*image.shape[:-2], height, width)


def pull_push(image: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Fill where ``weight`` is low from where it is high, smoothly (Gortler et al., The Lumigraph, 1996).

    Args:
        image: float32 (C, H, W), any range.
        weight: float32 (H, W), 0–1; a pixel of weight 1 is kept exactly.

    Returns:
        (C, H, W); zeros when no pixel has weight.
    """
    height, width = weight.shape
    if min(height, width) < _SMALLEST:
        total = weight.sum()
        mean = (image * weight).sum((1, 2), keepdim=True) / total.clamp_min(1e-12)
        return image * weight + mean * (1 - weight)
    half = ((height + 1) // 2, (width + 1) // 2)
    small_weight = resize(weight, *half)
    small = resize(image * weight, *half) / small_weight.clamp_min(1e-12)
    coarse = pull_push(small * (small_weight > 0), (small_weight * 4).clamp_max(1.0))
    return image * weight + resize(coarse, height, width) * (1 - weight)
