"""Writes what a fitted head looks like into EXR files, one a frame, for the compositor."""

from __future__ import annotations

from pathlib import Path

import torch

from doublure.core.cancel import check
from doublure.core.color import WORKING
from doublure.core.errors import DoublureError
from doublure.core.face.head import CHANNELS
from doublure.core.face.sidecar import Track
from doublure.core.frame import Frame
from doublure.core.sequence import FrameWriter, Sequence
from doublure.core.window import Window


def write_passes(track: Track, pattern: str | Path, overscan: int = 0) -> int:
    """Write normal, position, UV and coverage of the fitted head (``head.CHANNELS``) as 32-bit float EXRs.

    Args:
        track: with fitted heads (:func:`heads.with_heads`). A frame without the face is written empty.
        pattern: the files, such as ``passes/passes.####.exr``.
        overscan: pixels of data window beyond the display window on every side.

    Returns:
        How many frames were written.

    Raises:
        DoublureError: the track has no fitted head; a file cannot be written.
    """
    if track.person is None:
        raise DoublureError(
            "the track has no fitted head",
            file=track.source,
            remedy="track the plate again: this sidecar is an older one, or was corrected by hand",
        )
    display = Window.of_size(track.width, track.height)
    data = display.grow(overscan)
    with FrameWriter(Sequence.parse(pattern), half=False) as writer:
        for face in track:
            check()
            pixels = torch.zeros((len(CHANNELS), data.height, data.width))
            if face.head is not None:
                pixels = face.head.passes(data, track.pixel_aspect)
            writer.write(
                Frame(pixels, CHANNELS, data, display, WORKING, track.pixel_aspect, number=face.number)
            )
    return len(track.frames)
