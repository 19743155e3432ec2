"""What the header of one OpenEXR file says, as the checks of a delivery want it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import OpenImageIO as oiio

from doublure.core.color import space_of_interop_id
from doublure.core.header import FLOAT_CHANNELS, header_of
from doublure.core.window import Window

OWN = "doublure/"
"""Header attributes of ours begin so."""
ACES_SPACE = "ACES2065-1"
_LOSSY = ("b44", "b44a", "dwaa", "dwab", "pxr24")


@dataclass(frozen=True)
class FileHeader:
    """The header of a single-part OpenEXR file.

    Attributes:
        channels, formats: names in reading order (R, G, B, A first), and "half" or "float" for each.
        compression: OpenEXR compression name without a level ("zip", "dwab"…).
        data, display: the windows, half-open.
        pixel_aspect: width of a pixel over its height.
        interop_id: ``colorInteropID``, or None. chromaticities: eight numbers (red, green, blue and white x, y), or
            None. aces_container: the flag of SMPTE ST 2065-4.
        timecode: "01:02:03:04", or None. fps: frames a second, exact, or None.
        own: our own attributes, without their prefix ("key", "version", "faceless"…).
        other: names of all other attributes that are carried through.
    """

    channels: tuple[str, ...]
    formats: tuple[str, ...]
    compression: str
    data: Window
    display: Window
    pixel_aspect: float
    interop_id: str | None
    chromaticities: tuple[float, ...] | None
    aces_container: bool
    timecode: str | None
    fps: Fraction | None
    own: Mapping[str, str]
    other: frozenset[str]

    @property
    def lossy(self) -> bool:
        """Whether the compression changes pixels (24-bit float counts as it does, half passes it unchanged)."""
        if self.compression == "pxr24":
            return "float" in self.formats
        return self.compression in _LOSSY

    @property
    def space(self) -> str | None:
        """The OCIO colour space that the file names, by its id or as an ACES container; None where it names none."""
        if self.interop_id is not None:
            return space_of_interop_id(self.interop_id)
        return ACES_SPACE if self.aces_container else None

    def format_of(self, channel: str) -> str | None:
        """ "half" or "float"; None where there is no such channel."""
        return self.formats[self.channels.index(channel)] if channel in self.channels else None


def file_header(spec: oiio.ImageSpec, path: Path, number: int) -> FileHeader:
    """Our header of an OpenImageIO ``spec``. Raises DoublureError for what ``core.header.header_of`` refuses."""
    header = header_of(spec, path, number)
    own = {
        name.removeprefix(OWN): str(item.value)
        for name, item in header.metadata.items()
        if name.startswith(OWN)
    }
    timed = {"framespersecond", "smpte:timecode"}
    other = frozenset(
        name
        for name in header.metadata
        if not name.startswith(OWN) and name.lower() not in timed and name != FLOAT_CHANNELS
    )
    primaries = spec.getattribute("chromaticities")
    return FileHeader(
        header.channels,
        header.formats,
        header.compression.partition(":")[0],
        header.data,
        header.display,
        header.pixel_aspect,
        header.interop_id,
        None if primaries is None else tuple(float(value) for value in primaries),
        spec.get_int_attribute("acesImageContainerFlag", 0) == 1,
        spec.get_string_attribute("smpte:TimeCode") or None,
        _rate(spec),
        own,
        other,
    )


def _rate(spec: oiio.ImageSpec) -> Fraction | None:
    value = spec.getattribute("FramesPerSecond")
    if isinstance(value, tuple | list) and len(value) == 2 and value[1]:
        return Fraction(int(value[0]), int(value[1]))
    return Fraction(float(value)).limit_denominator(1001) if isinstance(value, int | float) else None
