"""What a scan keeps of a shot: numbers about every frame, and no pixel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from doublure.core.scan.face_facts import FaceFacts, ShotLight
from doublure.core.scan.file_header import FileHeader
from doublure.core.scan.pixel_facts import NOTHING, PixelFacts


@dataclass(frozen=True)
class FrameFacts:
    """One frame of the result, beside its frame of the plate.

    Attributes:
        number, path: its number and file.
        plate_path: the plate's file.
        fault: why the result or the plate cannot be read whole, one sentence; None where both can. With a fault all
            that follows is None or ``NOTHING``.
        sha256, plate_sha256: hexadecimal, of the files' bytes.
        header, plate_header: what the files say.
        pixels: counts over the picture.
        face: what was measured in the face; None where there is none or it cannot be measured.
        faceless: why ``face`` is None, a clause; None where it is there.
        expected: whether the track has a face in this frame.
    """

    number: int
    path: Path
    plate_path: Path
    fault: str | None = None
    sha256: str | None = None
    plate_sha256: str | None = None
    header: FileHeader | None = None
    plate_header: FileHeader | None = None
    pixels: PixelFacts = NOTHING
    face: FaceFacts | None = None
    faceless: str | None = None
    expected: bool = False


@dataclass(frozen=True)
class ShotFacts:
    """A scanned shot.

    Attributes:
        frames: in the order of their numbers.
        light: how the result's light differs from the plate's through the whole shot; None where no face was
            measured.
        missing: by measure, why no frame at all has a number for it.
        seconds_reading, seconds_checking: time spent, summed over the threads.
    """

    frames: tuple[FrameFacts, ...]
    light: ShotLight | None = None
    missing: Mapping[str, str] = field(default_factory=dict)
    seconds_reading: float = 0.0
    seconds_checking: float = 0.0

    @property
    def readable(self) -> tuple[FrameFacts, ...]:
        """The frames that could be read."""
        return tuple(frame for frame in self.frames if frame.fault is None)

    @property
    def faces(self) -> tuple[tuple[FrameFacts, FaceFacts], ...]:
        """The frames whose face was measured, each with what was found."""
        return tuple((frame, frame.face) for frame in self.frames if frame.face is not None)
