"""Two frames from top to bottom, some rows at a time, so that everything asked of a band finds it in the cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from doublure.core.scan.bit_plane import BitPlane
from doublure.core.scan.raw_frame import RawFrame
from doublure.core.window import Window

ROWS = 32
"""Rows of a band: a half channel of 4K is a quarter of a megabyte."""


def bands(window: Window) -> Iterator[Window]:
    """The window cut across, from top to bottom."""
    for top in range(window.y0, window.y1, ROWS):
        yield Window(window.x0, top, window.x1, min(top + ROWS, window.y1))


def planes(
    frame: RawFrame, names: Sequence[str], window: Window, like: BitPlane | None = None
) -> dict[str, BitPlane]:
    """Channels under ``window``, which the frame covers; as numbers of the type of ``like`` where given."""
    rows, columns = window.slices(frame.header.data)
    found = frame.header.channels
    return {name: BitPlane(frame.pixels[found.index(name), rows, columns], like) for name in names}
