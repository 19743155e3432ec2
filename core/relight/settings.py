"""What an artist sets on a Relight."""

from __future__ import annotations

from dataclasses import dataclass

from doublure.core.errors import DoublureError

MODES = ("match plate",)
_RANGES = {
    "amount": (0.0, 1.0),
    "level": (0.0, 1.0),
    "exposure": (-10.0, 10.0),
    "ratio_clamp": (1.0, 64.0),
    "floor": (0.001, 1.0),
}


@dataclass(frozen=True)
class RelightSettings:
    """Every control of a Relight; a value out of range raises DoublureError.

    Attributes:
        mode: ``match plate``: the light is read off the plate's own face.
        amount: how much of the change of light, in stops. 0–1; 0 with exposure 0 changes nothing at all.
        level: how much of the plate's overall brightness and colour comes along; 0 changes only where the
            light falls and keeps the face's own average. 0–1.
        exposure: stops added to the face. -10–10.
        ratio_clamp: no pixel is made brighter or darker than by this factor. 1–64.
        floor: the least light a fit may claim, as a share of its median; keeps shadows from exploding.
    """

    mode: str = "match plate"
    amount: float = 1.0
    level: float = 1.0
    exposure: float = 0.0
    ratio_clamp: float = 8.0
    floor: float = 0.05

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise DoublureError(
                f"relight mode {self.mode!r} does not exist", remedy=f"use {', '.join(MODES)}"
            )
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise DoublureError(
                    f"relight setting {name} is {value:g}", remedy=f"give a value from {low:g} to {high:g}"
                )
