"""Blend: the face into the plate; outside the matte the plate stays bit for bit."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from doublure.core.blend.comp import blend
from doublure.core.blend.settings import COLOUR_MATCH, BlendSettings
from doublure.core.frame import Frame
from doublure.nodes.context import Context
from doublure.nodes.schema import Identity, Input, Inputs, Node, Param, Params

_DEFAULTS = BlendSettings()
_SETTINGS = tuple(item.name for item in fields(BlendSettings))


def _amount(name: str, label: str, help: str, group: str, **rest: Any) -> Param:
    """A share 0–1 whose default is the core's."""
    return Param(
        name,
        "float",
        getattr(_DEFAULTS, name),
        label,
        help,
        **{"minimum": 0.0, "maximum": 1.0, "group": group, **rest},
    )


def _render(inputs: Inputs, params: Params, ctx: Context) -> Frame:
    settings = BlendSettings(**{name: params[name] for name in _SETTINGS})
    return blend(
        inputs["plate"], inputs["face"], settings, occlusion=inputs.get("occlusion"), seed=params["seed"]
    )


Blend = Node(
    id="org.doublure.blend",
    label="Blend",
    version=2,
    help="Comps a face into a plate: shapes the matte, matches colour, corrects the seam, matches sharpness and grain. "
    "The result has the plate's channels and the final matte as channel matte. Outside the matte R, G and B equal the "
    "plate bit for bit.",
    inputs=(
        Input("plate", "the plate"),
        Input("face", "the face, premultiplied RGBA from Swap or Relight"),
        Input("occlusion", "a matte of what stands in front of the face", optional=True, mask=True),
    ),
    params=(
        _amount("mix", "Mix", "0 is the plate, 1 the comp.", ""),
        Param(
            "erode",
            "float",
            _DEFAULTS.erode,
            "Erode",
            "Moves the matte's edge inwards; negative moves it outwards.",
            minimum=-200.0,
            maximum=200.0,
            soft_minimum=-20.0,
            soft_maximum=20.0,
            unit="px",
            group="Matte",
        ),
        Param(
            "feather",
            "float",
            _DEFAULTS.feather,
            "Feather",
            "Width of the soft edge, inwards from the matte's edge.",
            minimum=0.0,
            maximum=500.0,
            soft_maximum=60.0,
            unit="px",
            group="Matte",
        ),
        _amount("fade_top", "Fade top", "Share of the matte over which it fades in from above.", "Matte"),
        _amount(
            "fade_right", "Fade right", "Share of the matte over which it fades in from the right.", "Matte"
        ),
        _amount(
            "fade_bottom", "Fade bottom", "Share of the matte over which it fades in from below.", "Matte"
        ),
        _amount(
            "fade_left", "Fade left", "Share of the matte over which it fades in from the left.", "Matte"
        ),
        Param(
            "edge_extend",
            "float",
            _DEFAULTS.edge_extend,
            "Edge extend",
            "Replaces colours along the face's edge by colours from further inside, against fringes.",
            minimum=0.0,
            maximum=100.0,
            soft_maximum=20.0,
            unit="px",
            group="Matte",
        ),
        Param(
            "colour_match",
            "choice",
            _DEFAULTS.colour_match,
            "Colour match",
            "Gain: one gain per channel. Full: mean and covariance of the logarithm.",
            choices=COLOUR_MATCH,
            group="Colour",
        ),
        _amount("colour_amount", "Colour amount", "How much of the colour match.", "Colour"),
        _amount("membrane", "Membrane", "How much of the seam correction, a smooth gain.", "Seam"),
        _amount(
            "leak",
            "Leak limit",
            "How far from the edge the seam correction reaches; 1 reaches everywhere.",
            "Seam",
        ),
        _amount(
            "membrane_stops",
            "Membrane limit",
            "The largest gain of the seam correction, either way.",
            "Seam",
            maximum=8.0,
            soft_maximum=3.0,
            unit="stops",
        ),
        _amount("light_wrap", "Light wrap", "How much brighter surroundings spill over the edge.", "Seam"),
        _amount(
            "sharpness",
            "Sharpness match",
            "How much the face's sharpness is matched to the plate's.",
            "Texture",
        ),
        _amount(
            "grain",
            "Grain match",
            "Amplitude of the grain that is added to the face; 1 is the plate's.",
            "Texture",
            maximum=4.0,
            soft_maximum=2.0,
        ),
        Param(
            "seed",
            "int",
            0,
            "Grain seed",
            "The shot's grain. The same seed gives the same grain on the same frame, however the shot is divided.",
            minimum=0,
            maximum=2**31 - 1,
            animatable=False,
            group="Texture",
        ),
    ),
    render=_render,
    region_needed="whole",
    identity=(Identity("plate", (("mix", 0.0),)),),
)
