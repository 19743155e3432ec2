"""A constructed face with pigment, pores and known grain, for the tests of grain, sharpness and seam."""

from __future__ import annotations

import cv2
import numpy as np
import torch

SIZE = 176


def oval(rx: float = 62, ry: float = 74) -> torch.Tensor:
    """(SIZE, SIZE) matte with an edge 3 pixels soft."""
    y, x = np.mgrid[:SIZE, :SIZE] + 0.5 - SIZE / 2
    return torch.tensor(np.clip((1 - np.hypot(x / rx, y / ry)) * rx / 3 + 0.5, 0, 1), dtype=torch.float32)


def clean_face(seed: int = 1) -> torch.Tensor:
    """(3, SIZE, SIZE) skin: coloured, shaded, with pores (light and dark only), pigment and dark brows."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:SIZE, :SIZE] + 0.5 - SIZE / 2

    def texture(sigma: float) -> np.ndarray:
        field = cv2.GaussianBlur(rng.standard_normal((SIZE, SIZE)), (0, 0), sigma)
        return field / field.std()

    shade = 0.25 * (1 + 0.5 * np.tanh(x / 50)) * np.exp(0.03 * texture(0.7) + 0.05 * texture(3.0))
    for side in (-1, 1):
        brow = np.exp(-(((x - side * 24) / 14) ** 4) - ((y + 20) / 3) ** 4)
        shade = shade * (1 - 0.8 * brow * (1 + 0.2 * texture(0.6)).clip(0, 1.2))
    pigment = 0.04 * texture(2.5)
    rgb = [
        shade * np.exp(0.4 * pigment),
        0.62 * shade * np.exp(pigment),
        0.44 * shade * np.exp(1.6 * pigment),
    ]
    return torch.tensor(np.stack(rgb), dtype=torch.float32)


def grain(picture: torch.Tensor, seed: int, amount: float = 1.0, softness: float = 0.9) -> torch.Tensor:
    """The picture with grain of variance ``amount^2 (2.5e-4 * level + 2e-6)``, a quarter of it in all channels."""
    rng = np.random.default_rng([seed, 77])

    def field() -> np.ndarray:
        soft = cv2.GaussianBlur(rng.standard_normal(picture.shape[1:]), (0, 0), softness)
        return soft * 2 * np.sqrt(np.pi) * softness

    common = field()
    unit = np.stack([np.sqrt(0.75) * field() + np.sqrt(0.25) * common for _ in range(3)])
    sigma = (2.5e-4 * picture.clamp_min(0) + 2e-6).sqrt()
    return picture + amount * sigma * torch.tensor(unit, dtype=torch.float32)


def blur(picture: torch.Tensor, sigma: float) -> torch.Tensor:
    """(C, H, W) blurred by a Gaussian."""
    return torch.from_numpy(np.stack([cv2.GaussianBlur(p, (0, 0), sigma) for p in picture.numpy()]))
