"""Counts over the pixels of a result beside its plate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from doublure.core.color import convert
from doublure.core.exr import HALF_MAX
from doublure.core.frame import Frame
from doublure.core.scan.raw_frame import RawFrame
from doublure.core.window import Window

MATTE = "matte"
_SIGN, _SIZE, _INFINITE = np.int16(-32768), np.int16(0x7FFF), 0x7C00
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


NOTHING = PixelFacts()
"""Of a frame that cannot be read."""


def pixel_facts(result: RawFrame, plate: RawFrame) -> PixelFacts:
    """The counts of one frame, over the pixels that both data windows have where the plate is asked.

    Args: result, plate: read whole (``raw_frame.read_raw``).
    """
    data = result.header.data
    nan, inf, first_bad = _not_finite(result, data)
    found: dict[str, object] = {"nan": nan, "inf": inf, "first_bad": first_bad}
    colour = result.columns("RGB")
    if colour is not None and not result.half:
        # 16-bit float holds nothing above its own maximum, so only 32-bit files can.
        rgb = result.pixels[..., colour]
        found["above_half"] = int((np.isfinite(rgb) & (np.abs(rgb) > HALF_MAX)).any(2).sum())
    elif colour is not None:
        found["above_half"] = 0
    matte = result.channel(MATTE)
    if matte is not None:
        found |= _matte(matte)
    common = data.intersect(plate.header.data)
    if colour is None or plate.columns("RGB") is None or common.empty:
        return PixelFacts(**found)  # type: ignore[arg-type]
    found |= _negative(result, plate, common)
    if matte is not None:
        found |= _outside(result, plate, common)
    found["alpha_differs"] = _alpha(result, plate, common)
    return PixelFacts(**found)  # type: ignore[arg-type]


def _not_finite(frame: RawFrame, data: Window) -> tuple[int, int, tuple[int, int] | None]:
    asked = [i for i, name in enumerate(frame.header.channels) if name in ("R", "G", "B", "A", MATTE)]
    if _surely_finite(frame.pixels):
        return 0, 0, None
    values = frame.pixels[..., asked]
    nan, inf = np.isnan(values).any(2), np.isinf(values).any(2)
    return int(nan.sum()), int(inf.sum()), _first(nan | inf, data)


def _surely_finite(values: np.ndarray) -> bool:
    if values.dtype != np.float16:
        return bool(np.isfinite(values).all())
    # As integers, the sign taken off, finite halves are the smaller ones: several times quicker than asking floats.
    bits = np.ascontiguousarray(values).view(np.int16)
    return all(int((band & _SIZE).max(initial=0)) < _INFINITE for band in _bands(bits))


def _bands(values: np.ndarray, rows: int = 64) -> list[np.ndarray]:
    """Views of some rows each, small enough for the cache."""
    return [values[top : top + rows] for top in range(0, len(values), rows)]


def _matte(matte: np.ndarray) -> dict[str, object]:
    plane = np.ascontiguousarray(matte).astype(np.float32)
    if not np.isfinite(plane).all():
        plane = np.where(np.isfinite(plane), plane, np.float32(0))
    low, high = float(plane.min()), float(plane.max())
    wrong = int(((plane < 0) | (plane > 1)).sum()) if low < 0 or high > 1 else 0
    return {
        "matte_minimum": low,
        "matte_maximum": high,
        "coverage": float(plane.sum(dtype=np.float64)),
        "matte_wrong": wrong,
        "inside": int(np.count_nonzero(plane)),
    }


def _cut(frame: RawFrame, window: Window, channel: int) -> np.ndarray:
    rows, columns = window.slices(frame.header.data)
    return np.ascontiguousarray(frame.pixels[rows, columns, channel])


def _negative(result: RawFrame, plate: RawFrame, common: Window) -> dict[str, object]:
    ours, theirs = result.columns("RGB") or [], plate.columns("RGB") or []
    planes = [_cut(result, common, channel) for channel in ours]
    if all(_lowest(plane) >= 0 for plane in planes):
        return {"negative": 0, "negative_made": 0}
    below = np.zeros(planes[0].shape, bool)
    made = np.zeros_like(below)
    lowest = 0.0
    matte = result.channel(MATTE)
    rows, columns = common.slices(result.header.data)
    under = None if matte is None else matte[rows, columns] > 0
    for plane, channel in zip(planes, theirs, strict=True):
        dark = plane < 0
        below |= dark
        new = dark & ~(_cut(plate, common, channel) < 0)
        if under is not None:
            new &= under
        finite = plane[new & np.isfinite(plane)]
        lowest = min(lowest, float(finite.min())) if finite.size else lowest
        made |= new
    return {"negative": int(below.sum()), "negative_made": int(made.sum()), "lowest": lowest}


def _lowest(plane: np.ndarray) -> float:
    """The minimum, or something below 0 where NaN hides it."""
    if plane.dtype == np.float16:
        return float(plane.view(np.int16).min())
    low = float(plane.min())
    return low if np.isfinite(low) else -1.0


def _outside(result: RawFrame, plate: RawFrame, common: Window) -> dict[str, object]:
    ours, theirs = result.columns("RGB") or [], plate.columns("RGB") or []
    rows, columns = common.slices(result.header.data)
    matte = result.pixels[rows, columns, result.header.channels.index(MATTE)]
    outside = np.ascontiguousarray(matte) == 0
    pairs = [(_cut(result, common, a), _cut(plate, common, b)) for a, b in zip(ours, theirs, strict=True)]
    differs = np.zeros(outside.shape, bool)
    for mine, other in pairs:
        differs |= _other_bits(mine, other)
    differs &= outside
    count = int(np.count_nonzero(outside))
    if not differs.any():
        return {"outside_differs": 0, "outside_far": 0, "outside": count}
    got = np.stack([mine for mine, _ in pairs], 2).astype(np.float32)
    wanted = np.stack([other for _, other in pairs], 2).astype(np.float32)
    spaces = result.header.space, plate.header.space
    tolerance = 0.0
    if None not in spaces and spaces[0] != spaces[1] and differs.sum() > count / 2:
        # Delivered in another colour space: no bit can be the plate's.
        wanted, tolerance = _converted(wanted, str(spaces[1]), str(spaces[0])), _ROUNDED
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
        "first_outside": _first(differs, common),
    }


def _other_bits(mine: np.ndarray, other: np.ndarray) -> np.ndarray:
    if mine.dtype == other.dtype:
        kind = np.int16 if mine.dtype == np.float16 else np.int32
        return np.asarray(mine.view(kind) != other.view(kind))
    if mine.dtype == np.float16:
        # The nearest that the result's file can hold.
        with np.errstate(over="ignore"):
            return np.asarray(mine.view(np.int16) != other.astype(np.float16).view(np.int16))
    return np.asarray(mine.view(np.int32) != other.astype(np.float32).view(np.int32))


def _converted(rgb: np.ndarray, start: str, end: str) -> np.ndarray:
    pixels = torch.from_numpy(np.ascontiguousarray(rgb.transpose(2, 0, 1)))
    return np.asarray(convert(Frame.from_rgb(pixels, start), end).rgb.permute(1, 2, 0).numpy())


def _alpha(result: RawFrame, plate: RawFrame, common: Window) -> int | None:
    if "A" not in result.header.channels or "A" not in plate.header.channels:
        return None
    mine, other = (_cut(frame, common, frame.header.channels.index("A")) for frame in (result, plate))
    return int(np.count_nonzero(_other_bits(mine, other) & ~(np.isnan(mine) | np.isinf(mine))))


def _first(where: np.ndarray, window: Window) -> tuple[int, int] | None:
    at = int(where.argmax())
    row, column = divmod(at, where.shape[1])
    return (window.x0 + column, window.y0 + row) if where[row, column] else None
