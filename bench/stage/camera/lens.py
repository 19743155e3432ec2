"""The lens: a little softer towards the corners, as any real one."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Lens:
    """Softness as the sigma of a gaussian, in pixels, in the picture's centre and in its corners."""

    centre: float = 0.35
    corner: float = 0.75


def soften(layers: np.ndarray, lens: Lens) -> np.ndarray:
    """Layers (H, W, C) seen through the lens: sharpness falls off with the square of the distance from the centre.

    Linear, the same for every channel and it keeps flat areas: a sum of layers is softened as its parts are. Between
    centre and corners two gaussians are mixed, so that the variance of the blur is the wanted one.
    """
    height, width = layers.shape[:2]
    y, x = np.mgrid[:height, :width]
    away = ((x + 0.5) / width * 2 - 1) ** 2 + ((y + 0.5) / height * 2 - 1) ** 2
    mix = (away / 2).astype(np.float32)[..., None]

    def blurred(sigma: float) -> np.ndarray:
        out = (
            layers
            if sigma == 0
            else cv2.GaussianBlur(layers, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101)
        )
        return np.asarray(out).reshape(layers.shape)

    centre = blurred(lens.centre)
    return np.asarray(centre + (blurred(lens.corner) - centre) * mix, layers.dtype)
