"""One OpenEXR frame in, one frame out, through OpenImageIO."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import torch

from doublure.core.atomic import atomic_file
from doublure.core.cancel import check
from doublure.core.color import interop_id_of_space, resolve_space, space_of_interop_id
from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.core.header import FLOAT_CHANNELS, Header, header_of
from doublure.core.pixel_bands import pixel_bands

# OpenImageIO writes ZIP without a word when it does not know a name, so names are checked here.
COMPRESSIONS = ("none", "rle", "zip", "zips", "piz", "pxr24", "b44", "b44a", "dwaa", "dwab")
HALF_MAX = 65504.0
# Rows converted at a time: about 4 MB of float pixels at 4K, so that the checks find them in the cache.
_BAND = 64


def read_header(path: str | os.PathLike[str], *, number: int | None = None) -> Header:
    """The header of an OpenEXR file; the pixels are not read and so not checked.

    Raises:
        DoublureError: no such file, not an OpenEXR file, several parts, deep data, integer channels.
    """
    path = Path(path)
    source = _open(path, number)
    try:
        return header_of(source.spec(), path, number)
    finally:
        source.close()


def read_exr(path: str | os.PathLike[str], *, number: int | None = None, space: str | None = None) -> Frame:
    """Read every pixel and channel of a single-part OpenEXR file.

    Args:
        path: the file.
        number: its frame number, kept in the frame and told in error sentences.
        space: OCIO colour space of R, G, B; None takes it from the file's ``colorInteropID``.

    Returns:
        The frame. ``pixels`` (C, H, W) float32 may be a permuted view of an (H, W, C) buffer.

    Raises:
        DoublureError: no such file, truncated or corrupt pixels, an unknown colour space, NaN or infinite
            values in R, G, B or A, or anything that ``read_header`` refuses.
    """
    check()
    path = Path(path)
    source = _open(path, number)
    try:
        header = header_of(source.spec(), path, number)
        space = _space(header, number) if space is None else resolve_space(space)
        pixels, finite = _read(source, header, path, number)
    finally:
        source.close()
    frame = Frame(
        pixels=pixels.permute(2, 0, 1),
        channels=header.channels,
        data=header.data,
        display=header.display,
        space=space,
        pixel_aspect=header.pixel_aspect,
        metadata=header.metadata,
        number=number,
        path=path,
    )
    if not finite:
        check_finite(frame, path)
    return frame


def write_exr(
    path: str | os.PathLike[str],
    frame: Frame,
    *,
    compression: str = "zip",
    half: bool = True,
    interop: bool = True,
) -> None:
    """Write a frame as a scanline OpenEXR file that appears whole or not at all.

    Args:
        path: the file to create or replace; its folder must exist.
        frame: what to write. Windows, aspect, channels and metadata are kept; OpenEXR sorts the channels.
        compression: one of ``COMPRESSIONS``, with an optional level ("zip:4", "dwaa:45").
        half: 16-bit float, except for channels beside R, G, B, A that were read as 32-bit; else all 32-bit.
        interop: write the ``colorInteropID`` of ``frame.space`` where its colour space has one.

    Raises:
        DoublureError: NaN or infinity in R, G, B or A; with ``half``, a magnitude above 65504, which would
            become infinite; an unwritable folder; an unknown compression; no pixels.
    """
    path = Path(path)
    if compression.partition(":")[0] not in COMPRESSIONS:
        raise DoublureError(
            f"there is no compression {compression!r}",
            file=path,
            frame=frame.number,
            remedy=f"choose one of {', '.join(COMPRESSIONS)}",
        )
    if frame.data.empty or not frame.channels:
        raise DoublureError(
            "the frame has no pixels", file=path, frame=frame.number, remedy="give it a data window"
        )
    kept = frame.metadata[FLOAT_CHANNELS].value if FLOAT_CHANNELS in frame.metadata else ()
    chosen = [half and name not in kept for name in frame.channels]
    if any(chosen):
        values = _to_half(frame, path, chosen)
    else:
        check_finite(frame, path)
        values = frame.pixels.permute(1, 2, 0).contiguous()
    spec = _spec(frame, chosen, compression, interop)
    array = values.detach().numpy()
    with atomic_file(path, frame=frame.number) as temporary:
        sink = oiio.ImageOutput.create(str(temporary))
        if sink is None:
            raise _unwritable(path, frame, oiio.geterror())
        ok = sink.open(str(temporary), spec) and sink.write_image(array)
        reason = sink.geterror()
        if not (sink.close() and ok):
            raise _unwritable(path, frame, reason or sink.geterror())


def check_finite(frame: Frame, file: Path) -> None:
    """Raise DoublureError when R, G, B or A holds NaN or infinity: how many, and where the first one is.

    Other channels may be infinite (the depth of an empty background is). ``file`` is told in the sentence.
    """
    for name in "RGBA":
        if not frame.has(name):
            continue
        bad = ~torch.isfinite(frame.channel(name))
        count = int(bad.sum())
        if count:
            row, column = divmod(int(bad.flatten().to(torch.uint8).argmax()), bad.shape[1])
            place = f"({frame.data.x0 + column}, {frame.data.y0 + row})"
            raise DoublureError(
                f"the channel {name} is NaN or infinite in {_counted(count, 'pixel')}, first at {place}",
                file=file,
                frame=frame.number,
                remedy="repair the frame upstream or paint the pixels out",
            )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _open(path: Path, number: int | None) -> oiio.ImageInput:
    if not path.is_file():
        raise DoublureError(
            "there is no such file", file=path, frame=number, remedy="check the name and the frame range"
        )
    if not os.access(path, os.R_OK):
        raise DoublureError("the file may not be read", file=path, frame=number, remedy="check its rights")
    source = oiio.ImageInput.open(str(path))
    if source is None:
        raise DoublureError(
            f"the file cannot be opened ({_reason(oiio.geterror())})",
            file=path,
            frame=number,
            remedy="render or copy it again",
        )
    if source.format_name() != "openexr":
        found = source.format_name()
        source.close()
        raise DoublureError(
            f"the file is {found}, not OpenEXR", file=path, frame=number, remedy="convert it to OpenEXR"
        )
    return source


def _space(header: Header, number: int | None) -> str:
    if header.interop_id is None:
        raise DoublureError(
            "the file does not say its colour space (no colorInteropID)",
            file=header.path,
            frame=number,
            remedy='name it, for example space "ACEScg"',
        )
    space = space_of_interop_id(header.interop_id)
    if space is None:
        raise DoublureError(
            f"the colour configuration has no space for the colorInteropID {header.interop_id!r}",
            file=header.path,
            frame=number,
            remedy='name the space, for example "ACEScg"',
        )
    return space


def _read(
    source: oiio.ImageInput, header: Header, path: Path, number: int | None
) -> tuple[torch.Tensor, bool]:
    """(H, W, C) float32, and whether every value is surely finite."""
    # numpy asks for large pages, which the system clears several times quicker than small ones.
    shape = (header.data.height, header.data.width, len(header.channels))
    pixels = torch.from_numpy(np.empty(shape, np.float32))
    total = 0.0
    for top, values in pixel_bands(source, "half" if set(header.formats) == {"half"} else "float"):
        check()
        if values is None:
            raise DoublureError(
                f"the pixels cannot be read ({_reason(source.geterror())})",
                file=path,
                frame=number,
                remedy="the file is probably truncated: render or copy it again",
            )
        band = pixels[top : top + len(values)]
        band.copy_(torch.from_numpy(values))
        # A sum is the cheapest test: NaN and infinity survive it. It may overflow on huge finite floats, and
        # then the caller's exact check decides.
        total += float(band.sum())
    return pixels, math.isfinite(total)


def _to_half(frame: Frame, path: Path, chosen: list[bool]) -> torch.Tensor:
    """(C, H, W) to (H, W, C), half where every channel is ``chosen``; refuses what half cannot hold."""
    source = frame.pixels.permute(1, 2, 0)
    every = all(chosen)
    out = torch.empty(source.shape, dtype=torch.float16 if every else torch.float32)
    safe = True
    for top in range(0, source.shape[0], _BAND):
        check()
        band = source[top : top + _BAND]
        low, high = torch.aminmax(band)
        # Written so that NaN fails it.
        safe = safe and bool(low >= -HALF_MAX) and bool(high <= HALF_MAX)
        out[top : top + _BAND] = band
    if not safe:
        check_finite(frame, path)
        for name, half in zip(frame.channels, chosen, strict=True):
            plane = frame.channel(name)
            beyond = plane[torch.isfinite(plane) & (plane.abs() > HALF_MAX)] if half else plane[:0, 0]
            if beyond.numel():
                raise DoublureError(
                    f"the channel {name} has {_counted(beyond.numel(), 'value')} beyond 16-bit float "
                    f"(up to {float(beyond.abs().max()):.6g}; the limit is 65504)",
                    file=path,
                    frame=frame.number,
                    remedy="write 32-bit float instead",
                )
    return out


def _spec(frame: Frame, chosen: list[bool], compression: str, interop: bool) -> oiio.ImageSpec:
    """OpenImageIO's header for a frame whose ``chosen`` channels are half."""
    data, display = frame.data, frame.display
    formats = tuple(oiio.TypeDesc("half" if half else "float") for half in chosen)
    spec = oiio.ImageSpec(data.width, data.height, len(chosen), oiio.HALF if all(chosen) else oiio.FLOAT)
    spec.channelnames = frame.channels
    if any(chosen) and not all(chosen):
        spec.channelformats = formats
    spec.alpha_channel = frame.channels.index("A") if frame.has("A") else -1
    spec.z_channel = frame.channels.index("Z") if frame.has("Z") else -1
    spec.x, spec.y = data.x0, data.y0
    spec.full_x, spec.full_y = display.x0, display.y0
    spec.full_width, spec.full_height = display.width, display.height
    for name, item in frame.metadata.items():
        if name == FLOAT_CHANNELS:
            continue
        if item.type == "string":
            spec.attribute(name, item.value)
        else:
            spec.attribute(name, oiio.TypeDesc(item.type), item.value)
    if "DateTime" not in frame.metadata:
        # OpenImageIO would write the present time, and equal frames would not give equal files.
        spec.attribute("DateTime", "")
    spec.attribute("compression", compression)
    spec.attribute("PixelAspectRatio", float(frame.pixel_aspect))
    identity = interop_id_of_space(frame.space) if interop else None
    if identity is not None:
        spec.attribute("colorInteropID", identity)
    return spec


def _unwritable(path: Path, frame: Frame, reason: str) -> DoublureError:
    return DoublureError(
        f"the file cannot be written ({_reason(reason)})",
        file=path,
        frame=frame.number,
        remedy="check the folder's rights and free space",
    )


def _reason(text: str) -> str:
    """A library's message as a clause: its first line without the full stop."""
    lines = text.strip().splitlines()
    return lines[0].rstrip(". ") if lines else "no reason given"
