"""Writes stage frames: ACEScg EXR, complete or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import OpenImageIO as oiio

from doublure.core.errors import DoublureError
from doublure.core.exr import HALF_MAX

COLOR_SPACE = "lin_ap1_scene"
PARTIAL = ".partial"
NO_DATE = "2000:01:01 00:00:00"


def is_complete(path: Path) -> bool:
    """Whether a frame is already there; frames are renamed into place, so one that exists is whole."""
    return path.exists()


def _partial(path: Path) -> Path:
    # The process id keeps two runs into one folder from sharing a file.
    return path.with_name(f"{path.name}.{os.getpid()}{PARTIAL}")


def remove_partials(folder: Path) -> None:
    """Removes what killed runs left below a folder, of processes that no longer exist."""
    for file in folder.rglob(f"*{PARTIAL}"):
        owner = file.name.removesuffix(PARTIAL).rpartition(".")[2]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            file.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Writes a text file through a temporary one that is renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial(path)
    partial.write_text(text)
    partial.replace(path)


def write_exr(
    path: Path,
    pixels: np.ndarray,
    *,
    channels: tuple[str, ...] = ("R", "G", "B"),
    full: Sequence[str] = (),
    origin: tuple[int, int] = (0, 0),
    display: tuple[int, int] | None = None,
    compression: str = "zip",
    attributes: dict[str, object] | None = None,
) -> None:
    """Writes pixels (H, W, C) as half, through a temporary file that is renamed.

    Args:
        full: the channels that are written as 32-bit float.
        origin: the data window's top left pixel.
        display: the display window's (width, height), origin (0, 0).
    """
    if not np.isfinite(pixels).all():
        raise DoublureError(
            "the rendered frame has NaN or infinite pixels", file=path, remedy="render it with another seed"
        )
    # A lamp in an eye can be brighter than half float goes; it would be written as infinity.
    limit = [np.inf if name in full else HALF_MAX for name in channels]
    pixels = np.clip(pixels, np.negative(limit), limit)
    height, width, count = pixels.shape
    spec = oiio.ImageSpec(width, height, count, oiio.HALF)
    spec.x, spec.y = origin
    spec.full_x = spec.full_y = 0
    spec.full_width, spec.full_height = display if display is not None else (width, height)
    spec.channelnames = channels
    if full:
        spec.channelformats = tuple(oiio.FLOAT if name in full else oiio.HALF for name in channels)
    spec.attribute("compression", compression)
    spec.attribute("colorInteropID", COLOR_SPACE)
    # Without it the clock goes into the header, and the same pixels would not be the same file.
    spec.attribute("DateTime", NO_DATE)
    for name, value in (attributes or {}).items():
        if name == "smpte:TimeCode":
            spec.attribute(name, oiio.TypeTimeCode, value)
        elif name == "framesPerSecond":
            spec.attribute(name, oiio.TypeRational, value)
        else:
            spec.attribute(name, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial(path)
    out = oiio.ImageOutput.create("openexr")
    if out is None or not out.open(str(partial), spec):
        raise DoublureError(
            "the frame cannot be written", file=path, remedy="check the folder and disk space"
        )
    ok = out.write_image(np.ascontiguousarray(pixels, np.float32))
    if not (out.close() and ok):
        raise DoublureError(
            "the frame cannot be written", file=path, remedy="check the folder and disk space"
        )
    partial.replace(path)


def timecode(frame: int, fps: int = 24) -> tuple[int, int]:
    """SMPTE 12M time code of a frame counted from 0 at 00:00:00:00, as the two packed words EXR holds."""
    parts = (frame % fps, frame // fps % 60, frame // fps // 60 % 60, frame // fps // 3600 % 24)
    packed = sum(((v // 10) << 4 | v % 10) << (8 * k) for k, v in enumerate(parts))
    return packed, 0
