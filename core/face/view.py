"""What the face networks look at: an exposure-normalised 8-bit sRGB picture of a plate.

Only the networks see it; no pixel of it ever reaches an output.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np
import torch

from doublure.core.color import to_working
from doublure.core.frame import Frame
from doublure.core.window import Window

# ACEScg (AP1, D60) to linear Rec.709 (D65), Bradford adaptation.
_TO_REC709 = torch.tensor(
    [
        [1.70505099, -0.62179212, -0.08325887],
        [-0.13025642, 1.14080474, -0.01054832],
        [-0.02400336, -0.12896898, 1.15297233],
    ]
)
_LUMA = torch.tensor([0.2126, 0.7152, 0.0722])
_MIDDLE = 0.18
_SHOULDER = 0.6


@dataclass(frozen=True)
class Mapping:
    """``view = (plate - origin) * step``, continuous coordinates; ``step`` is not 1 for anamorphic plates."""

    origin: tuple[float, float]
    step: tuple[float, float]

    def to_plate(self, points: np.ndarray) -> np.ndarray:
        """(…, 2 or 3) view coordinates -> plate coordinates; a third component (z) is kept in y's unit."""
        out = np.array(points, np.float64)
        out[..., :2] = out[..., :2] / self.step + self.origin
        if out.shape[-1] == 3:
            out[..., 2] /= self.step[1]
        return out

    def to_view(self, points: np.ndarray) -> np.ndarray:
        """(…, 2 or 3) plate coordinates -> view coordinates; the inverse of :meth:`to_plate`."""
        out = np.array(points, np.float64)
        out[..., :2] = (out[..., :2] - self.origin) * self.step
        if out.shape[-1] == 3:
            out[..., 2] *= self.step[1]
        return out


class View(NamedTuple):
    """``pixels`` (H, W, 3) uint8 sRGB with square pixels, and the way back to the plate."""

    pixels: np.ndarray
    mapping: Mapping


def detector_view(
    frame: Frame, *, region: Window | None = None, meter: Window | None = None, stops: float = 0.0
) -> View:
    """The networks' picture of a frame.

    Args:
        frame: any colour space that OCIO can bring to ACEScg.
        region: the pixels of the plate to show; the whole data window where None or disjoint from it.
        meter: the pixels to expose for (a spot meter); the whole region where None or disjoint from it.
        stops: exposure correction after metering.

    The metered median luma becomes middle grey (0.18); above 0.6 a shoulder takes the rest to 1, so one
    highlight of 40 or a black surround changes nothing. Anamorphic plates are unsqueezed by widening.
    """
    shown = frame.data if region is None else region.intersect(frame.data)
    if shown.empty:
        shown = frame.data
    if shown != frame.data:
        rows, columns = shown.slices(frame.data)
        frame = replace(frame, pixels=frame.pixels[:, rows, columns].contiguous(), data=shown)
    spot = shown if meter is None else meter.intersect(shown)
    rows, columns = (shown if spot.empty else spot).slices(shown)
    rgb = to_working(frame).rgb
    rgb = torch.tensordot(_TO_REC709, rgb, dims=1).clamp_min(0)
    luma = torch.tensordot(_LUMA, rgb[:, rows, columns], dims=1)
    luma = luma.flatten()[:: max(1, luma.numel() // 200_000)]
    # Pixels a thousand times darker than the brightest are surround, not subject.
    lit = luma[luma > luma.quantile(0.99) / 1000]
    gain = _MIDDLE / float(lit.median()) if lit.numel() else 1.0
    exposed = rgb * (gain * 2.0**stops)
    room = 1 - _SHOULDER
    exposed = torch.where(
        exposed > _SHOULDER, 1 - room * torch.exp((_SHOULDER - exposed).clamp_max(0) / room), exposed
    )
    encoded = torch.where(exposed <= 0.0031308, 12.92 * exposed, 1.055 * exposed.pow(1 / 2.4) - 0.055)
    pixels = (encoded * 255 + 0.5).to(torch.uint8).permute(1, 2, 0).contiguous().numpy()
    height, width = pixels.shape[:2]
    wide, high = width, height
    if frame.pixel_aspect > 1:
        wide = max(1, round(width * frame.pixel_aspect))
    elif frame.pixel_aspect < 1:
        high = max(1, round(height / frame.pixel_aspect))
    if (wide, high) != (width, height):
        pixels = cv2.resize(pixels, (wide, high), interpolation=cv2.INTER_LINEAR)
    origin = (float(shown.x0), float(shown.y0))
    return View(pixels, Mapping(origin, (wide / width, high / height)))
