"""Film grain for plates, with a known law: variance a·L + b per channel, slightly correlated in space and colour."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Grain:
    """slope (a) and floor (b) of the variance against scene-linear value, per channel (R, G, B); softness in pixels
    of the gaussian that correlates neighbours; shared, 0-1, the part of the variance common to the channels."""

    slope: tuple[float, float, float] = (2.6e-4, 2.2e-4, 4.4e-4)
    floor: tuple[float, float, float] = (2.0e-6, 1.6e-6, 4.0e-6)
    softness: float = 0.9
    shared: float = 0.25


def unit_grain(rng: np.random.Generator, height: int, width: int, grain: Grain) -> np.ndarray:
    """Correlated noise (H, W, 3) of zero mean and unit variance."""

    def field() -> np.ndarray:
        pad = 8
        white = rng.standard_normal((height + 2 * pad, width + 2 * pad)).astype(np.float32)
        kernel = cv2.getGaussianKernel(9, grain.softness)
        soft = cv2.sepFilter2D(white, -1, kernel, kernel) / float((kernel**2).sum())
        return soft[pad:-pad, pad:-pad]

    common = field()
    return np.stack(
        [np.sqrt(1 - grain.shared) * field() + np.sqrt(grain.shared) * common for _ in range(3)], -1
    )


def grain_sigma(pixels: np.ndarray, grain: Grain) -> np.ndarray:
    """Standard deviation of the grain for scene-linear pixels (..., 3)."""
    return np.sqrt(np.asarray(grain.slope) * np.maximum(pixels, 0) + np.asarray(grain.floor))


def add_grain(pixels: np.ndarray, grain: Grain, seed: tuple[int, int]) -> np.ndarray:
    """Scene-linear pixels (H, W, 3) with grain; the same seed (take, frame) always gives the same grain."""
    rng = np.random.default_rng([*seed, 51])
    noise = unit_grain(rng, pixels.shape[0], pixels.shape[1], grain)
    return (pixels + noise * grain_sigma(pixels, grain)).astype(np.float32)
