"""Write: frames out of the graph as OpenEXR, each stamped with what made it."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import torch

from doublure.core.color import convert, resolve_space
from doublure.core.errors import DoublureError
from doublure.core.exr import write_exr
from doublure.core.frame import Attribute, Frame
from doublure.core.sequence import Sequence
from doublure.nodes.context import Context, Setup
from doublure.nodes.folders import ensure_writable
from doublure.nodes.schema import Input, Inputs, Node, Param, Params

PREFIX = "doublure/"
KEY = PREFIX + "key"
"""Header string: the cache key of the frame, by which a later run knows that it is done."""
FACELESS = PREFIX + "faceless"
"""Header string: why the frame has no face; absent where it has one."""
VERSION = PREFIX + "version"

_CHANNELS = {"RGB": ("R", "G", "B"), "RGBA": ("R", "G", "B", "A")}


def _sequence(params: Params) -> Sequence:
    return Sequence.parse(params["pattern"])


def _target(params: Params, number: int) -> Path:
    return _sequence(params).path(number)


def _prepare(params: Params, setup: Setup) -> None:
    resolve_space(params["space"])
    files = _sequence(params)
    if not files.numbered and len(setup.numbers) > 1:
        raise DoublureError(
            f"{len(setup.numbers)} frames cannot be written to one file",
            file=params["pattern"],
            remedy="put #### where the frame number belongs",
        )
    if files.path(1).suffix.lower() != ".exr":
        raise DoublureError(
            "only OpenEXR is written", file=params["pattern"], remedy="end the name with .exr"
        )
    ensure_writable(files.path(1).parent)


def _render(inputs: Inputs, params: Params, ctx: Context) -> Frame:
    frame = convert(inputs["image"], params["space"])
    if params["channels"] != "all":
        wanted = _CHANNELS[params["channels"]]
        frame = frame.with_pixels(torch.stack([frame.channel(name) for name in wanted]), wanted)
    metadata = {name: item for name, item in frame.metadata.items() if not name.startswith(PREFIX)}
    metadata[VERSION] = Attribute("string", version("doublure"))
    if ctx.key:
        metadata[KEY] = Attribute("string", ctx.key)
    if ctx.faceless:
        metadata[FACELESS] = Attribute("string", "; ".join(ctx.faceless))
    return replace(frame, metadata=metadata, number=ctx.number)


def _deliver(frame: Frame, params: Params, number: int) -> None:
    target = _target(params, number)
    if frame.path is not None and frame.path.absolute() == target.absolute():
        raise frame.error("the output would overwrite its own plate", "choose another output pattern")
    write_exr(target, frame, compression=params["compression"], half=params["pixel_type"] == "half")


Write = Node(
    id="org.doublure.write",
    label="Write",
    version=1,
    help="Writes OpenEXR. Windows, channels and header of the plate are kept, colorInteropID is set right, and the "
    "header tells what made the frame. A file appears whole or not at all.",
    inputs=(Input("image", "the picture to write"),),
    params=(
        Param(
            "pattern",
            "file",
            "",
            "Pattern",
            "Where the files go, such as comp/comp.####.exr. The folder is made where it is missing.",
            animatable=False,
            required=True,
        ),
        Param(
            "space",
            "string",
            "ACEScg",
            "Colour space",
            "Colour space of the files, an OCIO name. ACEScg is written as lin_ap1_scene.",
            animatable=False,
        ),
        Param(
            "compression",
            "choice",
            "zip",
            "Compression",
            "ZIP, ZIPS, PIZ and none are lossless; DWAA and DWAB are not.",
            choices=("zip", "zips", "piz", "none", "dwaa", "dwab"),
            animatable=False,
        ),
        Param(
            "pixel_type",
            "choice",
            "half",
            "Pixel type",
            "Half is 16-bit float; a value beyond 65504 is refused, not clipped.",
            choices=("half", "float"),
            animatable=False,
        ),
        Param(
            "channels",
            "choice",
            "all",
            "Channels",
            "All channels of the picture, with the matte, or R, G, B (and A) alone.",
            choices=("all", "RGB", "RGBA"),
            animatable=False,
        ),
    ),
    render=_render,
    prepare=_prepare,
    target=_target,
    deliver=_deliver,
)
