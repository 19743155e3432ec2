from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import ndimage

WIDTH, HEIGHT = 200, 220


class Shot:
    """Three frames of a face-like shape under texture, light and two eyes, with a soft oval matte."""

    def __init__(self, faces: int = 3) -> None:
        self.mattes = [_oval(96 + 6 * i, 112 - 3 * i, 46, 58) for i in range(faces)]
        self.truths = [_face(96 + 6 * i, 112 - 3 * i, seed=4) for i in range(faces)]
        self.others = [_face(96 + 6 * i, 112 - 3 * i, seed=9) for i in range(faces)]


def _grid() -> tuple[np.ndarray, np.ndarray]:
    return np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5)


def _oval(cx: float, cy: float, rx: float, ry: float) -> torch.Tensor:
    x, y = _grid()
    distance = np.hypot((x - cx) / rx, (y - cy) / ry)
    return torch.tensor(np.clip((1 - distance) * rx / 3 + 0.5, 0, 1), dtype=torch.float32)


def _face(cx: float, cy: float, seed: int) -> torch.Tensor:
    rng = np.random.default_rng(seed)
    x, y = _grid()
    texture = sum(
        ndimage.gaussian_filter(rng.standard_normal((HEIGHT, WIDTH)), s, mode="wrap") * s for s in (3, 6, 12)
    )
    texture = ndimage.shift(texture, (cy - 112, cx - 96), order=3, mode="wrap")
    shade = 0.5 + 0.35 * np.tanh((x - cx) / 40)
    for side in (-1, 1):
        eye = np.exp(-(((x - cx - side * 20) / 7) ** 2) - ((y - cy + 14) / 4) ** 2)
        shade = shade * (1 - 0.7 * eye)
    luma = 0.3 * shade * np.exp(0.5 * texture)
    return torch.tensor(np.stack([luma, 0.7 * luma, 0.5 * luma]), dtype=torch.float32)


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    # Pictures this small lose more to waking threads than they gain.
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def shot() -> Shot:
    return Shot()
