"""The tracked face drawn over a plate, to judge a track by eye."""

from __future__ import annotations

import numpy as np
import torch

from doublure.core.face.draw import SHOWN, draw_face, draw_text
from doublure.core.face.track import FaceFrame
from doublure.core.frame import Frame

__all__ = ["SHOWN", "describe_face", "overlay"]

_LETTER = 0.022
"""Height of the text against the picture's."""


def overlay(plate: Frame, face: FaceFrame, show: str, text: str) -> Frame:
    """The plate with the face and, unless only the mesh or the axes are asked for, a line of text at the lower left.

    Args:
        plate: at any scale, with any overscan and pixel aspect. face: in its coordinates.
        show: one of ``SHOWN``. text: frame, face and how sure it is, or why there is none.

    Colours are scene-linear, between 0 and 1, with black rims. Where nothing is drawn the plate's own values are kept,
    whatever they are.
    """
    canvas = np.ascontiguousarray(plate.rgb.permute(1, 2, 0).numpy())
    canvas = canvas.copy() if np.shares_memory(canvas, plate.pixels.numpy()) else canvas
    display, data, aspect = plate.display, plate.data, plate.pixel_aspect
    origin = (data.x0, data.y0)
    width = max(1, round(display.height / 1080))
    draw_face(canvas, face, lambda points: points - origin, aspect, show, width)
    if show in ("all", "contours"):
        letter = max(5.0, _LETTER * display.height)
        # Plate pixels are counted from the display window's first one; the data window may lie anywhere.
        place = (display.x0 - data.x0 + letter / aspect, display.y1 - data.y0 - letter)
        draw_text(canvas, text, place, letter, 1 / aspect)
    return plate.with_rgb(torch.from_numpy(canvas).permute(2, 0, 1))


def describe_face(face: FaceFrame, track_face: int | None, label: str) -> str:
    """The line of text: frame, number and label of the face, and how it stands."""
    name = " ".join(part for part in (f"face {track_face}" if track_face is not None else "", label) if part)
    told = [str(face.number), *([name] if name else [])]
    if not face.found:
        return "  ".join([*told, face.reason or "no face was found"])
    if face.confidence is not None and face.confidence.any():
        told.append(f"sure {float(face.confidence[face.confidence > 0].mean()):.2f}")
    if face.occluded:
        told.append(f"{face.hidden:.0%} hidden")
    if face.by_hand:
        told.append("by hand")
    return "  ".join(told)
