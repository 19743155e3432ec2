"""Frame sequences on disk: their names, a reader that reads ahead, a writer that writes behind."""

from __future__ import annotations

from doublure.core.pattern import Sequence
from doublure.core.reader import FrameReader
from doublure.core.writer import FrameWriter

__all__ = ["FrameReader", "FrameWriter", "Sequence"]
