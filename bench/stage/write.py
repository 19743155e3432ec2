"""Writes stage frames: half-float ACEScg EXR, complete or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenImageIO as oiio

from doublure.core.errors import DoublureError

COLOR_SPACE = "lin_ap1_scene"


def is_complete(path: Path) -> bool:
    """Whether a frame is already there; frames are renamed into place, so one that exists is whole."""
    return path.exists()


def write_exr(
    path: Path,
    pixels: np.ndarray,
    *,
    channels: tuple[str, ...] = ("R", "G", "B"),
    origin: tuple[int, int] = (0, 0),
    display: tuple[int, int] | None = None,
    compression: str = "zip",
    attributes: dict[str, object] | None = None,
) -> None:
    """Writes pixels (H, W, C) as half, through a temporary file that is renamed.

    origin is the data window's top left pixel; display is the display window's (width, height), origin (0, 0).
    """
    height, width, count = pixels.shape
    spec = oiio.ImageSpec(width, height, count, oiio.HALF)
    spec.x, spec.y = origin
    spec.full_x = spec.full_y = 0
    spec.full_width, spec.full_height = display if display is not None else (width, height)
    spec.channelnames = channels
    spec.attribute("compression", compression)
    spec.attribute("colorInteropID", COLOR_SPACE)
    for name, value in (attributes or {}).items():
        if name == "smpte:TimeCode":
            spec.attribute(name, oiio.TypeTimeCode, value)
        elif name == "framesPerSecond":
            spec.attribute(name, oiio.TypeRational, value)
        else:
            spec.attribute(name, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.stem}.partial.exr")
    out = oiio.ImageOutput.create(str(partial))
    if out is None or not out.open(str(partial), spec):
        raise DoublureError(
            "the frame cannot be written", file=str(path), remedy="check the folder and disk space"
        )
    ok = out.write_image(np.ascontiguousarray(pixels, np.float32))
    if not (out.close() and ok):
        raise DoublureError(
            "the frame cannot be written", file=str(path), remedy="check the folder and disk space"
        )
    partial.replace(path)


def timecode(frame: int, fps: int = 24) -> tuple[int, int]:
    """SMPTE 12M time code of a frame counted from 0 at 00:00:00:00, as the two packed words EXR holds."""
    parts = (frame % fps, frame // fps % 60, frame // fps // 60 % 60, frame // fps // 3600 % 24)
    packed = sum(((v // 10) << 4 | v % 10) << (8 * k) for k, v in enumerate(parts))
    return packed, 0
