"""Results that may be asked for again, bounded in memory, least recently used out first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Result:
    """Planes as they went to a client (C, H, W), and the notes that came with them."""

    planes: torch.Tensor
    notes: tuple[str, ...]

    @property
    def bytes(self) -> int:
        return self.planes.numel() * self.planes.element_size()


class Cache:
    """Results by key. Safe between threads.

    Args:
        limit: bytes of pixels; one result that is larger is not kept.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.bytes = 0
        self._kept: OrderedDict[str, Result] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Result | None:
        """The result kept under a key, which is then the most recently used."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def fits(self, size: int) -> bool:
        """Whether a result of that many bytes would be kept."""
        return size <= self.limit

    def put(self, key: str, result: Result) -> None:
        """Keep a result, and let go of the oldest that no longer fit."""
        if not self.fits(result.bytes):
            return
        with self._lock:
            old = self._kept.pop(key, None)
            self.bytes += result.bytes - (old.bytes if old is not None else 0)
            self._kept[key] = result
            while self.bytes > self.limit:
                _, oldest = self._kept.popitem(last=False)
                self.bytes -= oldest.bytes

    def __len__(self) -> int:
        return len(self._kept)
