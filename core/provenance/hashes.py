"""Hashes of many files, several at a time; each file is read once."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from doublure.core.errors import DoublureError
from doublure.core.provenance.c4 import c4_of_digest

_PIECE = 4 << 20


@dataclass(frozen=True)
class FileHash:
    """A file's size in bytes, its SHA-256 in hex, and its C4 identifier where it was asked for."""

    size: int
    sha256: str
    c4: str | None = None


def hash_file(path: str | os.PathLike[str], *, c4: bool = False, frame: int | None = None) -> FileHash:
    """Hash one file.

    Args:
        path: a regular file; links are followed.
        c4: also take the C4 identifier (SHA-512), in the same read.
        frame: the frame number told in error sentences.

    Raises:
        DoublureError: no such file, not a regular file, or it cannot be read.
    """
    path = Path(path)
    sums = [hashlib.sha256()] + ([hashlib.sha512()] if c4 else [])
    size = 0
    try:
        # A pipe or a device would never end.
        if not stat.S_ISREG(path.stat().st_mode):
            raise DoublureError(
                "this is not a plain file", file=path, frame=frame, remedy="put the file itself there"
            )
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE):
                size += len(piece)
                for total in sums:
                    total.update(piece)
    except FileNotFoundError as error:
        raise DoublureError(
            "there is no such file", file=path, frame=frame, remedy="check the name"
        ) from error
    except OSError as error:
        raise DoublureError(
            f"the file cannot be read ({error.strerror or error})",
            file=path,
            frame=frame,
            remedy="check its rights and the disk",
        ) from error
    return FileHash(size, sums[0].hexdigest(), c4_of_digest(sums[1].digest()) if c4 else None)


def hash_files(
    files: Sequence[tuple[int | None, Path]],
    *,
    threads: int = 2,
    c4: bool = False,
    progress: Callable[[int], None] | None = None,
) -> list[FileHash | DoublureError]:
    """Hash files in parallel threads (the hashing itself runs outside Python's lock).

    Args:
        files: (frame number or None, path).
        threads: files read at the same time, at least 1.
        c4: as ``hash_file``.
        progress: called after each file with the number of files done.

    Returns:
        In the order of ``files``: the hashes, or the error that names the file.
    """

    def one(item: tuple[int | None, Path]) -> FileHash | DoublureError:
        try:
            return hash_file(item[1], c4=c4, frame=item[0])
        except DoublureError as error:
            return error

    results: list[FileHash | DoublureError] = []
    pool = ThreadPoolExecutor(max_workers=max(1, threads), thread_name_prefix="hash")
    try:
        # One thread needs no pool; many small files would spend their time in it.
        for result in pool.map(one, files) if threads > 1 else map(one, files):
            results.append(result)
            if progress is not None:
                progress(len(results))
    finally:
        # An interrupt must not wait for a thousand files that nobody wants any more.
        pool.shutdown(wait=True, cancel_futures=True)
    return results
