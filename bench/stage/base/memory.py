"""Memory as Dr.Jit wants it."""

from __future__ import annotations

from typing import Any

import numpy as np

LINE = 64
"""Bytes of a cache line."""


def aligned(values: Any) -> np.ndarray:
    """The values as flat float32 that begins at a cache line.

    Dr.Jit takes over an array where it lies, and compiles another kernel for one that lies askew, which NumPy's do by
    chance: a frame took four fifths of its time to compile what the frame before had compiled already.
    """
    flat = np.asarray(values, np.float32).ravel()
    room = np.empty(flat.size + LINE // flat.itemsize, np.float32)
    start = -room.ctypes.data % LINE // flat.itemsize
    out = room[start : start + flat.size]
    out[:] = flat
    return out
