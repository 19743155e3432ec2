"""Counts over the pixels of a result beside its plate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch

from doublure.core.color import convert
from doublure.core.exr import HALF_MAX
from doublure.core.frame import Frame
from doublure.core.scan.bit_plane import BitPlane, any_negative
from doublure.core.scan.channel_bands import bands, planes
from doublure.core.scan.raw_frame import RawFrame
from doublure.core.window import Window

MATTE = "matte"
_ROUNDED = 2.0**-8
"""A colour conversion written as half differs from another one by less than this share of the value."""
_TOE = 1e-3


@dataclass(frozen=True)
class PixelFacts:
    """Counts of pixels; None where the question makes no sense (no matte, no alpha, other channels missing).

    Attributes:
        nan, inf: with NaN, with infinity in R, G, B, A or the matte.
        negative: below 0 in R, G or B; negative_made: those of them that are under the matte, where the plate's same
            channel is not below 0. lowest: the lowest R, G or B of ``negative_made``, 0 without any.
        above_half: finite, and beyond 65504 in R, G or B, which 16-bit float cannot hold.
        outside_differs: the matte is 0, R, G and B are finite, and one is not the plate's, bit for bit (after rounding
            the plate to half where the result is half and the plate is not; within 0.4 % where the two files are in
            different colour spaces).
        outside_far: those of them that differ by more than 5 %, what lossy compression never does to most pixels.
        outside: the pixels with a matte of 0.
        alpha_differs: A is not the plate's; None unless both have A.
        matte_minimum, matte_maximum: of its finite values. coverage: sum of the matte, pixels. matte_wrong: pixels
            where it is below 0 or above 1.
        inside: pixels with a matte above 0.
        first_bad, first_outside: (x, y) of the first pixel of ``nan`` or ``inf``, and of ``outside_differs``.
    """

    nan: int | None = None
    inf: int | None = None
    negative: int | None = None
    negative_made: int | None = None
    lowest: float = 0.0
    above_half: int | None = None
    outside_differs: int | None = None
    outside_far: int | None = None
    outside: int | None = None
    alpha_differs: int | None = None
    matte_minimum: float | None = None
    matte_maximum: float | None = None
    coverage: float | None = None
    matte_wrong: int | None = None
    inside: int | None = None
    first_bad: tuple[int, int] | None = None
    first_outside: tuple[int, int] | None = None

    def plus(self, below: PixelFacts) -> PixelFacts:
        """Both together, ``below`` being further down in the same frame."""
        out = {}
        for one in fields(self):
            mine, other = getattr(self, one.name), getattr(below, one.name)
            known = mine is not None and other is not None
            out[one.name] = (
                _JOINED.get(one.name, _sum)(mine, other) if known else other if mine is None else mine
            )
        return PixelFacts(**out)


def _sum(mine: Any, other: Any) -> Any:
    return mine + other


def _first_of(mine: Any, other: Any) -> Any:
    return mine


_JOINED: dict[str, Callable[[Any, Any], Any]] = {
    "lowest": min,
    "matte_minimum": min,
    "matte_maximum": max,
    "first_bad": _first_of,
    "first_outside": _first_of,
}
"""How two parts of a frame make one; all else is a sum."""


NOTHING = PixelFacts()
"""Of a frame that cannot be read."""


def pixel_facts(result: RawFrame, plate: RawFrame) -> PixelFacts:
    """The counts of one frame, over the pixels that both data windows have where the plate is asked.

    Args: result, plate: read whole (``raw_frame.read_raw``).
    """
    found = _counted(result, plate, False)
    spaces = result.header.space, plate.header.space
    another = None not in spaces and spaces[0] != spaces[1]
    if another and (found.outside_differs or 0) > (found.outside or 0) / 2:
        # Delivered in another colour space: no bit can be the plate's.
        return _counted(result, plate, True)
    return found


def _counted(result: RawFrame, plate: RawFrame, converted: bool) -> PixelFacts:
    """The counts; ``converted``: the plate is brought to the result's colour space before it is compared."""
    asked = [name for name in ("R", "G", "B", "A", MATTE) if name in result.header.channels]
    common = result.header.data.intersect(plate.header.data)
    coloured = all(name in asked for name in "RGB")
    theirs = [name for name in asked if name in plate.header.channels and name != MATTE]
    comparable = coloured and all(name in theirs for name in "RGB")
    spaces = (str(plate.header.space), str(result.header.space)) if converted else None
    total = NOTHING
    for band in bands(result.header.data):
        ours = planes(result, asked, band)
        found = _not_finite(list(ours.values()), band)
        if coloured:
            found["above_half"] = _above_half([ours[name] for name in "RGB"])
        if MATTE in ours:
            found |= _matte(ours[MATTE])
        near = band.intersect(common)
        if comparable and not near.empty:
            if near != band:
                ours = {name: plane.cut(near, band) for name, plane in ours.items()}
            found |= _compared(ours, planes(plate, theirs, near, ours["R"]), near, spaces)
        total = total.plus(PixelFacts(**found))
    return total


def _compared(
    ours: dict[str, BitPlane], theirs: dict[str, BitPlane], window: Window, spaces: tuple[str, str] | None
) -> dict[str, Any]:
    pairs = [(ours[name], theirs[name]) for name in "RGB"]
    matte = ours.get(MATTE)
    found = _negative(pairs, matte)
    if matte is not None:
        found |= _outside(pairs, matte, window, spaces)
    if "A" in ours and "A" in theirs:
        found["alpha_differs"] = int(np.count_nonzero(ours["A"].differs(theirs["A"]) & ours["A"].finite()))
    return found


