"""The change of light from the swapped face to the plate, as a smooth field of gains."""

from __future__ import annotations

import cv2
import numpy as np
import torch

from doublure.core.blend.filters import gaussian, pull_push, resize
from doublure.core.cancel import check
from doublure.core.relight.normals import NormalMap
from doublure.core.relight.settings import RelightSettings
from doublure.core.relight.sh import evaluate, fit_irradiance

_FACING = 0.15
_SAMPLES = 6000
_PIXELS_FOR_ORDER = ((3, 400), (2, 150), (1, 40), (0, 1))


def usable_skin(normals: NormalMap, alpha: np.ndarray) -> np.ndarray:
    """bool (h, w): skin that faces the camera, wholly covered by the face, off the mesh's rim where it can be."""
    skin = cv2.erode(normals.skin.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1) > 0
    facing = normals.normals[..., 2] < -_FACING
    inner = skin & facing & (alpha > 0.9)
    # A face of a few pixels is all rim.
    return inner if inner.any() else normals.skin & facing & (alpha > 0.5)


def light_ratio(
    face: np.ndarray, plate: np.ndarray, normals: NormalMap, skin: np.ndarray, settings: RelightSettings
) -> torch.Tensor:
    """log2 of the light on the plate's face over the light on the swapped face.

    Args:
        face, plate: float32 (h, w, 3) on the normals' grid, scene-linear; the face unpremultiplied.
        skin: bool (h, w), where the light is read; at least one pixel.

    Returns:
        float32 (3, h, w) within ±log2(ratio_clamp), extended smoothly beyond the mesh.
    """
    order = next(o for o, enough in _PIXELS_FOR_ORDER if int(skin.sum()) >= enough)
    looks, covered = normals.normals[skin], normals.covered
    step = -(-len(looks) // _SAMPLES)
    lights = [
        evaluate(
            fit_irradiance(image[skin][::step], looks[::step], order),
            normals.normals[covered],
            settings.floor,
        )
        for image in (face, plate)
    ]
    check()
    stops = np.log2(lights[1]) - np.log2(lights[0])
    on_skin = skin[covered]
    middle = np.median(stops[on_skin], axis=0)
    limit = float(np.log2(settings.ratio_clamp))
    stops = np.clip(stops - (1.0 - settings.level) * middle, -limit, limit)
    field = np.zeros((*covered.shape, 3), np.float32)
    field[covered] = stops
    weight = cv2.erode(covered.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1).astype(np.float32)
    if not weight.any():
        weight = covered.astype(np.float32)
    full = pull_push(torch.from_numpy(field).permute(2, 0, 1).contiguous(), torch.from_numpy(weight))
    # The mesh's rim ends abruptly; half a per cent of its size takes the crease out.
    return gaussian(full, max(0.005 * max(weight.shape), 0.5))


def enlarge(field: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """(3, h, w) to (3, height, width), smoothly: bilinear steps of the slope would show on plain skin."""
    if field.shape[1:] == (height, width):
        return field
    shrink = max(height / field.shape[1], width / field.shape[2])
    return gaussian(resize(field, height, width), 0.7 * shrink)
