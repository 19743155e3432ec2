"""A take's frames set into a larger plate: the same face, as large as one likes, somewhere in a 1080p or 4K picture."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import torch

from doublure.core.frame import Frame
from doublure.core.window import Window

_GRAIN = 0.01


def surroundings(width: int, height: int, seed: int) -> np.ndarray:
    """(height, width, 3) float32 scene-linear: soft clouds of light, about 0.1, and grain."""
    rng = np.random.default_rng(seed)
    coarse = rng.lognormal(-2.3, 0.6, (max(3, height // 120), max(3, width // 120), 3)).astype(np.float32)
    soft = cv2.GaussianBlur(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), (0, 0), 30)
    return soft + rng.normal(0, _GRAIN, soft.shape).astype(np.float32)


def place(frame: Frame, ground: np.ndarray, side: int, at: tuple[int, int], turn: float = 0.0) -> Frame:
    """``frame`` (square) resized to ``side``, turned by ``turn`` degrees about its middle, over ``ground``.

    Args:
        ground: (H, W, 3), see :func:`surroundings`; ``at``: x and y of the top left corner of the square.

    The picture is cut out with a soft round edge, so that a turned one has no corners.
    """
    picture = frame.rgb.permute(1, 2, 0).numpy()
    if side < picture.shape[0]:
        small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    else:
        small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_LANCZOS4)
    if turn:
        matrix = cv2.getRotationMatrix2D((side / 2 - 0.5, side / 2 - 0.5), -turn, 1.0)
        small = cv2.warpAffine(
            small, matrix, (side, side), flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT
        )
    y, x = np.mgrid[:side, :side]
    radius = np.hypot(x + 0.5 - side / 2, y + 0.5 - side / 2) / (side / 2)
    share = np.clip((0.99 - radius) / 0.08, 0, 1)[..., None].astype(np.float32)
    out = ground.copy()
    part = out[at[1] : at[1] + side, at[0] : at[0] + side]
    part += share * (small - part)
    window = Window.of_size(ground.shape[1], ground.shape[0])
    pixels = torch.from_numpy(np.ascontiguousarray(out.transpose(2, 0, 1)))
    return replace(frame, pixels=pixels, channels=("R", "G", "B"), data=window, display=window)
