"""The nodes' icons, drawn: an oval for a face, and what the node does to it."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Canvas = npt.NDArray[np.uint8]
Colour = tuple[int, int, int, int]

__all__ = ["SIZE", "draw_icon"]

SIZE = 128
_BIG = 4 * SIZE
_INK: Colour = (52, 44, 38, 255)
_HERO: Colour = (86, 170, 244, 255)
_PLATE: Colour = (196, 158, 104, 255)
_LIGHT: Colour = (214, 238, 250, 255)
"""Blue, green, red, alpha, as OpenCV has them."""


def draw_icon(node: str) -> bytes:
    """The PNG of a node, ``SIZE`` pixels square with alpha.

    Args:
        node: an id such as ``org.doublure.swap``; one without a drawing of its own gets the plain face.
    """
    canvas = np.zeros((_BIG, _BIG, 4), np.uint8)
    _tile(canvas)
    _DRAWINGS.get(node.rpartition(".")[2], _plain)(canvas)
    # Drawn large and averaged, premultiplied, so that edges are smooth and have no fringe.
    pixels = canvas.astype(np.float32) / 255
    pixels[..., :3] *= pixels[..., 3:]
    small = np.asarray(cv2.resize(pixels, (SIZE, SIZE), interpolation=cv2.INTER_AREA), np.float32)
    colour = small[..., :3] / np.maximum(small[..., 3:], 1e-6)
    whole = np.concatenate([colour, small[..., 3:]], axis=2)
    done, png = cv2.imencode(".png", np.rint(np.clip(whole, 0, 1) * 255).astype(np.uint8))
    assert done
    return bytes(png.tobytes())


def _tile(canvas: Canvas) -> None:
    margin, radius = 16, 88
    for x in (margin + radius, _BIG - margin - radius):
        for y in (margin + radius, _BIG - margin - radius):
            cv2.circle(canvas, (x, y), radius, _INK, -1)
    cv2.rectangle(canvas, (margin + radius, margin), (_BIG - margin - radius, _BIG - margin), _INK, -1)
    cv2.rectangle(canvas, (margin, margin + radius), (_BIG - margin, _BIG - margin - radius), _INK, -1)


def _oval(canvas: Canvas, x: int, colour: Colour, line: int = -1, angles: tuple[int, int] = (0, 360)) -> None:
    cv2.ellipse(canvas, (x, 256), (104, 140), 0, *angles, colour, line)


def _plain(canvas: Canvas) -> None:
    _oval(canvas, 256, _HERO)


def _track(canvas: Canvas) -> None:
    _oval(canvas, 256, _PLATE, 18)
    for x, y in ((214, 222), (298, 222), (256, 270), (222, 322), (256, 334), (290, 322)):
        cv2.circle(canvas, (x, y), 15, _HERO, -1)
    for x, across in ((76, 1), (436, -1)):
        for y, down in ((76, 1), (436, -1)):
            cv2.line(canvas, (x, y), (x + 70 * across, y), _LIGHT, 16)
            cv2.line(canvas, (x, y), (x, y + 70 * down), _LIGHT, 16)


def _swap(canvas: Canvas) -> None:
    _oval(canvas, 186, _PLATE)
    _oval(canvas, 326, _INK, 28)
    _oval(canvas, 326, _HERO)


def _relight(canvas: Canvas) -> None:
    _oval(canvas, 232, _HERO)
    _oval(canvas, 232, _PLATE, -1, (90, 270))
    for angle in range(0, 360, 45):
        across, down = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        ends = [(round(398 + r * across), round(132 + r * down)) for r in (58, 84)]
        cv2.line(canvas, ends[0], ends[1], _LIGHT, 14)
    cv2.circle(canvas, (398, 132), 38, _LIGHT, -1)


def _blend(canvas: Canvas) -> None:
    cv2.rectangle(canvas, (76, 76), (436, 436), _PLATE, -1)
    steps = 24
    for step in range(steps):
        share = step / (steps - 1)
        colour = tuple(round(a + (b - a) * share) for a, b in zip(_PLATE, _HERO, strict=True))
        axes = (round(150 - 70 * share), round(168 - 58 * share))
        cv2.ellipse(canvas, (256, 256), axes, 0, 0, 360, colour, -1)


_DRAWINGS = {"track": _track, "swap": _swap, "relight": _relight, "blend": _blend}
