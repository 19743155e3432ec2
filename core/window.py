"""Integer pixel rectangles: the data and display windows of an image."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """A half-open rectangle of pixels, y down: columns ``x0 <= x < x1``, rows ``y0 <= y < y1``.

    OpenEXR writes inclusive maxima (``dataWindow``, OpenEXR file layout); ours are one greater.
    """

    x0: int
    y0: int
    x1: int
    y1: int

    @classmethod
    def of_size(cls, width: int, height: int) -> Window:
        """The window of that size whose first pixel is (0, 0)."""
        return cls(0, 0, width, height)

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.y1 - self.y0

    @property
    def empty(self) -> bool:
        return self.width <= 0 or self.height <= 0

    def contains(self, other: Window) -> bool:
        """True when every pixel of ``other`` lies inside."""
        return self.x0 <= other.x0 and self.y0 <= other.y0 and other.x1 <= self.x1 and other.y1 <= self.y1

    def intersect(self, other: Window) -> Window:
        """The pixels in both (may be ``empty``)."""
        return Window(
            max(self.x0, other.x0), max(self.y0, other.y0), min(self.x1, other.x1), min(self.y1, other.y1)
        )

    def grow(self, pixels: int) -> Window:
        """The window with ``pixels`` more on every side."""
        return Window(self.x0 - pixels, self.y0 - pixels, self.x1 + pixels, self.y1 + pixels)

    def slices(self, inside: Window) -> tuple[slice, slice]:
        """(rows, columns) that pick this window out of an array covering ``inside``."""
        return slice(self.y0 - inside.y0, self.y1 - inside.y0), slice(
            self.x0 - inside.x0, self.x1 - inside.x0
        )
