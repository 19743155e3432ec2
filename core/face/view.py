"""What the face networks look at: an exposure-normalised 8-bit sRGB picture of a plate.

Only the networks see it; no pixel of it ever reaches an output.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import NamedTuple

import cv2
import numpy as np
import torch

from doublure.core.cancel import check
from doublure.core.color import to_working
from doublure.core.frame import Frame
from doublure.core.window import Window

# ACEScg (AP1, D60) to linear Rec.709 (D65), Bradford adaptation.
_TO_REC709 = np.array(
    [
        [1.70505099, -0.62179212, -0.08325887],
        [-0.13025642, 1.14080474, -0.01054832],
        [-0.02400336, -0.12896898, 1.15297233],
    ],
    np.float32,
)
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
_MIDDLE = 0.18
_SHOULDER = 0.6
_TOP = 4.0
_METERED = 20_000
"""Pixels that are metered, at most: more tell no more."""
_BAND = 64
"""Rows at a time, so that a cancel is heard in the middle of a 4K picture."""


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
    """``pixels`` (H, W, 3) uint8 sRGB with square pixels, the way back to the plate, and the exposure: what linear
    light was multiplied by."""

    pixels: np.ndarray
    mapping: Mapping
    gain: float = 1.0


def _curve(exposed: np.ndarray) -> np.ndarray:
    """Linear light, 0 to any -> 8-bit sRGB; above the shoulder it bends to reach 1 only at infinity."""
    room = 1 - _SHOULDER
    bent = np.where(exposed > _SHOULDER, 1 - room * np.exp(-(exposed - _SHOULDER) / room), exposed)
    encoded = np.where(bent <= 0.0031308, 12.92 * bent, 1.055 * np.maximum(bent, 1e-9) ** (1 / 2.4) - 0.055)
    return (encoded * 255 + 0.5).astype(np.uint8)


# The curve as a table over the root of light: the root spends its steps as the eye and sRGB do. At _TOP it is white.
_TABLE = _curve(_TOP * np.linspace(0, 1, 1 << 16) ** 2)


def _exposure(linear: np.ndarray) -> float:
    """The gain that brings the median luma of (H, W, 3) linear light to middle grey."""
    step = max(1, ceil((linear.size / 3 / _METERED) ** 0.5))
    luma = np.ascontiguousarray(linear[::step, ::step]) @ _LUMA
    # Pixels a thousand times darker than the brightest are surround, not subject.
    lit = luma[luma > np.quantile(luma, 0.99) / 1000]
    return _MIDDLE / float(np.median(lit)) if lit.size else 1.0


def detector_view(
    frame: Frame,
    *,
    region: Window | None = None,
    meter: Window | None = None,
    stops: float = 0.0,
    longest: float | None = None,
    gain: float | None = None,
) -> View:
    """The networks' picture of a frame.

    Args:
        frame: any colour space that OCIO can bring to ACEScg.
        region: the pixels of the plate to show; the whole data window where None or disjoint from it.
        meter: the pixels to expose for (a spot meter); the whole region where None or disjoint from it.
        stops: exposure correction after metering.
        longest: a region with more pixels along a side is averaged down in whole blocks until it has no more,
            which is quick and quiets grain; never where None. Rows and columns that fill no block are left out.
        gain: exposure (another view's ``gain``) instead of metering.

    The metered median luma becomes middle grey (0.18); above 0.6 a shoulder takes the rest to 1, so one
    highlight of 40 or a black surround changes nothing. Anamorphic plates are unsqueezed by widening.
    """
    shown = frame.data if region is None else region.intersect(frame.data)
    if shown.empty:
        shown = frame.data
    if shown != frame.data:
        rows, columns = shown.slices(frame.data)
        frame = replace(frame, pixels=frame.pixels[:, rows, columns], data=shown)
    spot = shown if meter is None else meter.intersect(shown)
    rows, columns = (shown if spot.empty else spot).slices(shown)
    if longest is not None and max(shown.width, shown.height) > longest:
        block = min(ceil(max(shown.width, shown.height) / longest), shown.width, shown.height)
        frame = _averaged(frame, block)
        shown = Window(
            shown.x0,
            shown.y0,
            shown.x0 + frame.data.width * block,
            shown.y0 + frame.data.height * block,
        )
        rows, columns = _blocks(rows, block, frame.data.height), _blocks(columns, block, frame.data.width)
    planes = [plane.numpy() for plane in to_working(frame).rgb]
    height, width = planes[0].shape
    linear = np.empty((height, width, 3), np.float32)
    bands = [slice(top, top + _BAND) for top in range(0, height, _BAND)]
    for band in bands:
        check()
        cv2.transform(cv2.merge([plane[band] for plane in planes]), _TO_REC709, dst=linear[band])
        np.maximum(linear[band], 0, out=linear[band])
    check()
    metered = _exposure(linear[rows, columns]) if gain is None else gain
    gain = metered * 2.0**stops
    check()
    white = np.float32(_TOP / gain)
    steps = (_TABLE.size - 1) / float(white) ** 0.5
    pixels: np.ndarray = np.empty(linear.shape, np.uint8)
    for band in bands:
        check()
        root = cv2.sqrt(np.minimum(linear[band], white))
        # OpenCV rounds, and looks 16-bit numbers up, four times quicker than numpy.
        cv2.LUT(cv2.multiply(root, steps, dtype=cv2.CV_16U), _TABLE, dst=pixels[band])
    wide, high = width, height
    if frame.pixel_aspect > 1:
        wide = max(1, round(width * frame.pixel_aspect))
    elif frame.pixel_aspect < 1:
        high = max(1, round(height / frame.pixel_aspect))
    if (wide, high) != (width, height):
        pixels = cv2.resize(pixels, (wide, high), interpolation=cv2.INTER_LINEAR)
    origin = (float(shown.x0), float(shown.y0))
    return View(pixels, Mapping(origin, (wide / shown.width, high / shown.height)), gain)


def _averaged(frame: Frame, block: int) -> Frame:
    """The frame's colour, and alpha where it has one: the mean of each block of ``block`` by ``block`` pixels."""
    names = tuple(name for name in ("R", "G", "B", "A") if frame.has(name))
    wide, high = frame.data.width // block, frame.data.height // block
    planes = np.empty((len(names), high, wide), np.float32)
    for name, plane in zip(names, planes, strict=True):
        source = frame.channel(name)[: high * block, : wide * block].numpy()
        # OpenCV's area filter is four times quicker where the factor is whole.
        cv2.resize(source, (wide, high), dst=plane, interpolation=cv2.INTER_AREA)
    return replace(
        frame,
        pixels=torch.from_numpy(planes),
        channels=names,
        data=Window.of_size(wide, high),
    )


def _blocks(part: slice, block: int, count: int) -> slice:
    """The blocks, of ``count``, that a run of pixels lies in; one at least."""
    start = min(part.start // block, count - 1)
    return slice(start, max(start + 1, min(ceil(part.stop / block), count)))
