"""Made-up plates and faces whose right answers are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
import torch

from doublure.core.frame import Frame
from doublure.core.window import Window


@dataclass(frozen=True)
class Scene:
    """A plate with grain, a clean face over it, and the truth: clean plate (3, H, W), depth inside (H, W)."""

    plate: Frame
    face: Frame
    clean: torch.Tensor
    depth: torch.Tensor


def texture(seed: int, height: int, width: int, size: float) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal((height, width)).astype(np.float32)
    blurred = cv2.GaussianBlur(noise, (0, 0), size)
    return blurred / blurred.std()


def grain(seed: int, height: int, width: int, size: float) -> np.ndarray:
    return np.stack(
        [texture(seed + c, height, width, size) if size else white(seed + c, height, width) for c in range(3)]
    )


def white(seed: int, height: int, width: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((height, width)).astype(np.float32)


def make_scene(
    height: int = 160,
    width: int = 200,
    diameter: float = 110.0,
    *,
    noise: float = 1.0,
    grain_size: float = 0.5,
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0),
    centre: tuple[float, float] | None = None,
    number: int | None = 1001,
    origin: tuple[int, int] = (0, 0),
    soft: float = 1.0,
) -> Scene:
    """Light that rises to the right and downwards, fine skin texture, and a disc of another skin."""
    y, x = np.mgrid[:height, :width].astype(np.float32) + 0.5
    light = 0.25 * (1 + 0.5 * (x / width - 0.5) + 0.3 * (y / height - 0.5))
    skins = [
        np.stack([light * c * (1 + 0.05 * texture(seed, height, width, 2.0)) for c in (1.2, 0.8, 0.6)])
        for seed in (1, 2)
    ]
    clean, skin = skins[0], skins[1] * np.array(tint, np.float32)[:, None, None]
    cx, cy = centre or (width / 2, height / 2)
    depth = diameter / 2 - np.hypot(x - cx, y - cy)
    alpha = np.clip(0.5 + depth / soft, 0, 1).astype(np.float32)
    plate = clean + noise * grain(10, height, width, grain_size) * np.sqrt(6e-4 * clean + 2e-5)

    def tensor(array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(array.astype(np.float32))

    x0, y0 = origin
    data = Window(x0, y0, x0 + width, y0 + height)
    display = Window(0, 0, width + 2 * x0, height + 2 * y0)

    def frame(pixels: torch.Tensor) -> Frame:
        channels = ("R", "G", "B", "A")[: len(pixels)]
        return Frame(pixels, channels, data, display, "ACEScg", number=number)

    face = torch.cat([tensor(skin * alpha), tensor(alpha)[None]])
    return Scene(frame(tensor(plate)), frame(face), tensor(clean), tensor(depth))


@pytest.fixture
def scene() -> Callable[..., Scene]:
    return make_scene


def robust_sigma(values: torch.Tensor) -> float:
    return 1.4826 * float((values - values.median()).abs().median())
