"""The scoreboard as a picture: a panel a measure, a bar an entry, the truth at no length at all."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from doublure.core.atomic import atomic_file
from doublure.core.measure.catalogue import BY_KEY

SHOWN = (
    "psnr",
    "detail",
    "flip",
    "identity_hero",
    "expression",
    "light",
    "grain_sigma",
    "sharpness",
    "temporal",
)
TITLES = {
    "psnr": ("whole error", "PSNR, dB"),
    "detail": ("the hero's features", "detail, dB"),
    "flip": ("seen when flipping", "FLIP"),
    "identity_hero": ("distance to the hero", "descriptor"),
    "expression": ("expression", "% of eye distance"),
    "lip_aperture": ("lips", "% of eye distance"),
    "light": ("light", "stops"),
    "grain_sigma": ("grain", "stops"),
    "sharpness": ("sharpness", "of the truth's"),
    "seam_ratio": ("seam", "of the truth's"),
    "temporal": ("change over time", "stops"),
    "jitter": ("jitter", "% of eye distance"),
    "pose": ("pose", "degrees"),
}
SCALED = {"expression": 100.0, "lip_aperture": 100.0, "jitter": 100.0, "light": 17.52, "temporal": 17.52}
"""ACEScct is 17.52 stops a unit; shares of the distance of the eyes read better as percents."""
NAMES = {
    "plate": "doing nothing",
    "still": "hero still, pasted",
    "transfer": "… with colour transfer",
    "result": "Doublure",
}
COLOURS = {
    "plate": (196, 196, 196),
    "still": (168, 178, 190),
    "transfer": (128, 144, 164),
    "result": (214, 84, 44),
}
"""R G B, 0 to 255."""

_COLUMNS, _PANEL, _ROW, _HEAD, _LEFT, _GAP, _TOP = 3, 330, 26, 56, 190, 26, 78
_BAR = 180
_INK, _FAINT, _PAPER = (34, 34, 38), (120, 120, 128), (255, 255, 255)


class _Line(NamedTuple):
    entry: str
    share: float
    text: str


def error(key: str, value: float | None) -> float:
    """How far a reading is from the truth's, on a scale where lengths can be compared: an amplitude for dB (1 at
    0 dB), |log2| for ratios, else the difference itself; 0 for None."""
    if value is None:
        return 0.0
    measure = BY_KEY[key]
    perfect = measure.perfect or 0.0
    if measure.unit == "dB":
        return 10 ** (-value / 20)
    if measure.unit == "x":
        return abs(math.log2(max(value, 1e-3)))
    return abs(value - perfect)


def draw(path: Path, means: Mapping[str, Mapping[str, float | None]], subtitle: str) -> None:
    """Write the PNG; a measure on which every entry is perfect has no panel.

    Args:
        path: the file. means: by entry ("plate", "still", "transfer", "result"), by measure, the shot's mean.
        subtitle: what was measured, in one line.
    """
    entries = [entry for entry in NAMES if entry in means]
    keys = [key for key in SHOWN if any(error(key, means[e].get(key)) > 0 for e in entries)]
    rows = -(-len(keys) // _COLUMNS)
    panel_height = _HEAD + _ROW * len(entries) + _GAP
    width = _LEFT + _COLUMNS * _PANEL + 20
    height = _TOP + rows * panel_height + 12
    canvas = np.full((2 * height, 2 * width, 3), _PAPER, np.uint8)
    _text(
        canvas,
        "Error against the truth: the shorter the bar, the better; no bar is perfect",
        20,
        32,
        21,
        _INK,
        600,
    )
    _text(canvas, subtitle, 20, 56, 14, _FAINT)
    for row in range(rows):
        y = _TOP + row * panel_height
        for i, entry in enumerate(entries):
            strong = entry == "result"
            _text(canvas, NAMES[entry], 20, y + _HEAD + i * _ROW + 14, 15, _INK, 700 if strong else 400)
        for column, key in enumerate(keys[row * _COLUMNS : (row + 1) * _COLUMNS]):
            _panel(canvas, _LEFT + column * _PANEL, y, key, _lines(key, entries, means))
    ok, data = cv2.imencode(".png", canvas[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9])
    assert ok
    with atomic_file(path) as temporary:
        temporary.write_bytes(data.tobytes())


def _lines(key: str, entries: Sequence[str], means: Mapping[str, Mapping[str, float | None]]) -> list[_Line]:
    values = {entry: means[entry].get(key) for entry in entries}
    errors = {entry: error(key, value) for entry, value in values.items() if value is not None}
    longest = max(errors.values(), default=0.0)
    out = []
    for entry, value in values.items():
        if value is None:
            out.append(_Line(entry, 0.0, "–"))
            continue
        out.append(_Line(entry, errors[entry] / longest if longest > 0 else 0.0, _said(key, value)))
    return out


def _said(key: str, value: float) -> str:
    shown = value * SCALED.get(key, 1.0)
    if abs(shown) < (0.05 if BY_KEY[key].unit == "dB" else 5e-4):
        return "0"
    return f"{shown:.1f}" if abs(shown) >= 10 or BY_KEY[key].unit == "dB" else f"{shown:.2f}"


def _panel(canvas: np.ndarray, x: int, y: int, key: str, lines: Sequence[_Line]) -> None:
    title, unit = TITLES[key]
    end = _text(canvas, title, x, y + 34, 16, _INK, 600)
    _text(canvas, unit, end + 8, y + 34, 13, _FAINT)
    for i, line in enumerate(lines):
        top = y + _HEAD + i * _ROW
        length = round(_BAR * line.share)
        if length:
            _box(canvas, x, top, length, 18, COLOURS[line.entry])
        _text(canvas, line.text, x + length + 7, top + 14, 14, _INK, 700 if line.entry == "result" else 400)
    foot = y + _HEAD + len(lines) * _ROW - 4
    _box(canvas, x - 2, y + _HEAD - 4, 1, foot - y - _HEAD + 4, _FAINT)


def _box(canvas: np.ndarray, x: int, y: int, width: int, height: int, colour: tuple[int, int, int]) -> None:
    canvas[2 * y : 2 * (y + height), 2 * x : 2 * (x + width)] = colour


def _text(
    canvas: np.ndarray, text: str, x: int, y: int, size: int, colour: tuple[int, int, int], weight: int = 400
) -> int:
    """Draws at twice the size; returns where the text ends, in the coordinates of ``x``."""
    (end, _), _ = cv2.putText(canvas, text, (2 * x, 2 * y), colour, _font(), 2 * size, weight)
    return end // 2


def _font() -> cv2.FontFace:
    return cv2.FontFace("sans")
