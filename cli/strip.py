"""A side-by-side picture: plate, result and truth, a column a frame."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from doublure.core.atomic import atomic_file
from doublure.core.color import display_view
from doublure.core.frame import Frame
from doublure.core.measure.take import Take

COLUMNS = 4
HEIGHT = 320


def write_strip(path: Path, take: Take) -> None:
    """Writes a PNG of ``COLUMNS`` evenly chosen frames, cropped to the head; rows plate, result, truth."""
    chosen = np.linspace(0, len(take.numbers) - 1, min(COLUMNS, len(take.numbers))).astype(int)
    rows = [np.concatenate([_tile(take, frames, i) for i in chosen], axis=1) for frames in _rows(take)]
    picture = np.concatenate(rows)
    with atomic_file(path) as temporary:
        temporary.write_bytes(cv2.imencode(".png", picture[..., ::-1])[1].tobytes())


def _rows(take: Take) -> tuple[list[Frame], ...]:
    return take.plates, take.results, take.truths


def _tile(take: Take, frames: list[Frame], index: int) -> np.ndarray:
    """One frame's head, (HEIGHT, about HEIGHT, 3) uint8: a square twice the face's height round the matte."""
    matte = take.mattes[index].numpy() > 0.5
    ys, xs = np.nonzero(matte)
    if not len(ys):
        ys, xs = np.nonzero(np.ones_like(matte))
    half = max(int((ys.max() - ys.min()) * 0.95), 8)
    picture = display_view(frames[index])
    middle = (int(ys.mean()) + half, int(xs.mean()) + half)
    padded = cv2.copyMakeBorder(picture, half, half, half, half, cv2.BORDER_CONSTANT)
    square = padded[middle[0] - half : middle[0] + half, middle[1] - half : middle[1] + half]
    return cv2.resize(
        square, (HEIGHT, HEIGHT), interpolation=cv2.INTER_AREA if half * 2 > HEIGHT else cv2.INTER_CUBIC
    )
