"""Two things at once: one network forward uses one core, so the looks of a pair share the machine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from doublure.core.cancel import carried

A = TypeVar("A")
B = TypeVar("B")


def both(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """What two functions return; the second one runs in a thread of its own beside the first.

    Worth it for work of a millisecond and more that leaves the interpreter's lock, as OpenCV's does. A fresh thread
    costs a twentieth of that, and, unlike a pool's, does not survive a fork in a bad state.

    Raises:
        What either raises, once both have ended; the first's where both do.
    """
    out: list[B] = []
    raised: list[BaseException] = []

    def work() -> None:
        try:
            out.append(second())
        except BaseException as error:  # Handed on to whoever asked, below.
            raised.append(error)

    beside = threading.Thread(target=carried(work))
    beside.start()
    try:
        one = first()
    finally:
        beside.join()
    if raised:
        raise raised[0]
    return one, out[0]
