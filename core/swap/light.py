"""The light-separated space: what the light does to a crop is taken off before the network and put back after.

A crop in ACEScct is split into its low frequencies, measured on the face alone, and the rest. Multiplicative
light becomes additive in the logarithm, so the low frequencies hold the light (and the skin's tone) and the rest
holds the features. The network sees and predicts the rest; the plate's own low frequencies go back on.
Measured to halve the light error on held-out frames against the same network without it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch

from doublure.core.color import acescct_decode, acescct_encode

SIGMA = 14 / 128  # of the crop's side: below the size of an eye or a mouth, above that of a cheek
GREY = 0.18  # a face is exposed to middle grey, so that its logarithm lies in the encoding's straight part
_LUMA = np.array([0.2722287, 0.6740818, 0.0536895], np.float32)  # Y of ACEScg (AP1), S-2014-004


@dataclass(frozen=True)
class Separated:
    """One crop, split.

    Attributes:
        detail: (S, S, 3) float32, ACEScct minus ``low``; about ±0.2, unclamped.
        low: (S, S, 3) float32, the face's low frequencies in ACEScct, carried smoothly beyond the face.
        exposure: the gain that brought the face to middle grey before encoding.
    """

    detail: np.ndarray
    low: np.ndarray
    exposure: float


def exposure_gain(linear: np.ndarray, mask: np.ndarray) -> float:
    """The gain that brings the median luma of the face (ACEScg (H, W, 3), mask (H, W)) to middle grey."""
    inside = mask > 0.5
    luma = linear[inside] @ _LUMA if inside.any() else linear.reshape(-1, 3) @ _LUMA
    return GREY / max(float(np.median(luma)), 1e-6)


def encode(linear: np.ndarray) -> np.ndarray:
    """ACEScg to ACEScct, any shape, float32 (negative values continue on the straight part)."""
    return acescct_encode(torch.from_numpy(np.ascontiguousarray(linear))).numpy()


def decode(encoded: np.ndarray) -> np.ndarray:
    """ACEScct to ACEScg, any shape, float32; the inverse of `encode`."""
    return acescct_decode(torch.from_numpy(np.ascontiguousarray(encoded))).numpy()


def low_frequencies(encoded: np.ndarray, mask: np.ndarray, across: float) -> np.ndarray:
    """Gaussian low frequencies of (S, S, 3) measured where ``mask`` (S, S) is, extended smoothly outside it.

    ``across`` is the side in pixels of the head's own crop, which a picture may exceed.
    """
    sigma = SIGMA * across
    weight = cv2.GaussianBlur(mask, (0, 0), sigma)[..., None]
    mean = (encoded * mask[..., None]).sum((0, 1)) / max(float(mask.sum()), 1e-6)
    # Far from the face the weight vanishes: there the face's mean stands in, without a jump.
    blurred = cv2.GaussianBlur((encoded - mean) * mask[..., None], (0, 0), sigma)
    return (blurred / np.maximum(weight, 0.02) + mean).astype(np.float32)


def separate(
    encoded: np.ndarray, mask: np.ndarray, exposure: float, *, across: float | None = None
) -> Separated:
    """Splits an exposure-normalised ACEScct crop (S, S, 3) by its face mask (S, S).

    ``across`` is as in `low_frequencies`; S where it is not given.
    """
    low = low_frequencies(encoded, mask, encoded.shape[0] if across is None else across)
    return Separated(encoded - low, low, exposure)


def restore(detail: np.ndarray, low: np.ndarray) -> np.ndarray:
    """Puts light back on features: the inverse of `separate`, in ACEScct."""
    return detail + low
