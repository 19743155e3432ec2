"""How far a result departs from the plate just inside the matte's edge: what a blend brings to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import torch
from scipy import ndimage

from doublure.core.blend.log import luminance
from doublure.core.errors import DoublureError
from doublure.core.measure.masked_blur import gaussian_blur
from doublure.core.measure.matte import SOLID, face_width
from doublure.core.measure.seam import Edge, contours

INSIDE, DEEPER = 0.03, 0.06
"""How far inside the matte's edge, in face widths: where a step is seen, and where the usual soft edge has ended."""
_ALONG = 0.06
_GRAIN = 0.012
_TOE = 0.05


class EdgeStep(NamedTuple):
    """Stops between result and plate inside the matte's edge.

    Attributes:
        height: median of the differences' sizes just inside, 0 or more.
        level: median of the differences a little deeper, above 0 where the result is the brighter.
    """

    height: float
    level: float


def edge_step(result: torch.Tensor, plate: torch.Tensor, matte: torch.Tensor) -> EdgeStep:
    """How far the two faces are apart along the matte's edge, and to which side.

    The difference is log2 of the quotient of the luminances (low-passed by 0.012 face widths against grain, 5 % of the
    face's median added), read 0.03 (height) and 0.06 (level) widths inside the contour where the matte is 0.5 and
    low-passed along it (sigma 0.06 widths). Outside the matte it is 0, so this is the step that the eye follows. Both
    pictures are read at the same places: the plate's own jaw and hairline are no step. The median leaves out the part
    of the edge where the two people's outlines differ.

    Args:
        result, plate: (3, H, W), scene-linear. matte: (H, W), 0..1, above 0.5 somewhere.

    Raises:
        DoublureError: no part of the edge lies within the picture.
    """
    width = face_width(matte)
    ours, theirs = (
        gaussian_blur(luminance(picture)[None].clamp_min(0), max(1.0, _GRAIN * width))[0]
        for picture in (result, plate)
    )
    toe = max(_TOE * float(theirs[matte > SOLID].median()), 1e-9)
    stops = torch.log2((ours + toe) / (theirs + toe)).numpy()
    edges = contours(matte)
    steps, levels = (_along(stops, edges, depth * width, _ALONG * width) for depth in (INSIDE, DEEPER))
    if not steps.size or not levels.size:
        raise DoublureError(
            "no part of the matte's edge lies within the picture",
            remedy="leave the frame out: there is no seam to see",
        )
    return EdgeStep(float(np.median(np.abs(steps))), float(np.median(levels)))


def _along(stops: np.ndarray, edges: Sequence[Edge], depth: float, sigma: float) -> np.ndarray:
    """(N,) values of (H, W) ``stops`` at ``depth`` pixels inside the edges, low-passed along them."""
    high, wide = stops.shape
    found = [np.zeros(0)]
    for edge in edges:
        x, y = (edge.points - depth * edge.normals).T
        there = (x >= 0.5) & (x <= wide - 0.5) & (y >= 0.5) & (y <= high - 0.5)
        across, down = (np.ascontiguousarray(one[None] - 0.5, np.float32) for one in (x, y))
        values = cv2.remap(stops, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0]
        weight = ndimage.gaussian_filter1d(there.astype(np.float64), sigma, mode="wrap")
        total = ndimage.gaussian_filter1d(np.where(there, values, 0.0), sigma, mode="wrap")
        found.append(total[there] / np.maximum(weight[there], 1e-9))
    return np.concatenate(found)
