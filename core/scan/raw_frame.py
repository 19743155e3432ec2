"""One OpenEXR file as it is: its bytes' hash, its header and its pixels in the file's own number type."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import OpenImageIO as oiio

from doublure.core.errors import DoublureError
from doublure.core.pixel_bands import pixel_bands
from doublure.core.scan.file_header import FileHeader, file_header

_BLOCK = 1 << 18
_TOGETHER = 128
"""Channels that OpenCV takes apart at once; it takes more of them for something else than channels."""


@dataclass(frozen=True)
class RawFrame:
    """One file read whole.

    Attributes:
        sha256: hexadecimal, of the file's bytes.
        header: what it says.
        pixels: (C, H, W) over the data window; float16 where every channel is half, else float32. Nothing is
            refused, NaN and infinity included.
    """

    sha256: str
    header: FileHeader
    pixels: np.ndarray

    @property
    def half(self) -> bool:
        """Whether ``pixels`` are 16-bit."""
        return bool(self.pixels.dtype == np.float16)

    def columns(self, names: str) -> list[int] | None:
        """Where one-letter channels lie ("RGB"), or None where one is absent."""
        if any(name not in self.header.channels for name in names):
            return None
        return [self.header.channels.index(name) for name in names]

    def channel(self, name: str) -> np.ndarray | None:
        """One channel (H, W), a view; None where it is absent."""
        found = self.header.channels
        return self.pixels[found.index(name)] if name in found else None


def read_raw(path: Path, number: int) -> RawFrame:
    """Read a file whole.

    Hash and pixels come of the same file: where it changes between the two, that is an error.

    Raises:
        DoublureError: no such file, not OpenEXR, unreadable or truncated pixels, several parts, deep data, integer
            channels, or a file that changes while it is read.
    """
    if not path.is_file():
        raise DoublureError("the frame is missing", file=path, frame=number, remedy="render it")
    before = _stamp(path, number)
    digest = _sha256(path, number)
    source = oiio.ImageInput.open(str(path))
    if source is None:
        raise _unreadable(path, number, oiio.geterror())
    try:
        if source.format_name() != "openexr":
            raise DoublureError(
                f"the file is {source.format_name()}, not OpenEXR",
                file=path,
                frame=number,
                remedy="write it as OpenEXR",
            )
        spec = source.spec()
        header = file_header(spec, path, number)
        half = set(header.formats) == {"half"}
        shape = (len(header.channels), header.data.height, header.data.width)
        values = np.empty(shape, np.float16 if half else np.float32)
        for top, band in pixel_bands(source, "half" if half else "float"):
            if band is None:
                raise _unreadable(path, number, source.geterror())
            _take_apart(band, values[:, top : top + len(band)])
    finally:
        source.close()
    if _stamp(path, number) != before:
        raise DoublureError(
            "the file changed while it was read",
            file=path,
            frame=number,
            remedy="publish once nothing writes it any more",
        )
    return RawFrame(digest, header, values)


def _take_apart(band: np.ndarray, planes: np.ndarray) -> None:
    """(h, W, C) into (C, h, W), while the band is still in the cache."""
    # As integers, which are moved as they are, NaN and all.
    kind = np.uint16 if band.dtype == np.float16 else np.int32
    for first in range(0, len(planes), _TOGETHER):
        some = slice(first, first + _TOGETHER)
        cv2.split(np.ascontiguousarray(band[..., some]).view(kind), [one.view(kind) for one in planes[some]])


def _sha256(path: Path, number: int) -> str:
    digest = hashlib.sha256()
    # One small block again and again: fresh memory for each costs as much as the hash of it.
    block = memoryview(bytearray(_BLOCK))
    try:
        with path.open("rb", buffering=0) as file:
            while count := file.readinto(block):
                digest.update(block[:count])
    except OSError as error:
        raise _unreadable(path, number, error.strerror or str(error)) from error
    return digest.hexdigest()


def _stamp(path: Path, number: int) -> tuple[int, int, int]:
    try:
        found = os.stat(path)
    except OSError as error:
        raise _unreadable(path, number, error.strerror or str(error)) from error
    return found.st_ino, found.st_size, found.st_mtime_ns


def _unreadable(path: Path, number: int, reason: str) -> DoublureError:
    lines = reason.strip().splitlines()
    said = lines[0].rstrip(". ") if lines else "no reason given"
    return DoublureError(
        f"the pixels cannot be read ({said})",
        file=path,
        frame=number,
        remedy="the file is probably truncated: render or copy it again",
    )
