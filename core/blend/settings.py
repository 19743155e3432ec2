"""What an artist sets on a Blend."""

from __future__ import annotations

from dataclasses import dataclass, fields

from doublure.core.errors import DoublureError

COLOUR_MATCH = ("off", "gain", "full")
_RANGES = {
    "erode": (-200.0, 200.0),
    "feather": (0.0, 500.0),
    "fade_top": (0.0, 1.0),
    "fade_right": (0.0, 1.0),
    "fade_bottom": (0.0, 1.0),
    "fade_left": (0.0, 1.0),
    "edge_extend": (0.0, 100.0),
    "colour_amount": (0.0, 1.0),
    "membrane": (0.0, 1.0),
    "leak": (0.0, 1.0),
    "membrane_stops": (0.0, 8.0),
    "light_wrap": (0.0, 1.0),
    "sharpness": (0.0, 1.0),
    "grain": (0.0, 4.0),
    "mix": (0.0, 1.0),
}


@dataclass(frozen=True)
class BlendSettings:
    """Every control of a Blend; a value out of range raises DoublureError.

    Attributes:
        erode: pixels the matte is moved inwards; negative moves it outwards. -200–200.
        feather: width in pixels of the soft edge, inwards from the matte's edge. 0–500.
        fade_top, fade_right, fade_bottom, fade_left: share of the matte's box over which it fades in
            from that side. 0–1.
        edge_extend: pixels along the face's alpha edge whose colours are replaced by colours from further
            inside, against fringes. 0–100.
        colour_match: ``off``; ``gain``, one robust gain per channel; ``full``, mean and covariance.
        colour_amount: how much of the colour match. 0–1.
        membrane: how much of the seam correction. 0–1.
        leak: how far from the edge the seam correction reaches, as a share of the face's size; 1 is the
            pure membrane, which reaches everywhere. 0–1.
        membrane_stops: largest gain of the seam correction either way, in stops. 0–8.
        light_wrap: how much brighter surroundings spill over the edge. 0–1.
        sharpness: how much of the sharpness match. 0–1.
        grain: amplitude of the regenerated grain; 1 is the plate's. 0–4.
        mix: 0 is the plate, 1 the comp.
    """

    erode: float = 0.0
    feather: float = 10.0
    fade_top: float = 0.0
    fade_right: float = 0.0
    fade_bottom: float = 0.0
    fade_left: float = 0.0
    edge_extend: float = 2.0
    colour_match: str = "gain"
    colour_amount: float = 1.0
    membrane: float = 1.0
    leak: float = 0.35
    membrane_stops: float = 1.5
    light_wrap: float = 0.0
    sharpness: float = 0.5
    grain: float = 1.0
    mix: float = 1.0

    def __post_init__(self) -> None:
        if self.colour_match not in COLOUR_MATCH:
            raise DoublureError(
                f"colour match {self.colour_match!r} does not exist", remedy=f"use {', '.join(COLOUR_MATCH)}"
            )
        for name in (f.name for f in fields(self) if f.name in _RANGES):
            low, high = _RANGES[name]
            value = getattr(self, name)
            if not low <= value <= high:
                raise DoublureError(
                    f"blend setting {name} is {value:g}", remedy=f"give a value from {low:g} to {high:g}"
                )
