"""Cooperative cancellation: whoever starts work may stop it, and no signature in between knows of it.

``with cancellable(stop)`` names who is asked; every long loop of core calls ``check()`` between its steps.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_stops: ContextVar[tuple[Callable[[], bool], ...]] = ContextVar("stops", default=())


class Cancelled(Exception):  # noqa: N818  (not an error: somebody asked for it)
    """Work was given up because somebody asked for it."""


@contextmanager
def cancellable(stop: Callable[[], bool] | None) -> Iterator[None]:
    """Work within the block ends with ``Cancelled`` soon after ``stop`` answers True.

    Blocks nest: the inner ``stop`` and every outer one count.

    A thread that is started inside knows nothing of it, because a new thread begins with an empty context: give it
    its work through `carried`.

    Args:
        stop: asked often, from whichever thread works; cheap, and once True always True. None: nobody more is asked.
    """
    before = _stops.set(_stops.get() if stop is None else (*_stops.get(), stop))
    try:
        yield
    finally:
        _stops.reset(before)


def check() -> None:
    """Raise Cancelled where somebody wants the present work stopped. Costs next to nothing where nobody can."""
    for stop in _stops.get():
        if stop():
            raise Cancelled


def carried(function: Callable[P, T]) -> Callable[P, T]:
    """``function`` for another thread: there too it asks those who are asked here and now."""
    stops = _stops.get()

    @functools.wraps(function)
    def there(*args: P.args, **kwargs: P.kwargs) -> T:
        before = _stops.set(stops)
        try:
            return function(*args, **kwargs)
        finally:
            _stops.reset(before)

    return there
