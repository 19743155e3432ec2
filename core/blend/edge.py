"""Unpremultiply the face and extend its colours past its edge, so that no fringe ever shows."""

from __future__ import annotations

import torch

from doublure.core.blend.filters import pull_push
from doublure.core.blend.matte import distance_inside
from doublure.core.cancel import check

SOLID = 0.25
"""Coverage from which an unpremultiplied colour is trusted entirely."""


def unpremultiply(rgb: torch.Tensor, alpha: torch.Tensor, extend: float = 0.0) -> torch.Tensor:
    """The face's own colours everywhere, also where it covers a pixel partly or not at all.

    Args:
        rgb: float32 (3, H, W) premultiplied, unclamped.
        alpha: float32 (H, W), 0–1.
        extend: pixels inwards from the alpha's edge whose colours are replaced as well.

    Returns:
        (3, H, W): ``rgb / alpha`` inside, and outside it what pull-push makes of the inside. Where alpha
        is 1 and further in than ``extend``, exactly ``rgb``.
    """
    colour = torch.where(alpha > 1e-4, rgb / alpha.clamp_min(1e-4), torch.zeros_like(rgb))
    check()
    trust = (alpha / SOLID).clamp(0.0, 1.0)
    if extend > 0:
        inner = trust * (distance_inside(alpha) - extend).clamp(0.0, 1.0)
        # A face thinner than the extension has no inside: its edge is then the best there is.
        trust = inner if bool((inner > 0).any()) else trust
    check()
    return torch.where(trust >= 1, colour, pull_push(colour, trust))
