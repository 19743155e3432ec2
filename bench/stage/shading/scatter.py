"""Light that enters the skin and leaves it beside where it entered.

A stand-in for subsurface transport in screen space (Jimenez et al., "Screen-Space Perceptual Rendering of Human
Skin", 2009): the irradiance is blurred with the sum of six Gaussians that d'Eon and Luebke fitted to skin
("Advanced Techniques for Realistic Real-Time Skin Rendering", GPU Gems 3, 2007), along the surface only, and
the skin's colour is put on afterwards. Terminators turn red and soft, pores keep their highlights.
"""

from __future__ import annotations

import numpy as np

from bench.stage.shading.denoise import shifted

# Variance in square millimetres, then the weight for red, green and blue.
PROFILE = np.array(
    [
        [0.0064, 0.233, 0.455, 0.649],
        [0.0484, 0.100, 0.336, 0.344],
        [0.187, 0.118, 0.198, 0.000],
        [0.567, 0.113, 0.007, 0.007],
        [1.99, 0.358, 0.004, 0.000],
        [7.41, 0.078, 0.000, 0.000],
    ]
)


def scatter(irradiance: np.ndarray, skin: np.ndarray, depth: np.ndarray, pixel: float) -> np.ndarray:
    """irradiance (H, W, 3) after scattering; pixels that are not skin stay as they are.

    Args:
        skin: (H, W) coverage by skin, 0-1.
        depth: (H, W) distance along the camera's axis in centimetres, any origin.
        pixel: size of a pixel at the face, centimetres.
    """
    weights = PROFILE[:, 1:] / PROFILE[:, 1:].sum(0)
    out = np.zeros(irradiance.shape, np.float32)
    for variance, share in zip(PROFILE[:, 0], weights, strict=True):
        sigma = float(np.sqrt(variance) / 10 / pixel)
        out += share.astype(np.float32) * _blur(irradiance, skin, depth, sigma, pixel)
    return out * skin[..., None] + irradiance * (1 - skin[..., None])


def _blur(light: np.ndarray, skin: np.ndarray, depth: np.ndarray, sigma: float, pixel: float) -> np.ndarray:
    """A separable Gaussian over the skin that stops where the depth jumps by more than it spreads sideways."""
    if sigma < 0.15:
        return light
    reach = int(np.ceil(2.5 * sigma))
    slope = np.float32(1 / (2 * (3 * sigma * pixel + 0.1) ** 2))
    out = light
    for axis in (0, 1):
        total, norm = np.zeros_like(light), np.zeros_like(skin)
        for k in range(-reach, reach + 1):
            dx, dy = (k, 0) if axis else (0, k)
            w = np.float32(np.exp(-0.5 * (k / sigma) ** 2)) * shifted(skin, dx, dy)
            w = w * np.exp(-((shifted(depth, dx, dy) - depth) ** 2) * slope)
            total += w[..., None] * shifted(out, dx, dy)
            norm += w
        out = np.where((norm > 1e-6)[..., None], total / np.maximum(norm, 1e-6)[..., None], out)
    return out
