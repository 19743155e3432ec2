"""The coverage as a picture: faces on a map of yaw and pitch, and below it expressions, light and exposure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import torch

from doublure.core.display import display_view
from doublure.core.faceset.coverage import (
    ENOUGH,
    EXPRESSIONS,
    LIGHTS,
    PITCH,
    YAW,
    Coverage,
    bins,
)
from doublure.core.faceset.face import Face
from doublure.core.faceset.stored_crop import SPAN
from doublure.core.frame import Frame

CELL = 112
_LEFT, _TOP, _GAP = 96, 84, 24
_INK, _DIM, _PAPER, _EMPTY = (230, 230, 230), (140, 140, 140), (24, 24, 24), (44, 36, 36)
_FULL, _FEW, _NONE = (96, 160, 110), (196, 150, 60), (190, 70, 60)
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_PITCH_NAMES = ("up 30+", "up 10-30", "level", "down 10-30", "down 30+")
_ROW = 24


def coverage_sheet(
    faces: Sequence[Face], coverage: Coverage, read: Callable[[Face], Frame], title: str
) -> np.ndarray:
    """(H, W, 3) uint8, R G B.

    Args:
        faces: those that the set uses, whom ``coverage`` counts.
        read: gives a face's stored crop; called once for each cell of the map that has faces.
        title: of the picture.

    A cell shows its sharpest face and how many there are; a red cell has none, an amber number is few.
    """
    columns, rows = len(YAW) - 1, len(PITCH) - 1
    width = _LEFT + columns * CELL + _GAP
    map_end = _TOP + rows * CELL
    height = map_end + 60 + _ROW * max(len(EXPRESSIONS), len(LIGHTS)) + _GAP + 168
    sheet = np.full((height, width, 3), _PAPER, np.uint8)
    _text(sheet, title, (_LEFT, 30), 0.6)
    _text(sheet, "yaw: nose to the picture's left  <   >  to its right", (_LEFT, 54), 0.42, _DIM)
    for column in range(columns):
        _text(
            sheet, f"{YAW[column]} to {YAW[column + 1]}", (_LEFT + column * CELL + 24, _TOP - 8), 0.42, _DIM
        )
    best = _best(faces)
    for row in range(rows):
        _text(sheet, _PITCH_NAMES[row], (8, _TOP + row * CELL + CELL // 2), 0.4, _DIM)
        for column in range(columns):
            x, y = _LEFT + column * CELL, _TOP + row * CELL
            cell = sheet[y + 1 : y + CELL - 1, x + 1 : x + CELL - 1]
            cell[:] = _EMPTY
            count = int(coverage.map[row, column])
            if count:
                cell[:] = _shown(read(best[row, column]), best[row, column].light.exposure, CELL - 2)
            colour = _NONE if count == 0 else _FEW if count < ENOUGH else _INK
            _text(sheet, str(count), (x + 6, y + CELL - 8), 0.5, colour, outlined=count > 0)
    top = map_end + 40
    _bars(sheet, "expression", EXPRESSIONS, coverage.expressions, coverage.faces, (_LEFT, top))
    _bars(sheet, "light", LIGHTS, coverage.lights, coverage.faces, (_LEFT + 4 * CELL + 60, top))
    top += 20 + _ROW * max(len(EXPRESSIONS), len(LIGHTS)) + _GAP
    histograms = (
        ("mouth's opening", [f.expression[0] for f in faces], (0.0, 0.3)),
        ("lids' opening", [max(f.expression[4], f.expression[5]) for f in faces], (0.0, 0.14)),
        ("contrast, stops", [f.light.contrast for f in faces], (0.0, 4.0)),
        ("exposure, stops", [f.light.exposure for f in faces], (-6.0, 3.0)),
    )
    for place, (name, values, span) in enumerate(histograms):
        _histogram(sheet, name, values, span, (_LEFT + place * 200, top))
    _light_disc(sheet, faces, (_LEFT + 4 * 200 + 84, top + 60))
    return sheet


def _best(faces: Sequence[Face]) -> dict[tuple[int, int], Face]:
    """The sharpest face of each cell."""
    found: dict[tuple[int, int], Face] = {}
    rows = bins(np.array([f.pitch for f in faces]), PITCH)
    columns = bins(np.array([f.yaw for f in faces]), YAW)
    for face, row, column in zip(faces, rows, columns, strict=True):
        cell = (int(row), int(column))
        if cell not in found or face.sharpness > found[cell].sharpness:
            found[cell] = face
    return found


def _shown(crop: Frame, stops: float, side: int) -> np.ndarray:
    """The head's own crop, its face ``stops`` over middle grey brought there, (side, side, 3) uint8."""
    rgb = crop.rgb.permute(1, 2, 0).numpy()
    edge = round(rgb.shape[0] * (1 - 1 / SPAN) / 2)
    inner = rgb[edge : rgb.shape[0] - edge, edge : rgb.shape[1] - edge]
    small = cv2.resize(np.maximum(inner, 0), (side, side), interpolation=cv2.INTER_AREA)
    return display_view(torch.from_numpy(small * np.float32(2.0**-stops)).permute(2, 0, 1).contiguous())


