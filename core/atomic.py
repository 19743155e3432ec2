"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from doublure.core.errors import DoublureError


@contextmanager
def atomic_file(path: str | os.PathLike[str], *, frame: int | None = None) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; on success it is flushed to disk and renamed to ``path``.

    The temporary name is hidden and keeps the suffix (image writers choose their format by it). When the body
    raises, the temporary file is removed and an older file at ``path`` stays as it was.

    Args:
        path: the file to create or replace.
        frame: the frame number told in error sentences.

    Raises:
        DoublureError: the folder is missing, or the file cannot be written there (rights, full disk).
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise DoublureError(
            f"the folder {path.parent} does not exist", file=path, frame=frame, remedy="create it first"
        )
    temporary = path.parent / f".{path.stem}.{uuid.uuid4().hex[:12]}{path.suffix}"
    try:
        # Made here first: an image library's own message for a closed folder does not say why.
        with open(temporary, "xb"):
            pass
        yield temporary
        _flush(temporary)
        os.replace(temporary, path)
        _flush(path.parent)
    except OSError as error:
        raise DoublureError(
            f"the file cannot be written ({error.strerror or error})",
            file=path,
            frame=frame,
            remedy="check the folder's rights and free space",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Force a file's bytes, or a folder's entries, to the disk."""
    if path.is_dir() and os.name == "nt":
        return
    # Windows flushes only files opened for writing.
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
