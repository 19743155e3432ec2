"""Tiny plates and a stand-in face node for the tests of graphs."""

from __future__ import annotations

from pathlib import Path

import torch

from doublure.core.exr import write_exr
from doublure.core.frame import Attribute, Frame
from doublure.core.window import Window
from doublure.nodes.context import Context
from doublure.nodes.registry import NODES
from doublure.nodes.schema import Input, Inputs, Node, Param, Params

WIDTH, HEIGHT = 64, 48


def make_frame(number: int, *, channels: tuple[str, ...] = ("R", "G", "B"), space: str = "ACEScg") -> Frame:
    """Seeded half-representable pixels, some negative and one highlight of 40, with overscan."""
    data = Window(-4, -2, WIDTH + 4, HEIGHT + 2)
    generator = torch.Generator().manual_seed(number)
    pixels = torch.randn(len(channels), data.height, data.width, generator=generator).half().float()
    pixels[:, 10, 10] = 40.0
    return Frame(
        pixels,
        channels,
        data,
        Window.of_size(WIDTH, HEIGHT),
        space,
        metadata={"reel": Attribute("string", "A001"), "shutter": Attribute("float", 180.0)},
        number=number,
    )


def make_plate(folder: Path, numbers: range | list[int], **rest: object) -> str:
    """Writes frames; returns their pattern."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        write_exr(folder / f"plate.{number:04d}.exr", make_frame(number, **rest))
    return str(folder / "plate.####.exr")


def _render(inputs: Inputs, params: Params, ctx: Context) -> Frame:
    plate = inputs["plate"]
    if ctx.number in [int(each) for each in params["faceless"].split(",") if each]:
        ctx.no_face("no face was found")
        return plate.with_channel("matte", torch.zeros_like(plate.pixels[0]))
    grain = torch.randn(plate.rgb.shape, generator=torch.Generator().manual_seed(params["seed"] + ctx.number))
    return plate.with_rgb(plate.rgb * params["gain"] + params["grain"] * grain).with_channel(
        "matte", torch.ones_like(plate.pixels[0])
    )


FakeFace = Node(
    id="org.doublure.fakeface",
    label="FakeFace",
    version=1,
    help="A gain and grain where a face would be.",
    inputs=(Input("plate", "the plate"),),
    params=(
        Param("gain", "float", 1.0, "Gain", "Gain.", minimum=0.0, maximum=4.0),
        Param("grain", "float", 0.0, "Grain", "Grain."),
        Param("seed", "int", 0, "Seed", "Seed.", animatable=False),
        Param("faceless", "string", "", "Faceless", "Frames without a face.", animatable=False),
    ),
    render=_render,
)

TYPES = {**NODES, FakeFace.id: FakeFace}


def comp_json(plate: str, out: str, **face: object) -> dict[str, object]:
    """Read -> FakeFace -> Write as graph JSON."""
    return {
        "schema": "doublure.graph/1",
        "nodes": {
            "plate": {"type": "org.doublure.read", "params": {"pattern": plate}},
            "face": {"type": "org.doublure.fakeface", "inputs": {"plate": "plate"}, "params": face},
            "out": {"type": "org.doublure.write", "inputs": {"image": "face"}, "params": {"pattern": out}},
        },
    }
