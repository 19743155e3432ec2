"""Content hashes of files, taken once while a file does not change."""

from __future__ import annotations

import hashlib
from pathlib import Path

from doublure.core.errors import DoublureError
from doublure.nodes.context import Shared


def file_digest(path: str | Path, shared: Shared, *, number: int | None = None) -> str:
    """SHA-256 of a file's bytes, in hex.

    Raises:
        DoublureError: the file is missing or cannot be read.
    """
    path = Path(path)
    return shared.get(("digest", *file_state(path, number=number)), lambda: _hash(path, number))


def file_state(path: Path, *, number: int | None = None) -> tuple[str, int, int]:
    """(path, size, mtime in ns): changes when the file is written anew. Raises DoublureError when it is missing."""
    try:
        stat = path.stat()
    except OSError as error:
        raise _unreadable(path, number, error) from error
    return str(path), stat.st_size, stat.st_mtime_ns


def _hash(path: Path, number: int | None) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, number, error) from error


def _unreadable(path: Path, number: int | None, error: OSError) -> DoublureError:
    if isinstance(error, FileNotFoundError):
        return DoublureError(
            "there is no such file", file=path, frame=number, remedy="check the path and the range"
        )
    return DoublureError(
        f"the file cannot be read ({error.strerror or error})",
        file=path,
        frame=number,
        remedy="check its rights",
    )
