"""A picture's grain without its detail: the one colour direction in which skin has hardly any fine detail.

Skin's fine detail is nearly all light and dark, with a little pigment: two directions of log colour. Grain
differs from channel to channel and has all three. What is seen along the third is therefore grain, even over
stubble, where no filter of one channel can tell the two apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from doublure.core.blend.log import luminance
from doublure.core.measure.masked_blur import masked_blur
from doublure.core.measure.matte import face_crop

WHOLLY = 0.9
"""Coverage from which a pixel shows nothing but the face."""
_TOE = 0.05
"""Share of the face's median, per channel, at which logs level out."""
_FINE, _COARSE = 2.0, 4.0
"""Gaussian sigmas, pixels, between which detail outweighs grain."""
_LEVEL_SIGMA = 3.0
_OUTLIERS = 0.95


class GrainPlane(NamedTuple):
    """One face, cut out.

    Attributes:
        values: (H, W) log2 light along the grain direction, times the square root of ``level``: grain of photons
            has the same size everywhere in it.
        level: (H, W) luminance without grain over the shot's median.
        inside: (H, W) bool, the pixels that count. Elsewhere nothing means anything.
    """

    values: torch.Tensor
    level: torch.Tensor
    inside: torch.Tensor


def shot_medians(pictures: Sequence[torch.Tensor], mattes: Sequence[torch.Tensor]) -> torch.Tensor:
    """(3,) the median of the frames' medians inside the matte: what a gain of the whole shot is read from."""
    rows = [
        _median(picture[:, matte > min(WHOLLY, 0.99 * float(matte.max()))])
        for picture, matte in zip(pictures, mattes, strict=True)
    ]
    return torch.stack(rows).median(0).values.clamp_min(1e-6)


def grain_direction(
    pictures: Sequence[torch.Tensor], mattes: Sequence[torch.Tensor], medians: torch.Tensor
) -> torch.Tensor:
    """(3,) unit: the direction of log colour in which faces (3, H, W) differ least between 2 and 4 pixels.

    The last principal component of the difference of two Gaussians; its strongest 5 % (lashes, lips) left out.
    """
    covariance = torch.zeros(3, 3, dtype=torch.float64)
    for picture, matte in zip(pictures, mattes, strict=True):
        rows, columns = face_crop(matte, 0.0)
        solid = (matte[rows, columns] > WHOLLY).float()
        code = _log(picture[:, rows, columns], medians)
        middle = masked_blur(code, solid, _FINE) - masked_blur(code, solid, _COARSE)
        values = middle[:, solid > 0].double()
        size = values.square().sum(0)
        values = values[:, size <= np.quantile(size.numpy(), _OUTLIERS)] if size.numel() else values
        covariance += values @ values.T
    return torch.linalg.eigh(covariance).eigenvectors[:, 0].float()


def grain_plane(
    picture: torch.Tensor, matte: torch.Tensor, direction: torch.Tensor, medians: torch.Tensor
) -> GrainPlane:
    """The plane of one face (3, H, W); ``medians`` are those of its own shot."""
    rows, columns = face_crop(matte, 0.0)
    face, inside = picture[:, rows, columns], matte[rows, columns] > WHOLLY
    light = luminance(face)[None] / luminance(medians[:, None, None])
    level = masked_blur(light, inside.float(), _LEVEL_SIGMA)[0].clamp_min(0)
    values = (direction[:, None, None] * _log(face, medians)).sum(0) * (level + 0.02).sqrt()
    return GrainPlane(values, level, inside)


def _median(values: torch.Tensor) -> torch.Tensor:
    """(C, N) -> (C,): the lower of the middle two, as torch's, which sorts where numpy selects."""
    middle = (values.shape[1] - 1) // 2
    return torch.from_numpy(np.partition(values.numpy(), middle, axis=1)[:, middle].copy())


def _log(picture: torch.Tensor, medians: torch.Tensor) -> torch.Tensor:
    return torch.log2(picture.clamp_min(0) / medians[:, None, None] + _TOE)
