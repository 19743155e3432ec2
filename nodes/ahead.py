"""Work on coming frames while the current one is in the caller's hands."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from doublure.core.cancel import carried

T = TypeVar("T")

AHEAD = 3
"""Frames read before they are needed, and frames waiting to be written: about 140 MB each at 4K."""

_THREADS = 2  # EXR decoding and colour conversion have threads of their own


def look_ahead(work: Callable[[int], T], numbers: Iterable[int]) -> Iterator[tuple[int, T]]:
    """``(number, work(number))`` in order, up to ``AHEAD`` of them worked out early on background threads.

    What ``work`` raises is raised in its turn, and ends the iteration. The threads can be cancelled as the caller can.
    """
    pool = ThreadPoolExecutor(_THREADS, "doublure-read")
    waiting: deque[tuple[int, Future[T]]] = deque()
    rest = iter(numbers)
    there = carried(work)

    def begin(count: int) -> None:
        waiting.extend((number, pool.submit(there, number)) for number in islice(rest, count))

    try:
        begin(AHEAD)
        while waiting:
            number, future = waiting.popleft()
            found = future.result()
            begin(1)
            yield number, found
            # So that a frame is freed as soon as the caller lets go of it.
            del found, future
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