def _text(
    sheet: np.ndarray,
    text: str,
    place: tuple[int, int],
    size: float,
    colour: tuple[int, int, int] = _INK,
    *,
    outlined: bool = False,
) -> None:
    if outlined:
        cv2.putText(sheet, text, place, _FONT, size, (0, 0, 0), 3, cv2.LINE_AA)
    cv2.putText(sheet, text, place, _FONT, size, colour, 1, cv2.LINE_AA)


def _bars(
    sheet: np.ndarray,
    title: str,
    names: Sequence[str],
    counts: Sequence[int],
    whole: int,
    place: tuple[int, int],
) -> None:
    x, y = place
    _text(sheet, title, (x, y), 0.5)
    for row, (name, count) in enumerate(zip(names, counts, strict=True)):
        base = y + 24 + row * _ROW
        colour = _NONE if count == 0 else _FEW if count < ENOUGH else _FULL
        _text(sheet, name, (x, base), 0.42)
        length = round(200 * count / max(whole, 1))
        sheet[base - 11 : base + 2, x + 136 : x + 138 + length] = colour
        _text(sheet, str(count), (x + 146 + length, base), 0.42, colour)


def _histogram(
    sheet: np.ndarray,
    name: str,
    values: Sequence[float],
    span: tuple[float, float],
    place: tuple[int, int],
    count: int = 24,
) -> None:
    x, y = place
    _text(sheet, name, (x, y), 0.42)
    heights, _ = np.histogram(np.clip(np.array(values, float), *span), count, span)
    step, tall = 7, 90
    for i, amount in enumerate(heights):
        top = y + 12 + tall - round(tall * float(amount) / max(float(heights.max(initial=1)), 1.0))
        sheet[top : y + 12 + tall, x + i * step : x + i * step + step - 1] = _FULL
    sheet[y + 12 + tall : y + 13 + tall, x : x + count * step] = _DIM
    _text(sheet, f"{span[0]:g}", (x, y + tall + 30), 0.38, _DIM)
    _text(sheet, f"{span[1]:g}", (x + count * step - 20, y + tall + 30), 0.38, _DIM)


def _light_disc(sheet: np.ndarray, faces: Sequence[Face], centre: tuple[int, int], radius: int = 52) -> None:
    """Where the light comes from, as the slope of brightness over the face; the rim is a slope of 1.5."""
    x, y = centre
    _text(sheet, "light comes from", (x - radius, y - 60), 0.42)
    cv2.circle(sheet, centre, radius, _DIM, 1, cv2.LINE_AA)
    sheet[y, x - radius : x + radius] = _DIM
    sheet[y - radius : y + radius, x] = _DIM
    for face in faces:
        slope = np.array([face.light.x, face.light.y]) / 1.5
        slope = slope / max(1.0, float(np.linalg.norm(slope)))
        dot = (round(x + radius * float(slope[0])), round(y + radius * float(slope[1])))
        cv2.circle(sheet, dot, 3, _FULL, -1, cv2.LINE_AA)
