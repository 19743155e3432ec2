"""Each client's own colour configuration: shows differ in theirs, and one service serves them all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_OCIO = "OCIO"


def own() -> str:
    """This process's ``$OCIO``, as another process understands it; "" where it is not set."""
    value = os.environ.get(_OCIO, "")
    return value if not value or "://" in value else os.path.abspath(value)


@contextmanager
def configured(value: str | None) -> Iterator[None]:
    """Work within the block with that ``$OCIO``; "" is unset, None whatever it is now.

    The environment is the process's: for the one thread that renders, and for those that it waits for.
    """
    before = os.environ.get(_OCIO)
    try:
        _set(before if value is None else value or None)
        yield
    finally:
        _set(before)


def _set(value: str | None) -> None:
    if value is None:
        os.environ.pop(_OCIO, None)
    else:
        os.environ[_OCIO] = value
