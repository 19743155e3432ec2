"""Whole frames side by side: while they are, OpenCV's and torch's own threads are only in one another's way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import torch

_lock = threading.Lock()
_inside = 0
_before = (0, 0)


@contextmanager
def one_thread_each() -> Iterator[None]:
    """OpenCV and torch compute in the calling thread alone, in threads that are started inside too.

    For work that is already spread over threads frame by frame: there a core that splits a row of pixels takes it from
    another frame, and two frames at once took a seventh longer. Blocks nest and may overlap; as many threads as before
    are back when the last one ends.
    """
    global _inside, _before
    with _lock:
        if not _inside:
            _before = (cv2.getNumThreads(), torch.get_num_threads())
            _set(1, 1)
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                _set(*_before)


def _set(opencv: int, pytorch: int) -> None:
    cv2.setNumThreads(opencv)
    torch.set_num_threads(pytorch)
