"""Blend: put a face into a plate so that nothing tells where it begins."""

from __future__ import annotations

import torch

from doublure.core.blend.colour_match import match_colour
from doublure.core.blend.edge import unpremultiply
from doublure.core.blend.grain import grain_to_add
from doublure.core.blend.grain_model import NO_GRAIN, measure_grain
from doublure.core.blend.light_wrap import light_wrap
from doublure.core.blend.log import gain
from doublure.core.blend.matte import shape_matte
from doublure.core.blend.membrane import gain_field
from doublure.core.blend.settings import BlendSettings
from doublure.core.blend.sharpness import match_sharpness
from doublure.core.cancel import check
from doublure.core.frame import Frame
from doublure.core.window import Window

MATTE = "matte"
_MARGIN = 12
_LEAST = 2.0**-14
"""Half float's smallest normal number. A matte below it would be lost in the file, and the pixels under it would
differ from the plate where the matte that was written says 0."""


def _check(plate: Frame, face: Frame, occlusion: Frame | None) -> None:
    if not face.has("R", "G", "B", "A"):
        raise face.error("the face has no alpha", "give Blend the RGBA output of a Swap")
    for name, other in (("face", face), ("occlusion matte", occlusion)):
        if other is not None and other.data != plate.data:
            raise other.error(
                f"the {name}'s data window {_words(other.data)} is not the plate's {_words(plate.data)}",
                "render both over the same window",
            )
    if face.space != plate.space:
        raise face.error(
            f"the face is in {face.space} and the plate in {plate.space}", "convert both to the working space"
        )


def _words(window: Window) -> str:
    return f"({window.x0}, {window.y0})–({window.x1}, {window.y1})"


def _occlusion_matte(occlusion: Frame) -> torch.Tensor:
    if occlusion.alpha is not None:
        return occlusion.alpha
    if len(occlusion.channels) == 1:
        return occlusion.pixels[0]
    raise occlusion.error(
        f"the occlusion matte has channels {', '.join(occlusion.channels)} and none of them is A",
        "write it as A or as the only channel",
    )


def _box(alpha: torch.Tensor, data: Window, margin: int) -> Window | None:
    """The pixels where alpha is above 0, with a margin, inside ``data``; None when there are none."""
    rows = torch.nonzero((alpha > 0).any(1)).flatten()
    columns = torch.nonzero((alpha > 0).any(0)).flatten()
    if not rows.numel():
        return None
    tight = Window(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    moved = Window(tight.x0 + data.x0, tight.y0 + data.y0, tight.x1 + data.x0, tight.y1 + data.y0)
    return moved.grow(margin).intersect(data)


def _finite(rgb: torch.Tensor, frame: Frame, name: str) -> None:
    bad = int((~torch.isfinite(rgb)).any(0).sum())
    if bad:
        raise frame.error(f"the {name} has {bad} pixels that are not finite", "render it again")


def blend(
    plate: Frame, face: Frame, settings: BlendSettings, *, occlusion: Frame | None = None, seed: int = 0
) -> Frame:
    """Comp a face into a plate.

    Args:
        plate: ACEScg, scene-linear, with R, G, B and any other channels.
        face: ACEScg RGBA, premultiplied, over the plate's data window.
        settings: the artist's controls.
        occlusion: coverage of what stands in front of the face, in its A or its only channel, over the
            plate's data window.
        seed: the shot's seed; grain depends on it and on the plate's frame number alone.

    Returns:
        The plate's channels and ``matte`` (0–1, with mix in it). R, G and B differ from the plate only
        where ``matte`` is above 0; everything is unclamped.

    Raises:
        DoublureError: no alpha, other data window, other colour space, or pixels that are not finite.
    """
    _check(plate, face, occlusion)
    alpha = face.channel("A")
    covered = occlusion if occlusion is None else _occlusion_matte(occlusion)
    box = _box(alpha, plate.data, _MARGIN + int(max(-settings.erode, 0.0)))
    matte = torch.zeros_like(alpha)
    if box is None or settings.mix == 0:
        return plate.with_channel(MATTE, matte)
    at = box.slices(plate.data)
    check()
    shape = shape_matte(alpha[at], settings, None if covered is None else covered[at])
    if not bool((shape > 0).any()):
        return plate.with_channel(MATTE, matte)
    behind, front = plate.rgb[:, *at], face.rgb[:, *at]
    _finite(front, face, "face")
    _finite(behind, plate, "plate under the face")

    check()
    around = box.grow(min(box.width, box.height) // 3).intersect(plate.data)
    needs_grain = settings.grain > 0 or settings.sharpness > 0
    grain = measure_grain(plate.rgb[:, *around.slices(plate.data)]) if needs_grain else NO_GRAIN

    colour = unpremultiply(front, alpha[at].clamp(0.0, 1.0), settings.edge_extend)
    check()
    colour = match_sharpness(behind, colour, shape, grain, settings.sharpness)
    check()
    colour = match_colour(behind, colour, shape, settings.colour_match, settings.colour_amount)
    check()
    if settings.membrane > 0:
        field = gain_field(behind, colour, shape, settings.leak, settings.membrane_stops)
        colour = colour * gain(settings.membrane * field)
    check()
    colour = light_wrap(behind, colour, shape, settings.light_wrap)

    check()
    shape = shape * settings.mix
    shape = torch.where(shape < _LEAST, 0.0, shape)
    texture = grain_to_add(
        behind, colour, shape, grain, amount=settings.grain, seed=seed, number=plate.number or 0
    )
    check()
    mixed = shape * colour + (1.0 - shape) * behind + texture
    mixed = torch.where(shape > 0, mixed, behind)
    matte[at] = shape
    check()
    out = plate.with_channel(MATTE, matte)
    # Its pixels are a copy of its own: whole pictures at 4K are not copied once more.
    for plane, name in zip(mixed, "RGB", strict=True):
        out.channel(name)[at] = plane
    return out
