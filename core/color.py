"""Colour management: OCIO spaces, the working space, and colour interop ids."""

from __future__ import annotations

import difflib
import os
from dataclasses import replace
from functools import lru_cache

import PyOpenColorIO as ocio
import torch

from doublure.core.acescct import acescct_decode, acescct_encode
from doublure.core.cancel import check
from doublure.core.display import display_view
from doublure.core.errors import DoublureError
from doublure.core.frame import Frame

__all__ = [
    "CONFIG",
    "WORKING",
    "acescct_decode",
    "acescct_encode",
    "config",
    "convert",
    "display_view",
    "interop_id_of_space",
    "resolve_space",
    "space_of_interop_id",
    "to_working",
]

WORKING = "ACEScg"
"""The working space: scene-linear, AP1 primaries, unclamped."""

# Pinned: the OCIO inside OpenImageIO does not know version 5 of the built-in configs.
CONFIG = "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5"


def config() -> ocio.Config:
    """The OCIO configuration: the file named by ``$OCIO`` where it is set, else ``CONFIG``; loaded once.

    Raises:
        DoublureError: the configuration cannot be loaded.
    """
    return _load(os.environ.get("OCIO") or CONFIG)


def resolve_space(name: str) -> str:
    """The configuration's own name for a colour space name, alias or role.

    Raises:
        DoublureError: there is no such space; the sentence names the closest ones.
    """
    found = config().getColorSpace(name)
    if found is not None:
        return str(found.getName())
    names = list(config().getColorSpaceNames())
    folded = {known.casefold(): known for known in names}
    close = [folded[match] for match in difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.4)]
    raise DoublureError(
        f"there is no colour space {name!r} in the colour configuration",
        remedy="did you mean " + " or ".join(close) if close else "list the names with ociocheck",
    )


def space_of_interop_id(interop_id: str) -> str | None:
    """The colour space with that ``colorInteropID`` (as its id, name or alias), or None without one."""
    by_id = _spaces_by_id(os.environ.get("OCIO") or CONFIG).get(interop_id)
    found = config().getColorSpace(interop_id) if by_id is None else None
    return by_id if found is None else str(found.getName())


def interop_id_of_space(space: str) -> str | None:
    """The ``colorInteropID`` of a colour space, or None where it has none; DoublureError when unknown.

    Configurations older than the attribute may have the id as an alias, which counts too.
    """
    found = config().getColorSpace(resolve_space(space))
    known = [alias for alias in found.getAliases() if alias in _spaces_by_id(CONFIG)]
    return str(found.getInteropID()) or next(iter(known), None)


def convert(frame: Frame, to: str) -> Frame:
    """The frame with R, G, B converted to the colour space ``to``; every other channel untouched.

    Alpha: where 0 < A < 1 the colour is divided by A before and multiplied after (a curve applied to a
    premultiplied colour is wrong); where A is 0 the colour is converted as it is (emission without coverage),
    except that black stays black. Nothing is clamped. Converting to the space the frame is in returns its
    very pixels.

    A frame in a data space ("Raw") is returned as it is, still in that space: data is never converted. A
    frame without R, G and B only changes the name of its space.

    Raises:
        DoublureError: an unknown space, a colour frame asked into a data space, R, G, B incomplete.
    """
    source, target = resolve_space(frame.space), resolve_space(to)
    if config().getColorSpace(source).isData():
        return frame
    if config().getColorSpace(target).isData() and source != target:
        raise frame.error(f"colour cannot be converted to the data space {target}", "choose a colour space")
    if source == target or not any(frame.has(name) for name in "RGB"):
        return frame if frame.space == target else replace(frame, space=target)
    processor = _processor(os.environ.get("OCIO") or CONFIG, source, target)
    check()
    if processor.isNoOp():
        return replace(frame, space=target)
    # A fresh (H, W, 4) buffer: OCIO writes in place, even into read-only arrays, and takes packed RGBA nine
    # times faster than RGB.
    height, width = frame.data.height, frame.data.width
    buffer = torch.zeros(height, width, 4)
    colour = buffer[..., :3]
    colour.copy_(frame.rgb.permute(1, 2, 0))
    check()
    alpha = frame.alpha
    if alpha is None or bool(alpha.eq(1).all()):
        processor.applyRGBA(buffer.numpy())
    else:
        coverage = torch.where((alpha > 0) & (alpha < 1), alpha, 1.0)[..., None]
        black = (alpha == 0) & (frame.rgb == 0).all(dim=0)
        colour /= coverage
        processor.applyRGBA(buffer.numpy())
        colour *= coverage
        colour.masked_fill_(black[..., None], 0.0)
    check()
    if frame.channels == ("R", "G", "B", "A"):
        buffer[..., 3].copy_(frame.pixels[3])
        pixels = buffer.permute(2, 0, 1)
    elif frame.channels == ("R", "G", "B"):
        pixels = colour.permute(2, 0, 1)
    else:
        pixels = frame.with_rgb(colour.permute(2, 0, 1)).pixels
    return replace(frame, pixels=pixels, space=target)


def to_working(frame: Frame) -> Frame:
    """The frame in the working space, ACEScg (see ``convert``)."""
    return convert(frame, WORKING)


@lru_cache(maxsize=8)
def _load(name: str) -> ocio.Config:
    try:
        return ocio.Config.CreateFromFile(name)
    except (ocio.Exception, ocio.ExceptionMissingFile) as error:
        raise DoublureError(
            f"the colour configuration cannot be loaded ({str(error).strip().splitlines()[0].rstrip('.')})",
            file=name,
            remedy="correct $OCIO or unset it",
        ) from error


@lru_cache(maxsize=64)
def _processor(name: str, source: str, target: str) -> ocio.CPUProcessor:
    processor = _load(name).getProcessor(source, target)
    return processor.getDefaultCPUProcessor()


@lru_cache(maxsize=8)
def _spaces_by_id(name: str) -> dict[str, str]:
    spaces = (_load(name).getColorSpace(known) for known in _load(name).getColorSpaceNames())
    return {str(space.getInteropID()): str(space.getName()) for space in spaces if space.getInteropID()}
