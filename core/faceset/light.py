"""The light on a face, in four numbers: where it comes from, how hard it is, and how warm."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from doublure.core.face.topology import (
    LEFT_BROW,
    LEFT_EYE,
    LIPS,
    OVAL,
    POINTS,
    RIGHT_BROW,
    RIGHT_EYE,
    triangles,
)
from doublure.core.relight.normals import vertex_normals
from doublure.core.relight.sh import basis, fit_irradiance
from doublure.core.swap.light import GREY

_LUMA = np.array([0.2722287, 0.6740818, 0.0536895])  # Y of ACEScg (AP1), S-2014-004
_FACING = -0.15
"""Points whose normal's z is above this look too far away to be seen well."""


@dataclass(frozen=True)
class Light:
    """Attributes:
    x: how much brighter skin is that looks to the picture's right than to its left, as a share of the mean; positive
        where the light comes from the picture's right.
    y: the same downwards: negative where the light comes from above.
    contrast: stops between the brightly and the darkly lit skin that is seen (95th and 5th percentile of the fit).
    warmth: stops of red over blue on skin, the skin's own colour included.
    exposure: stops of the face's median luma over middle grey.
    """

    x: float
    y: float
    contrast: float
    warmth: float
    exposure: float


def describe_light(rgb: np.ndarray, points: np.ndarray) -> Light:
    """Fit first-order spherical harmonics to the skin's luma over the face's normals, robustly.

    Args:
        rgb: (H, W, 3) scene-linear ACEScg, any range.
        points: (468, 3) landmarks in its continuous pixels.

    First order, because order two of a half-seen sphere is mostly skin (Ramamoorthi and Hanrahan 2001 need all of
    it). Skin is taken to be of one tone.
    """
    normals = vertex_normals(points, triangles())
    sigma = max(0.5, 0.02 * float(np.ptp(points[:, 1])))
    soft = cv2.GaussianBlur(np.maximum(rgb, 0).astype(np.float32), (0, 0), sigma)
    x, y = (np.ascontiguousarray(points[None, :, i] - 0.5, np.float32) for i in (0, 1))
    colours = cv2.remap(soft, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0].astype(np.float64)
    seen = _skin() & (normals[:, 2] < _FACING)
    skin, facing = colours[seen], normals[seen]
    luma = np.maximum(skin @ _LUMA, 1e-7)
    fit = fit_irradiance(luma[:, None], facing, order=1)[:, 0]
    lit = np.maximum(basis(facing, 1) @ fit, 0.02 * float(np.median(luma)))
    mean = float(lit.mean())
    low, high = np.percentile(lit, (5, 95))
    red, blue = (max(float(np.median(skin[:, c])), 1e-7) for c in (0, 2))
    return Light(
        float(np.clip(fit[1] / mean, -3, 3)),
        float(np.clip(fit[2] / mean, -3, 3)),
        float(np.log2(high / low)),
        float(np.log2(red / blue)),
        float(np.log2(np.median(luma) / GREY)),
    )


@cache
def _skin() -> np.ndarray:
    """(468,) bool: neither eye, lip, brow nor outline."""
    skin = np.ones(POINTS, bool)
    for ring in (LEFT_EYE, RIGHT_EYE, LIPS, LEFT_BROW, RIGHT_BROW, OVAL):
        skin[list(ring)] = False
    return skin
