"""The two halves of a face in log space: its light (low frequencies) and its detail (the rest)."""

from __future__ import annotations

from typing import NamedTuple

import torch

from doublure.core.color import acescct_encode
from doublure.core.measure.masked_blur import masked_blur
from doublure.core.measure.matte import SOLID, check_frame, face_width

GRAIN_SIGMA = 0.0087
LIGHT_SIGMA = 0.087
"""Gaussian sigmas over the width of the matte: what is finer is grain, what is coarser is light."""


class Bands(NamedTuple):
    """(3, H, W) each, ACEScct units (0.0571 is one stop); only values inside the matte mean anything."""

    light: torch.Tensor
    detail: torch.Tensor


def log_bands(result: torch.Tensor, truth: torch.Tensor, matte: torch.Tensor) -> tuple[Bands, Bands]:
    """The bands of (result, truth), both exposed by the factor that brings the truth's median luma in the
    matte to 0.18, so that a flicker of the result stays visible.

    Negative values count as 0. Every blur sees only the matte.

    Args:
        result, truth: (3, H, W), scene-linear. matte: (H, W), 0..1.

    Raises:
        DoublureError: see ``matte.check_frame``.
    """
    check_frame(result, truth, matte)
    middle = float(truth.mean(0)[matte > SOLID].median())
    scale = 0.18 / middle if middle > 0 else 1.0
    width = face_width(matte)
    pair = []
    for picture in (result, truth):
        smooth = masked_blur(picture * scale, matte, GRAIN_SIGMA * width)
        code = acescct_encode(smooth.clamp_min(0))
        light = masked_blur(code, matte, LIGHT_SIGMA * width)
        pair.append(Bands(light, code - light))
    return pair[0], pair[1]


def mean_square(values: torch.Tensor, matte: torch.Tensor) -> float:
    """Matte-weighted mean of squares of (3, H, W) ``values`` over pixels and channels."""
    weight = matte.double()
    return float((weight * values.double().square()).sum() / (len(values) * weight.sum()))
