"""What an OpenEXR header says, apart from the pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import OpenImageIO as oiio

from doublure.core.errors import DoublureError
from doublure.core.frame import Attribute
from doublure.core.window import Window

# Not carried through: what Frame holds in its own fields, what the writer decides, what the reader invents,
# and colour statements that would be stale once the pixels have been converted (chromaticities and the ACES
# container flag say "linear, these primaries"; an id beside them is not allowed by the ASWF interop spec).
_DROPPED = {
    "compression", "pixelaspectratio", "colorinteropid", "chromaticities", "acesimagecontainerflag",
    "name", "type", "version", "chunkcount", "textureformat", "datawindow", "displaywindow", "lineorder",
}  # fmt: skip
_DROPPED_PREFIXES = ("oiio:", "openexr:", "doublure:float")

FLOAT_CHANNELS = "doublure:floatChannels"
"""Metadata key naming the channels other than R, G, B, A that the file held as 32-bit float (depth, ids): the
writer keeps them float. Never written into a file."""


@dataclass(frozen=True)
class Header:
    """The header of a single-part OpenEXR file.

    Attributes:
        channels: names in reading order (R, G, B, A first).
        formats: "half" or "float" for each channel.
        data, display: the windows, half-open.
        pixel_aspect: width of a pixel over its height.
        compression: OpenEXR compression name ("zip", "dwab"…).
        interop_id: the ``colorInteropID`` attribute, or None.
        metadata: the attributes that are carried through.
        path: the file.
    """

    channels: tuple[str, ...]
    formats: tuple[str, ...]
    data: Window
    display: Window
    pixel_aspect: float
    compression: str
    interop_id: str | None
    metadata: Mapping[str, Attribute]
    path: Path


def header_of(spec: oiio.ImageSpec, path: Path, frame: int | None) -> Header:
    """Our header of an OpenImageIO ``spec``.

    Raises:
        DoublureError: several parts, deep or volume data, or integer channels (a float would not hold them).
    """
    if spec.get_int_attribute("oiio:subimages", 1) > 1:
        raise DoublureError(
            "the file has several parts", file=path, frame=frame, remedy="write its layers as one part"
        )
    if spec.deep or spec.depth > 1:
        raise DoublureError("the image is deep", file=path, frame=frame, remedy="flatten it first")
    channels = tuple(spec.channelnames)
    formats = tuple(str(spec.channelformat(index)) for index in range(spec.nchannels))
    for name, kind in zip(channels, formats, strict=True):
        if kind not in ("half", "float"):
            raise DoublureError(
                f"the channel {name} holds {kind} numbers", file=path, frame=frame, remedy="write it as float"
            )
    metadata = {
        item.name: Attribute(str(item.type), item.value)
        for item in spec.extra_attribs
        if item.name.lower() not in _DROPPED and not item.name.startswith(_DROPPED_PREFIXES)
    }
    kept = tuple(n for n, f in zip(channels, formats, strict=True) if f == "float" and n not in tuple("RGBA"))
    if kept:
        metadata[FLOAT_CHANNELS] = Attribute(f"string[{len(kept)}]", kept)
    return Header(
        channels=channels,
        formats=formats,
        data=Window(spec.x, spec.y, spec.x + spec.width, spec.y + spec.height),
        display=Window(
            spec.full_x, spec.full_y, spec.full_x + spec.full_width, spec.full_y + spec.full_height
        ),
        pixel_aspect=spec.get_float_attribute("PixelAspectRatio", 1.0),
        compression=spec.get_string_attribute("compression", "none"),
        interop_id=spec.get_string_attribute("colorInteropID") or None,
        metadata=metadata,
        path=path,
    )
