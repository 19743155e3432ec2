"""One channel as the integers that its numbers are stored as: several times quicker to ask than 16-bit floats."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from doublure.core.window import Window

_KINDS: dict[np.dtype[Any], tuple[np.dtype[Any], int, int]] = {
    np.dtype(np.float16): (np.dtype(np.uint16), 0x7C00, 0x8000),
    np.dtype(np.float32): (np.dtype(np.uint32), 0x7F800000, 0x80000000),
}
"""By number type: its integers, the bits of infinity, and the bit of the sign (IEEE 754)."""


class BitPlane:
    """A channel (H, W) and its bits.

    Args:
        values: float16 or float32, any strides.
        like: take over the number type of this one, rounding to the nearest that it can hold.

    Attributes:
        values: (H, W), contiguous. bits: the same memory as unsigned integers.
    """

    def __init__(self, values: np.ndarray, like: BitPlane | None = None) -> None:
        kind: np.dtype[Any] = values.dtype if like is None else like.values.dtype
        with np.errstate(over="ignore"):
            self.values: np.ndarray = np.ascontiguousarray(values, kind)
        unsigned, self._infinite, self._sign = _KINDS[kind]
        self.bits: np.ndarray = self.values.view(unsigned)

    @property
    def half(self) -> bool:
        """Whether the numbers are 16-bit."""
        return bool(self.values.dtype == np.float16)

    @cached_property
    def _largest(self) -> int:
        return int(self.bits.max(initial=0))

    @property
    def nothing(self) -> bool:
        """Whether every value is 0, without a sign."""
        return self._largest == 0

    @cached_property
    def _highest(self) -> tuple[int, int]:
        """The largest bits of numbers without and (less the sign) with a sign: the sign is the highest bit."""
        highest = self._largest
        if highest < self._sign:
            return highest, 0
        signed = self.bits.view(np.int16 if self.half else np.int32)
        return max(int(signed.max(initial=0)), 0), max(highest - self._sign, 0)

    @property
    def surely_finite(self) -> bool:
        """Whether there is no NaN and no infinity."""
        return max(self._highest) < self._infinite

    @property
    def has_negative(self) -> bool:
        """Whether any value is below 0, or a NaN that has a sign; -0 is not below 0."""
        return self._highest[1] > 0

    @cached_property
    def occupied(self) -> slice:
        """The columns from the first to the last with a value that is not 0; none of a plane of nothing."""
        there = np.flatnonzero(np.bitwise_or.reduce(self.bits, 0))
        return slice(int(there[0]), int(there[-1]) + 1) if len(there) else slice(0, 0)

    def finite(self) -> np.ndarray:
        """(H, W) bool."""
        return np.ones(self.values.shape, bool) if self.surely_finite else np.isfinite(self.values)

    def negative(self, columns: slice = slice(None)) -> np.ndarray:
        """(H, W of ``columns``) bool: below 0; -0 and NaN are not."""
        if not self.has_negative:
            return np.zeros(self.bits[:, columns].shape, bool)
        return np.asarray(self._below(columns) < self.bits.dtype.type(self._infinite))

    def _below(self, columns: slice = slice(None)) -> np.ndarray:
        # 0 is the smallest number below 0, the bits of infinity less 1 minus infinity; all others wrap round above it.
        return np.asarray(self.bits[:, columns] - self.bits.dtype.type(self._sign + 1))

    def zero(self) -> np.ndarray:
        """(H, W) bool: 0 or -0."""
        out = np.asarray(self.bits == 0)
        return out | (self.bits == self._sign) if self._largest >= self._sign else out

    def differs(self, other: BitPlane) -> np.ndarray:
        """(H, W) bool: another bit, in a plane of the same size and type."""
        return np.asarray(self.bits != other.bits)

    def cut(self, window: Window, inside: Window) -> BitPlane:
        """The pixels of ``window`` where this plane covers ``inside``."""
        return BitPlane(self.values[window.slices(inside)])


def any_negative(planes: Sequence[BitPlane]) -> np.ndarray:
    """(H, W) bool: below 0 in any of some planes of one size and type."""
    dark = [plane for plane in planes if plane.has_negative]
    if not dark:
        return np.zeros(planes[0].bits.shape, bool)
    lowest = dark[0]._below()
    for plane in dark[1:]:
        np.minimum(lowest, plane._below(), out=lowest)
    return np.asarray(lowest < lowest.dtype.type(dark[0]._infinite))
