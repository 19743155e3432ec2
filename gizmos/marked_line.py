"""One line of ours in a file of the user's, every other byte of which stays as it is."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError


def add_line(path: Path, line: str, mark: str) -> bool:
    """Put the line at the file's end, once; a line that ends with the mark is ours and is replaced.

    Args:
        path: the file; made where it is missing. Its folder must exist.
        line: without its line end; ends with ``mark``.
        mark: what only our line ends with.

    Returns:
        Whether the file was changed.

    Raises:
        DoublureError: the file cannot be read or written.
    """
    before = _read(path)
    ours = [part.rstrip(b"\r") for part in before.split(b"\n") if _is_ours(part, mark)]
    if ours == [line.encode()]:
        return False
    rest = _without(before, mark)
    if rest and not rest.endswith(b"\n"):
        # A last line without an end gets ours behind it without one too: so removal knows what was there.
        _write(path, rest + b"\n" + line.encode())
    else:
        _write(path, rest + line.encode() + (b"\r\n" if b"\r\n" in rest else b"\n"))
    return True


def remove_line(path: Path, mark: str) -> bool:
    """Take our line out again, and nothing else. Returns whether there was one. Raises as ``add_line``."""
    before = _read(path)
    after = _without(before, mark)
    if after != before:
        _write(path, after)
    return after != before


def _without(content: bytes, mark: str) -> bytes:
    return b"\n".join(part for part in content.split(b"\n") if not _is_ours(part, mark))


def _is_ours(line: bytes, mark: str) -> bool:
    return line.rstrip(b"\r").endswith(mark.encode())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise DoublureError(f"the file cannot be read ({error.strerror})", file=path) from error


def _write(path: Path, content: bytes) -> None:
    # Where the file is a link, as with managed settings, its target is written and the link stays.
    target = path.resolve()
    with atomic_file(target) as temporary:
        temporary.write_bytes(content)
        if target.exists():
            os.chmod(temporary, stat.S_IMODE(target.stat().st_mode))
        else:
            os.chmod(temporary, 0o644)
