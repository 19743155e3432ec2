"""Relight: the plate's light on the swapped face."""

from __future__ import annotations

from pathlib import Path

from doublure.core.frame import Frame
from doublure.core.relight.relight import relight
from doublure.core.relight.settings import RelightSettings
from doublure.nodes.context import Context, Setup
from doublure.nodes.schema import Identity, Input, Inputs, Node, Param, Params
from doublure.nodes.tracks import TRACK, face_at, face_digest, load_track

_DEFAULTS = RelightSettings()
_SETTINGS = ("amount", "level", "exposure", "ratio_clamp", "floor")


def _prepare(params: Params, setup: Setup) -> None:
    load_track(params["track"], setup.shared)


def _render(inputs: Inputs, params: Params, ctx: Context) -> Frame:
    settings = RelightSettings(**{name: params[name] for name in _SETTINGS})
    plate = inputs["plate"]
    return relight(inputs["face"], plate, face_at(params["track"], ctx, plate), settings)


Relight = Node(
    id="org.doublure.relight",
    label="Relight",
    version=1,
    help="Fits the light on the plate's own face and on the swapped one, and multiplies the swapped face by the ratio "
    "of the two, in scene-linear light, unclamped.",
    inputs=(
        Input("face", "the face, premultiplied RGBA from Swap"),
        Input("plate", "the plate whose light is wanted"),
    ),
    params=(
        TRACK,
        Param(
            "amount",
            "float",
            _DEFAULTS.amount,
            "Amount",
            "How much of the change of light, in stops. At 0, with exposure 0, the face stays as it is.",
            minimum=0.0,
            maximum=1.0,
        ),
        Param(
            "level",
            "float",
            _DEFAULTS.level,
            "Level",
            "How much of the plate's overall brightness and colour comes along; 0 changes only where the light falls.",
            minimum=0.0,
            maximum=1.0,
        ),
        Param(
            "exposure",
            "float",
            _DEFAULTS.exposure,
            "Exposure",
            "Stops added to the face.",
            minimum=-10.0,
            maximum=10.0,
            soft_minimum=-2.0,
            soft_maximum=2.0,
            unit="stops",
        ),
        Param(
            "ratio_clamp",
            "float",
            _DEFAULTS.ratio_clamp,
            "Ratio clamp",
            "No pixel is made brighter or darker than by this factor.",
            minimum=1.0,
            maximum=64.0,
            soft_maximum=16.0,
            group="Limits",
        ),
        Param(
            "floor",
            "float",
            _DEFAULTS.floor,
            "Light floor",
            "The least light that a fit may claim, as a share of its median; keeps shadows from exploding.",
            minimum=0.001,
            maximum=1.0,
            soft_maximum=0.25,
            group="Limits",
        ),
    ),
    render=_render,
    region_needed="whole",
    identity=(Identity("face", (("amount", 0.0), ("exposure", 0.0))),),
    prepare=_prepare,
    content=lambda params, ctx: {"track": face_digest(params["track"], ctx)},
    reads=lambda params, number: [Path(params["track"])],
)