def _not_finite(planes: list[BitPlane], window: Window) -> dict[str, Any]:
    if all(plane.surely_finite for plane in planes):
        return {"nan": 0, "inf": 0}
    nan = np.logical_or.reduce([np.isnan(plane.values) for plane in planes])
    inf = np.logical_or.reduce([np.isinf(plane.values) for plane in planes])
    return {"nan": int(nan.sum()), "inf": int(inf.sum()), "first_bad": _first(nan | inf, window)}


def _above_half(planes: list[BitPlane]) -> int:
    if planes[0].half:
        # 16-bit float holds nothing above its own maximum.
        return 0
    beyond = [plane.finite() & (np.abs(plane.values) > HALF_MAX) for plane in planes]
    return int(np.logical_or.reduce(beyond).sum())


def _matte(plane: BitPlane) -> dict[str, Any]:
    if plane.nothing:
        return {"matte_minimum": 0.0, "matte_maximum": 0.0, "coverage": 0.0, "matte_wrong": 0, "inside": 0}
    # A face is narrower than the frame, and to add up its matte takes longer than to find where it is.
    there = plane.occupied
    values = torch.from_numpy(plane.values[:, max(there.start - 1, 0) : there.stop + 1]).float()
    if not plane.surely_finite:
        values = torch.where(torch.isfinite(values), values, 0)
    low, high = (float(value) for value in torch.aminmax(values))
    wrong = int(((values < 0) | (values > 1)).sum()) if low < 0 or high > 1 else 0
    return {
        "matte_minimum": low,
        "matte_maximum": high,
        "coverage": float(values.sum(dtype=torch.float64)),
        "matte_wrong": wrong,
        "inside": int(torch.count_nonzero(values)),
    }


def _negative(pairs: list[tuple[BitPlane, BitPlane]], matte: BitPlane | None) -> dict[str, Any]:
    if not any(mine.has_negative for mine, _ in pairs):
        return {"negative": 0, "negative_made": 0}
    count = int(np.count_nonzero(any_negative([mine for mine, _ in pairs])))
    if not count or (matte is not None and matte.nothing):
        # Made is only what lies under the matte: grain round black is the plate's own.
        return {"negative": count, "negative_made": 0}
    columns = slice(None) if matte is None else matte.occupied
    under = None if matte is None else ~matte.zero()[:, columns]
    made = np.zeros(pairs[0][0].bits[:, columns].shape, bool)
    lowest = 0.0
    for mine, theirs in pairs:
        if not mine.has_negative:
            continue
        new = mine.negative(columns) & ~theirs.negative(columns)
        if under is not None:
            new &= under
        values = mine.values[:, columns][new]
        values = values[np.isfinite(values)]
        lowest = min(lowest, float(values.min())) if values.size else lowest
        made |= new
    return {"negative": count, "negative_made": int(np.count_nonzero(made)), "lowest": lowest}


def _outside(
    pairs: list[tuple[BitPlane, BitPlane]],
    matte: BitPlane,
    window: Window,
    spaces: tuple[str, str] | None,
) -> dict[str, Any]:
    different = pairs[0][0].bits ^ pairs[0][1].bits
    for mine, other in pairs[1:]:
        different |= mine.bits ^ other.bits
    if matte.nothing and not different.max(initial=0):
        return {"outside_differs": 0, "outside_far": 0, "outside": different.size}
    outside = matte.zero()
    differs = (different != 0) & outside
    count = int(np.count_nonzero(outside))
    if not differs.any():
        return {"outside_differs": 0, "outside_far": 0, "outside": count}
    got = np.stack([mine.values for mine, _ in pairs], 2).astype(np.float32)
    wanted = np.stack([other.values for _, other in pairs], 2).astype(np.float32)
    tolerance = 0.0
    if spaces is not None:
        wanted, tolerance = _converted(wanted, *spaces), _ROUNDED
    with np.errstate(invalid="ignore"):
        far = np.abs(got - wanted)
    size = np.maximum(np.abs(wanted).max(2, keepdims=True), _TOE)
    finite = np.isfinite(got).all(2) & np.isfinite(wanted).all(2)
    # NaN where the plate has none is told by its own check.
    differs &= np.isfinite(got).all(2)
    if tolerance:
        differs &= ~finite | (far > tolerance * size).any(2)
    distant = differs & (~finite | (far > 0.05 * size).any(2))
    return {
        "outside_differs": int(differs.sum()),
        "outside_far": int(distant.sum()),
        "outside": count,
        "first_outside": _first(differs, window),
    }


def _converted(rgb: np.ndarray, start: str, end: str) -> np.ndarray:
    pixels = torch.from_numpy(np.ascontiguousarray(rgb.transpose(2, 0, 1)))
    return np.asarray(convert(Frame.from_rgb(pixels, start), end).rgb.permute(1, 2, 0).numpy())


def _first(where: np.ndarray, window: Window) -> tuple[int, int] | None:
    at = int(where.argmax())
    row, column = divmod(at, where.shape[1])
    return (window.x0 + column, window.y0 + row) if where[row, column] else None
