"""Every measure of a scored take: its key, unit, what is perfect, and which group measures it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Measure:
    """One number of a score.

    Attributes:
        key: its name in every table and file.
        unit: "dB", "degrees", "stops", "ACEScct" (0.0571 is one stop), "eyes" (the distance between the outer
            corners of the eyes), "x" (a ratio), "" for a bare number.
        better: which way is better; of a ratio whose perfect value is 1, the way it usually errs.
        perfect: what the truth reads against itself; None where that depends on the people.
        text: what it says, in a few words.
    """

    key: str
    unit: str
    better: Literal["higher", "lower"]
    perfect: float | None
    text: str


MEASURES = (
    Measure("psnr", "dB", "higher", 100.0, "the whole error, as a display shows it"),
    Measure("ssim", "", "higher", 1.0, "local structure, as a display shows it"),
    Measure("detail", "dB", "higher", 100.0, "the hero's own features"),
    Measure("light", "ACEScct", "lower", 0.0, "low frequencies: the plate's light"),
    Measure("flip", "", "lower", 0.0, "the difference an eye sees in flipping"),
    Measure("identity_hero", "distance", "lower", 0.0, "recognised as the hero"),
    Measure("identity_driver", "distance", "higher", None, "no longer recognised as the driver"),
    Measure("expression", "eyes", "lower", 0.0, "landmarks after pose removal"),
    Measure("lip_aperture", "eyes", "lower", 0.0, "how far the lips are open"),
    Measure("eye_aperture", "eyes", "lower", 0.0, "how far the lids are open"),
    Measure("pose", "degrees", "lower", 0.0, "where the head looks"),
    Measure("seam_ratio", "x", "lower", 1.0, "contrast across the matte's edge, over the truth's"),
    Measure("grain_sigma", "stops", "lower", 0.0, "strength of the grain"),
    Measure("grain_spectrum", "", "lower", 0.0, "size of the grain"),
    Measure("sharpness", "x", "higher", 1.0, "fine structure without grain, over the truth's"),
    Measure("temporal", "ACEScct", "lower", 0.0, "change from frame to frame beyond the truth's"),
    Measure("jitter", "eyes", "lower", 0.0, "landmarks that shake"),
    Measure("light_direction", "degrees", "lower", 0.0, "where the light comes from"),
    Measure("light_energy", "stops", "lower", 0.0, "how much light there is"),
    Measure("albedo", "dB", "higher", 100.0, "the skin's own colour, where the result carries it"),
    Measure("normal", "degrees", "lower", 0.0, "surface normals, where the result carries them"),
)
"""In the order of every table."""

BY_KEY = {measure.key: measure for measure in MEASURES}
