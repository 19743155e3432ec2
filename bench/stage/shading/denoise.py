"""Edge-avoiding smoothing of noisy light, guided by where each pixel's surface is and which way it faces.

After Dammertz et al., "Edge-Avoiding À-Trous Wavelet Transform for fast Global Illumination Filtering" (2010): the
5 x 5 B3 spline kernel with holes that double from pass to pass, weighted by the likeness of the guides.
"""

from __future__ import annotations

import numpy as np

SPLINE = np.array([1, 4, 6, 4, 1], np.float32) / 16


def shifted(picture: np.ndarray, dx: int, dy: int) -> np.ndarray:
    """picture (H, W, ...) moved so that out[y, x] = picture[y + dy, x + dx]; 0 beyond its edge."""
    height, width = picture.shape[:2]
    out = np.zeros_like(picture)
    y0, y1, x0, x1 = max(0, -dy), min(height, height - dy), max(0, -dx), min(width, width - dx)
    if y0 < y1 and x0 < x1:
        out[y0:y1, x0:x1] = picture[y0 + dy : y1 + dy, x0 + dx : x1 + dx]
    return out


def denoise(
    light: np.ndarray,
    weight: np.ndarray,
    position: np.ndarray,
    normal: np.ndarray,
    pixel: float,
    passes: int,
    sharpness: float = 24.0,
) -> np.ndarray:
    """Smooths light (H, W, C) along surfaces.

    Args:
        weight: (H, W) confidence of each pixel, such as its coverage; 0 leaves a pixel as it is and gives nothing.
        position: (H, W, 3) centimetres. normal: (H, W, 3) unit, or 0 where there is none.
        pixel: size of a pixel at the face, centimetres.
        passes: kernel sizes 5, 9, 17, ... pixels.
        sharpness: power of the cosine between normals; higher keeps finer folds.
    """
    out = light.astype(np.float32)
    for k in range(passes):
        step = 1 << k
        reach = np.float32(1 / (2.5 * step * pixel) ** 2)
        total = np.zeros_like(out)
        norm = np.zeros(weight.shape, np.float32)
        for j in range(-2, 3):
            for i in range(-2, 3):
                dx, dy = i * step, j * step
                away = ((shifted(position, dx, dy) - position) ** 2).sum(-1)
                cosine = np.clip((shifted(normal, dx, dy) * normal).sum(-1), 0, 1)
                w = SPLINE[i + 2] * SPLINE[j + 2] * shifted(weight, dx, dy)
                w = w * np.exp(-away * reach) * cosine**sharpness
                total += w[..., None] * shifted(out, dx, dy)
                norm += w
        out = np.where((norm > 1e-6)[..., None], total / np.maximum(norm, 1e-6)[..., None], out)
    return np.where((weight > 0)[..., None], out, light)
