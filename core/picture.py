"""One picture as a frame: OpenEXR, or a PNG, JPEG or TIFF whose colour space is declared."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import torch

from doublure.core.cancel import check
from doublure.core.color import resolve_space, space_of_interop_id
from doublure.core.errors import DoublureError
from doublure.core.exr import check_finite, read_exr, read_header
from doublure.core.frame import Frame

STILLS = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
SUFFIXES = (".exr", *STILLS)


def read_picture(
    path: str | os.PathLike[str], *, number: int | None = None, space: str | None = None
) -> Frame:
    """Read a picture's colour; a still is turned upright as its camera noted, and its alpha is left out.

    Args:
        path: one of ``SUFFIXES``.
        number: its frame number, if it has one.
        space: OCIO colour space where the file does not name its own by a ``colorInteropID``; the file's comes first.

    Returns:
        A frame in the file's space; whole numbers are scaled to 0..1.

    Raises:
        DoublureError: no such file, another kind of file, truncated pixels, no colour space, a grey picture.
    """
    check()
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise DoublureError(
            f"{suffix or 'a file without a suffix'} is no kind of picture that can be read here",
            file=path,
            frame=number,
            remedy=f"give one of {', '.join(SUFFIXES)}",
        )
    if suffix == ".exr":
        own = read_header(path, number=number).interop_id is not None
        return read_exr(path, number=number, space=None if own else space)
    return _read_still(path, number, space)


def pixels_digest(frame: Frame) -> str:
    """SHA-256, in hex, of a picture's R, G, B as float32 in the file's own space: what names it in a record."""
    return hashlib.sha256(np.ascontiguousarray(frame.rgb.numpy()).tobytes()).hexdigest()


def _read_still(path: Path, number: int | None, space: str | None) -> Frame:
    if not path.is_file():
        raise DoublureError("there is no such file", file=path, frame=number, remedy="check the name")
    asked = oiio.ImageSpec()
    # Alpha is not wanted, and OpenImageIO would multiply the curve-encoded colour by it.
    asked.attribute("oiio:UnassociatedAlpha", 1)
    source = oiio.ImageInput.open(str(path), asked)
    if source is None:
        raise _unreadable(path, number, oiio.geterror())
    try:
        spec = source.spec()
        name = _space(spec, path, number, space)
        if spec.nchannels < 3:
            raise DoublureError(
                "the picture is grey, and a face would be learnt without its colour",
                file=path,
                frame=number,
                remedy="leave it out",
            )
        values = source.read_image(0, 0, 0, 3, oiio.FLOAT)
        if values is None:
            raise _unreadable(path, number, source.geterror())
    finally:
        source.close()
    upright = _upright(values.reshape(spec.height, spec.width, 3), spec.get_int_attribute("Orientation", 1))
    pixels = torch.from_numpy(np.ascontiguousarray(upright, np.float32)).permute(2, 0, 1)
    aspect = spec.get_float_attribute("PixelAspectRatio", 1.0)
    frame = Frame.from_rgb(pixels, name, pixel_aspect=aspect or 1.0, number=number, path=path)
    check_finite(frame, path)
    return frame


def _space(spec: oiio.ImageSpec, path: Path, number: int | None, space: str | None) -> str:
    interop = spec.get_string_attribute("colorInteropID")
    own = space_of_interop_id(interop) if interop else None
    if own is not None:
        return own
    if space is None:
        raise DoublureError(
            f"the {path.suffix[1:].upper()} does not say its colour space",
            file=path,
            frame=number,
            remedy='name it with --space, for example --space "sRGB - Texture"',
        )
    return resolve_space(space)


def _upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """(H, W, 3) turned as TIFF's Orientation 1..8 says (TIFF 6.0, section 8); anything else is upright."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels


def _unreadable(path: Path, number: int | None, reason: str) -> DoublureError:
    lines = reason.strip().splitlines()
    return DoublureError(
        f"the picture cannot be read ({lines[0].rstrip('. ') if lines else 'no reason given'})",
        file=path,
        frame=number,
        remedy="it is probably truncated: copy it again",
    )
