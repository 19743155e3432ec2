"""The light's difference between result and plate, in nine parts of the face."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from doublure.core.blend.log import luminance
from doublure.core.measure.masked_blur import masked_blur
from doublure.core.measure.matte import SOLID, bounds
from doublure.core.scan.face_facts import ShotLight
from doublure.core.window import Window

ZONES = 3
_TOE = 0.02
_SOFT = 0.04
_FEWEST = 16


def light_zones(result: torch.Tensor, plate: torch.Tensor, matte: torch.Tensor) -> np.ndarray:
    """(9,) stops by which the result is brighter than the plate, in three by three parts of the matte's box.

    Rows first. Each is the median, over the part's pixels under the matte, of log2 of the quotient of the luminances
    after a low-pass (0.04 of the matte's width); NaN where a part holds fewer than 16 such pixels. The median leaves
    out what slips under the matte's edge.

    Args: result, plate: (3, H, W), scene-linear. matte: (H, W), 0..1, above 0.5 somewhere.
    """
    box = bounds(matte, SOLID)
    rows, columns = box.slices(Window.of_size(matte.shape[1], matte.shape[0]))
    solid = (matte > SOLID).float()[rows, columns]
    light = torch.stack([luminance(one[:, rows, columns]) for one in (result, plate)])
    ours, theirs = masked_blur(light, solid, max(1.0, _SOFT * box.width)).clamp_min(0).numpy()
    inside = solid.numpy() > 0
    toe = max(_TOE * float(np.median(theirs[inside])), 1e-9)
    stops = np.log2((ours + toe) / (theirs + toe))
    out = np.full((ZONES, ZONES), np.nan)
    edges = [np.linspace(0, size, ZONES + 1).round().astype(int) for size in stops.shape]
    for i in range(ZONES):
        for j in range(ZONES):
            part = slice(*edges[0][i : i + 2]), slice(*edges[1][j : j + 2])
            values = stops[part][inside[part]]
            if len(values) >= _FEWEST:
                out[i, j] = np.median(values)
    return out.ravel()


def shot_zones(frames: list[np.ndarray]) -> np.ndarray:
    """(9,) the shot's median of each part; 0 where no frame has it."""
    stack = np.stack(frames)
    known = np.isfinite(stack).any(0)
    out = np.zeros(stack.shape[1])
    out[known] = np.nanmedian(stack[:, known], axis=0)
    return out


def off_the_shot(zones: np.ndarray, usual: np.ndarray) -> float:
    """Rms in stops of one frame's parts less the shot's; 0 where no part is known."""
    off = (zones - usual)[np.isfinite(zones)]
    return float(np.sqrt(np.mean(off**2))) if off.size else 0.0


def shot_light(usual: np.ndarray, edges: Sequence[float] = ()) -> ShotLight:
    """What the shot's own parts say: level, and the rise across and down, in stops; and the median of ``edges``, the
    frames' levels at the matte's edge."""
    grid = usual.reshape(ZONES, ZONES)
    return ShotLight(
        float(grid.mean()),
        float(grid[:, -1].mean() - grid[:, 0].mean()),
        float(grid[-1].mean() - grid[0].mean()),
        float(np.median(edges)) if len(edges) else None,
    )
