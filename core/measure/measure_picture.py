"""What is measured on the picture as it is: seam, grain, sharpness, change over time, light and normals."""

from __future__ import annotations

from doublure.core.measure.normals import normal_angle
from doublure.core.measure.reference import Reference
from doublure.core.measure.sheet import Sheet
from doublure.core.measure.take import LAYER_CHANNELS, Take, own_layer


def measure_picture(take: Take, known: Reference, sheet: Sheet) -> None:
    """Fill the sheet's measures of the picture; nothing is fitted away first."""
    _normal(take, sheet)


def _normal(take: Take, sheet: Sheet) -> None:
    own = [own_layer(frame, "normal") for frame in take.results]
    if all(layer is None for layer in own):
        wanted = ", ".join(LAYER_CHANNELS["normal"])
        sheet.miss(["normal"], f"the result carries no normals (channels {wanted})")
        return
    if "normal" in take.absent:
        sheet.miss(["normal"], take.absent["normal"])
        return
    values = [
        None if layer is None else normal_angle(layer, truth, matte)
        for layer, truth, matte in zip(own, take.layers["normal"], take.mattes, strict=True)
    ]
    sheet.mean("normal", values, "the result carries no normals")
