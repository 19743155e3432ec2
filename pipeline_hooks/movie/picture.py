"""One picture of the review movie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch

from doublure.core.color import to_working
from doublure.core.frame import Frame

LABEL = "A face in this picture was replaced with AI"
"""Burnt in where a likeness record asks for a visible label."""
PANEL = 640
"""Width of a panel at most, pixels: three make 1920."""
_INK, _DIM, _PAPER = (235, 235, 235), (150, 150, 150), (22, 22, 22)
_GAP = 2
_NEUTRAL = 128


@dataclass(frozen=True)
class Captions:
    """What is written on a picture.

    Attributes:
        title: of the version. number: the frame's. note: beside it, such as "handle"; may be empty.
        label: across the result, the disclosure; None where no record asks for one.
    """

    title: str
    number: int
    note: str = ""
    label: str | None = None


def review_picture(
    result: Frame, plate: Frame, captions: Captions, view: Callable[[torch.Tensor], np.ndarray]
) -> np.ndarray:
    """Plate, result and their difference, with the frame's number burnt in.

    Panels show the display window; the pixel aspect is undone. The difference is that of the displayed pixels, on
    grey: 0 is grey 128, brighter where the result is.

    Args:
        result, plate: any colour space, one display window. view: (3, H, W) ACEScg to uint8 (H, W, 3).

    Returns:
        uint8 (H, W, 3), R G B, both sides even.
    """
    before, after = (view(_panel(frame)) for frame in (plate, result))
    apart = (after.astype(np.int16) - before + _NEUTRAL).clip(0, 255).astype(np.uint8)
    row = max(18, round(before.shape[1] / 20))
    if captions.label is not None:
        _across(after, captions.label, row)
    gap = np.full((before.shape[0], _GAP, 3), _PAPER, np.uint8)
    panels = np.concatenate([before, gap, after, gap, apart], 1)
    step = before.shape[1] + _GAP
    names = [(k * step, word) for k, word in enumerate(("plate", "result", "difference"))]
    head = _strip(panels.shape[1], row, [(0, captions.title, _INK)])
    foot = _strip(panels.shape[1], row, [(x, word, _DIM) for x, word in names])
    _written(head, f"{captions.note}  {captions.number}".strip(), row, None, _INK)
    out = np.concatenate([head, panels, foot])
    # The codec halves its colours.
    return np.ascontiguousarray(
        np.pad(out, [(0, side % 2) for side in out.shape[:2]] + [(0, 0)], mode="edge")
    )


def _panel(frame: Frame) -> torch.Tensor:
    """(3, H, W) ACEScg of the display window, averaged down; black where there are no pixels."""
    window, rgb = frame.display, frame.rgb
    there = window.intersect(frame.data)
    canvas = np.zeros((window.height, window.width, 3), np.float32)
    if not there.empty:
        rows, columns = there.slices(frame.data)
        canvas[there.slices(window)] = rgb[:, rows, columns].permute(1, 2, 0).numpy()
    square = window.width * frame.pixel_aspect
    wide = max(2, round(min(PANEL, square)))
    high = max(2, round(window.height * wide / square))
    small = cv2.resize(canvas, (wide, high), interpolation=cv2.INTER_AREA)
    pixels = torch.from_numpy(np.ascontiguousarray(small.transpose(2, 0, 1)))
    return to_working(Frame.from_rgb(pixels, frame.space)).rgb


def _strip(width: int, height: int, words: Sequence[tuple[int, str, tuple[int, int, int]]]) -> np.ndarray:
    out = np.full((height, width, 3), _PAPER, np.uint8)
    for x, text, ink in words:
        _written(out, text, height, x + height // 3, ink)
    return out


def _across(picture: np.ndarray, text: str, row: int) -> None:
    """The disclosure on a dark band at the lower edge."""
    band = picture[-row:]
    band[:] = band // 4
    _written(band, text, row, None, _INK, centred=True)


def _written(
    strip: np.ndarray,
    text: str,
    row: int,
    x: int | None,
    ink: tuple[int, int, int],
    *,
    centred: bool = False,
) -> None:
    """Write into a strip in place: at ``x``, or at its right end, or in its middle; smaller where it does not fit."""
    font = cv2.FONT_HERSHEY_SIMPLEX
    scale = row / 34
    (wide, high), _ = cv2.getTextSize(text, font, scale, 1)
    room = strip.shape[1] - row
    if wide > room:
        scale *= room / wide
        (wide, high), _ = cv2.getTextSize(text, font, scale, 1)
    if x is None:
        x = (strip.shape[1] - wide) // 2 if centred else strip.shape[1] - wide - row // 3
    cv2.putText(strip, text, (x, (strip.shape[0] + high) // 2), font, scale, ink, 1, cv2.LINE_AA)
