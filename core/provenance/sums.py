"""SHA256SUMS: two lines that ``sha256sum --check`` reads too.

A C2PA manifest store has bytes that its own signature does not cover (box headers, and padding of about a
kilobyte). They mean nothing, but a changed one is a damaged file. This file covers them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from doublure.core.atomic import atomic_file

FILE_NAME = "SHA256SUMS"


def sums_text(files: Mapping[str, bytes]) -> str:
    """The text for files by name and content, sorted by name."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))


def write_sums(folder: Path, names: tuple[str, ...]) -> Path:
    """Write SHA256SUMS of files in ``folder`` atomically. Raises DoublureError when it cannot be written."""
    path = folder / FILE_NAME
    text = sums_text({name: (folder / name).read_bytes() for name in names})
    with atomic_file(path) as temporary:
        temporary.write_bytes(text.encode())
    return path


def wrong_names(data: bytes, files: Mapping[str, bytes]) -> list[str]:
    """The names whose line in SHA256SUMS (``data``) is not exactly as it must be.

    Every name where the file has other lines than one for each name, in order.
    """
    expected = sums_text(files).encode().splitlines(keepends=True)
    found = data.splitlines(keepends=True)
    if len(found) != len(expected):
        return sorted(files)
    return [name for name, want, have in zip(sorted(files), expected, found, strict=True) if want != have]
