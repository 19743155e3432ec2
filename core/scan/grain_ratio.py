"""How strong a result's grain is beside the plate's in the same region."""

from __future__ import annotations

import numpy as np
import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.grain import FLOOR
from doublure.core.measure.grain_plane import GrainPlane, grain_direction, grain_plane, shot_medians
from doublure.core.measure.masked_blur import masked_blur

_HIGH_PASS = 1.5
_MAD = 1.4826
_LEAST = 400


def grain_ratio(result: torch.Tensor, plate: torch.Tensor, matte: torch.Tensor) -> float:
    """Sigma of the result's grain over the plate's, of one frame; 1 is equal, 0.5 is half of it.

    sigma is the median absolute deviation of the ``grain_plane`` less its Gaussian of 1.5 pixels, over the matte: in
    that plane photon grain is equally strong at every light, so the two faces need not be alike. Both are read at the
    plate's exposure, along the one colour direction in which the two faces together have the least detail. Half
    float's rounding is added to both. Much stronger grain reads a little low (twice: 1.65 to 1.95), as it bends the
    direction. Not against the picture's surroundings: those fail even a perfect regrain.

    Args:
        result, plate: (3, H, W), scene-linear, pixels as they are in the file. matte: (H, W), 0..1.

    Raises:
        DoublureError: fewer than 400 pixels wholly inside the matte.
    """
    inside = matte > 0.9
    if int(inside.sum()) < _LEAST:
        raise DoublureError(
            "the face is too small to measure its grain", remedy="look at this shot's grain by eye"
        )
    medians = shot_medians([plate], [matte])
    direction = grain_direction([plate, result], [matte, matte], medians)
    got, wanted = (_sigma(grain_plane(picture, matte, direction, medians)) for picture in (result, plate))
    return got / wanted


def _sigma(plane: GrainPlane) -> float:
    solid = plane.inside.float()
    high = (plane.values - masked_blur(plane.values[None], solid, _HIGH_PASS)[0])[plane.inside].numpy()
    return float(np.hypot(_MAD * np.median(np.abs(high - np.median(high))), FLOOR))
