"""A render request with the memory that it speaks of."""

from __future__ import annotations

import mmap
from dataclasses import dataclass

from doublure.nodes.service.messages import Picture, Render


@dataclass(frozen=True)
class RenderJob:
    """Bound when the request comes in: a segment that is replaced meanwhile stays, for it, the old one.

    Attributes:
        memories: that of each input, in order.
        target: that of the output.
    """

    request: Render
    memories: tuple[mmap.mmap, ...]
    target: mmap.mmap

    def picture(self, name: str) -> tuple[Picture, mmap.mmap]:
        """An input's picture and its memory."""
        return next(
            (picture, memory)
            for picture, memory in zip(self.request.inputs, self.memories, strict=True)
            if picture.name == name
        )
