"""What training minimises: weighted L1, structural similarity, gradients, and the matte's cross-entropy."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

MIDDLE = 0.4  # lifts zero-centred detail to ACEScct's middle, where SSIM's constants mean what they should


def weighted_l1(prediction: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Mean absolute error of (N, 3, S, S) under (N, 1, S, S) weights that need not sum to one."""
    return ((prediction - target).abs() * weight).sum() / (weight.sum() * prediction.shape[1]).clamp(min=1e-6)


def gradient_l1(prediction: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """`weighted_l1` of horizontal and vertical differences: keeps edges where they are."""
    error = prediction - target
    across = weighted_l1(error[..., 1:], error[..., :-1], weight[..., 1:])
    return across + weighted_l1(error[..., 1:, :], error[..., :-1, :], weight[..., 1:, :])


def dissimilarity(prediction: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """1 - SSIM (Wang et al. 2004, range 1) of (N, 3, S, S), averaged under (N, 1, S, S) weights.

    Over 8x8 box windows every 4 pixels: a window at every pixel says the same for half the training time.
    """

    def mean(x: Tensor) -> Tensor:
        return F.avg_pool2d(x, 8, 4)

    a, b = prediction + MIDDLE, target + MIDDLE
    mean_a, mean_b, square_a, square_b, product = mean(torch.cat([a, b, a * a, b * b, a * b], 1)).chunk(5, 1)
    var_a, var_b = square_a - mean_a**2, square_b - mean_b**2
    covariance = product - mean_a * mean_b
    c1, c2 = 1e-4, 9e-4
    ssim = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
    ssim = ssim / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))
    seen = mean(weight)
    return ((1 - ssim) * seen).sum() / (seen.sum() * prediction.shape[1]).clamp(min=1e-6)


def swap_loss(
    detail: Tensor, matte: Tensor, target: Tensor, mask: Tensor, weight: Tensor, known: Tensor
) -> Tensor:
    """The scalar that `doublure train` minimises.

    Args:
        detail, target: (N, 3, S, S) light-separated ACEScct.
        matte: (N, 1, S, S) logits; ``mask`` the same shape, 0–1.
        weight: (N, 1, S, S) `doublure.core.swap.masks.loss_weight` of the target.
        known: (N, 1, S, S) 1 where the matte is to be like the mask, 0 where nobody knows.
    """
    colour = 4.0 * weighted_l1(detail, target, weight) + 2.0 * gradient_l1(detail, target, weight)
    return colour + 0.3 * dissimilarity(detail, target, weight) + 0.1 * _matte_loss(matte, mask, known)


def _matte_loss(matte: Tensor, mask: Tensor, known: Tensor) -> Tensor:
    told = F.binary_cross_entropy_with_logits(matte, mask, known, reduction="sum")
    return told / known.sum().clamp(min=1.0)


def detail_db(prediction: Tensor, target: Tensor, mask: Tensor) -> float:
    """20 log10(rms of the target's detail / rms of the error) in the face, dB: the meter shown while training."""
    weight = mask > 0.5
    signal = (target**2 * weight).sum()
    error = ((prediction - target) ** 2 * weight).sum()
    return float(10 * torch.log10(signal.clamp(min=1e-12) / error.clamp(min=1e-12)))
