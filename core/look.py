"""ACEScg pixels through a view of the OCIO configuration, for pictures that people judge by eye."""

from __future__ import annotations

import os
from functools import lru_cache

import numpy as np
import PyOpenColorIO as ocio
import torch

from doublure.core.color import CONFIG, WORKING, config
from doublure.core.errors import DoublureError


def look(rgb: torch.Tensor, display: str | None = None, view: str | None = None) -> np.ndarray:
    """8-bit pixels as a display shows them, tone mapping included (``display_view`` has none).

    Args:
        rgb: (3, H, W) ACEScg, finite. display: the configuration's default where None. view: the display's default
            where None.

    Returns:
        uint8 (H, W, 3), R G B, contiguous.

    Raises:
        DoublureError: the configuration has no such display or view.
    """
    display = display or config().getDefaultDisplay()
    view = view or config().getDefaultView(display)
    buffer = torch.ones(rgb.shape[1], rgb.shape[2], 4)
    buffer[..., :3] = rgb.permute(1, 2, 0)
    pixels = buffer.numpy()
    _processor(os.environ.get("OCIO") or CONFIG, display, view).applyRGBA(pixels)
    return np.ascontiguousarray((pixels[..., :3].clip(0, 1) * 255 + 0.5).astype(np.uint8))


@lru_cache(maxsize=8)
def _processor(_: str, display: str, view: str) -> ocio.CPUProcessor:
    try:
        transform = ocio.DisplayViewTransform(WORKING, display, view)
        return config().getProcessor(transform).getDefaultCPUProcessor()
    except ocio.Exception as error:
        raise DoublureError(
            f"the colour configuration has no view {view!r} of a display {display!r}",
            remedy=f"name a display of {', '.join(config().getDisplays())} and one of its views",
        ) from error
