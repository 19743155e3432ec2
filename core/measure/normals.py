"""How far surface normals are from the true ones."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.matte import check_frame

SHORTEST = 1e-3
"""A normal shorter than this says nothing: there is no surface."""


class NormalAngles(NamedTuple):
    """degrees: mean angle, 0..180. counted: pixels compared. left_out: pixels of the matte with no normal in
    the result or the truth."""

    degrees: float
    counted: int
    left_out: int


def normal_angle(result: torch.Tensor, truth: torch.Tensor, matte: torch.Tensor) -> float:
    """The mean angle in degrees, 0..180; ``normal_angles`` without its counts."""
    return normal_angles(result, truth, matte).degrees


def normal_angles(result: torch.Tensor, truth: torch.Tensor, matte: torch.Tensor) -> NormalAngles:
    """``sum(m * angle(r, t)) / sum(m)`` over the pixels of matte m where both have a normal.

    Normals need not be of unit length; those shorter than 0.001 are no surface, are left out and counted. The
    angle is ``atan2(|r x t|, r . t)``, exact near 0 and 180 degrees.

    Args:
        result, truth: (3, H, W) normals in one and the same space. matte: (H, W), 0..1.

    Raises:
        DoublureError: see ``matte.check_frame``; or no pixel of the matte has both normals.
    """
    check_frame(result, truth, matte)
    inside = matte > 0
    r, t, weight = result[:, inside].double(), truth[:, inside].double(), matte[inside].double()
    both = (r.norm(dim=0) > SHORTEST) & (t.norm(dim=0) > SHORTEST)
    if not bool(both.any()):
        raise DoublureError(
            "no pixel of the matte has a normal in both result and truth",
            remedy="write normals as unit vectors inside the matte",
        )
    r, t, weight = r[:, both], t[:, both], weight[both]
    angle = torch.atan2(torch.linalg.cross(r, t, dim=0).norm(dim=0), (r * t).sum(0))
    degrees = math.degrees(float((weight * angle).sum() / weight.sum()))
    return NormalAngles(degrees, int(both.sum()), int((~both).sum()))
