"""The pixels of an OpenEXR file some rows at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import OpenImageIO as oiio

_ROWS = 128
_ROWS_OF_DWAB = 256
"""Whole blocks of every compression, which has at most 32 rows in one; DWAB has 256."""


def pixel_bands(source: oiio.ImageInput, kind: str) -> Iterator[tuple[int, np.ndarray | None]]:
    """All rows of the open file from top to bottom: (first row, counted from the data window's top; (h, W, C) pixels).

    A whole 4K frame comes in fresh memory each time, which the system clears page by page; a band's memory is used
    again, and is still in the cache for whoever takes it. Two 4K frames read side by side take a fifth less so. A
    tiled file comes in one band.

    Args:
        source: a single-part file, just opened. kind: "half" or "float", which pixels are converted to.

    Yields:
        None in place of the pixels where they cannot be read (``source.geterror()`` says why), and then no more.
    """
    spec = source.spec()
    form = oiio.HALF if kind == "half" else oiio.FLOAT
    size = (spec.width, spec.nchannels)
    if spec.tile_width:
        values = source.read_image(0, 0, 0, spec.nchannels, form)
        yield 0, None if values is None else np.asarray(values).reshape(spec.height, *size)
        return
    dwab = spec.get_string_attribute("compression").startswith("dwab")
    rows = _ROWS_OF_DWAB if dwab else _ROWS
    for top in range(0, spec.height, rows):
        below = min(top + rows, spec.height)
        values = source.read_scanlines(spec.y + top, spec.y + below, 0, 0, spec.nchannels, form)
        if values is None:
            yield top, None
            return
        yield top, np.asarray(values).reshape(below - top, *size)
