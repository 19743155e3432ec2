"""Shot cuts, told from the picture alone: what cannot have moved there from the last picture is another shot."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch

from doublure.core.color import to_working
from doublure.core.frame import Frame

WIDE = 96
"""Width of the thumbnail in pixels."""

_LEAST = 24
_SAMPLES = 8
_LUMA = np.array([0.2722, 0.6741, 0.0537], np.float32)
_LOCAL = 4.0
_FLOOR = 0.02
_BLANK = 0.03
_TOLD = 0.5
"""A picture with detail in less than half of it, as one face before a grey wall, does not tell a cut."""

ALIKE = 0.6
"""Neighbours in the stage's shots are 0.65 and more alike, frames of different ones 0.55 and less."""

_PLAINLY = 0.75
_SHIFTED = 0.35
_FLOWED = 128
"""DIS needs some pixels round its patches: smaller pictures are enlarged."""

_FLASH = 3
"""A picture that is back after fewer frames than this was not cut away from: a flash, or something quick in front."""


@dataclass(frozen=True)
class _Doubt:
    """A frame that may begin a shot: its number, what was seen before, how many like it came since, and whether the
    pictures before it changed as much."""

    number: int
    before: np.ndarray
    age: int = 0
    shaky: bool = False


class CutWatch:
    """Sees every frame in order and remembers thumbnails only."""

    def __init__(self) -> None:
        self._last: np.ndarray | None = None
        self._doubt: _Doubt | None = None
        self._cuts: list[int] = []

    def look(self, frame: Frame, number: int) -> bool:
        """Whether this frame may begin another shot than the last one's; whether it did is known a little later."""
        seen = structure(thumbnail(frame))
        if seen is None:
            # White or black: no shot of its own. The next picture is compared with the last one that showed something.
            return False
        last, self._last = self._last, seen
        if last is None:
            return False
        unlike = likeness(last, seen) < ALIKE
        if self._doubt is None:
            self._doubt = _Doubt(number, last) if unlike else None
            return unlike
        if likeness(self._doubt.before, seen) >= ALIKE:
            self._doubt = None
            return unlike
        if unlike:
            # Unlike again: grain, or something too quick to follow. Only a shot that then stays is a cut.
            self._doubt = _Doubt(number, self._doubt.before, shaky=True)
            return False
        age = self._doubt.age + 1
        if age < _FLASH:
            self._doubt = replace(self._doubt, age=age)
        else:
            self._cuts.append(self._doubt.number)
            self._doubt = None
        return False

    @property
    def cuts(self) -> tuple[int, ...]:
        """The numbers of the frames that begin a new shot, the first frame of all excepted."""
        last = () if self._doubt is None or self._doubt.shaky else (self._doubt.number,)
        return (*self._cuts, *last)


def thumbnail(frame: Frame) -> np.ndarray:
    """(H, 96) float32 linear luma of a frame, from a few lines of it: the whole of a 4K picture would take longer to
    read than a face in it to follow."""
    height, width = frame.data.height, frame.data.width
    rows = int(
        np.clip(round(WIDE * height / (width * frame.pixel_aspect)), min(height, _LEAST), min(height, WIDE))
    )
    lines = np.clip(((np.arange(rows) + 0.5) * height / rows).astype(int), 0, height - 1)
    wide = min(WIDE, width)
    block = width // wide
    step = max(1, block // _SAMPLES)
    small = np.empty((3, rows, wide), np.float32)
    for name, plane in zip("RGB", small, strict=True):
        across = frame.channel(name).numpy()[lines, : wide * block].reshape(rows, wide, block)[..., ::step]
        np.add.reduce(np.moveaxis(across, 2, 0), out=plane)
        plane /= across.shape[2]
    rgb = to_working(Frame.from_rgb(torch.from_numpy(small), frame.space)).rgb.numpy()
    return np.asarray(np.tensordot(_LUMA, rgb, axes=1))


def structure(luma: np.ndarray) -> np.ndarray | None:
    """(H, W) float32 of zero mean and unit spread everywhere: the picture without its light; None where there is
    too little in it.

    Log luma less its local mean, over its local spread: exposure, a lamp and a shadow's edge hardly change it.
    """
    top = float(np.quantile(luma, 0.9))
    if top <= 0:
        return None
    log = np.log(np.maximum(luma, 0) / top + _FLOOR).astype(np.float32)
    fine = log - cv2.GaussianBlur(log, (0, 0), _LOCAL)
    spread = np.sqrt(cv2.GaussianBlur(fine * fine, (0, 0), _LOCAL))
    if float((spread > _BLANK).mean()) < _TOLD:
        return None
    return np.asarray(fine / (spread + _FLOOR * 2))


def likeness(a: np.ndarray, b: np.ndarray) -> float:
    """-1..1: correlation of two structures as they are, and once the first is moved onto the second; the best one.

    Moved by one shift, as a pan moves it, then by the flow of what moves in it: in another shot flow finds little to
    follow. Pictures alike as they are need no moving, which is nearly all of them.
    """
    if a.shape != b.shape:
        return -1.0
    plain = _correlation(a, b)
    if plain > _PLAINLY or min(a.shape) < 16:
        return plain
    flowed = _flowed(a, b)
    if flowed >= ALIKE:
        return flowed
    # (Kuglin and Hines, "The phase correlation image alignment method", 1975.)
    (x, y), _ = cv2.phaseCorrelate(b.astype(np.float64), a.astype(np.float64))
    dx, dy = round(x), round(y)
    high, wide = a.shape
    if max(abs(dx) / wide, abs(dy) / high) > _SHIFTED:
        return max(plain, flowed)
    here = b[max(0, -dy) : high - max(0, dy), max(0, -dx) : wide - max(0, dx)]
    there = a[max(0, dy) : high - max(0, -dy), max(0, dx) : wide - max(0, -dx)]
    return max(plain, flowed, _flowed(there, here))


def _flowed(a: np.ndarray, b: np.ndarray) -> float:
    scale = max(1.0, _FLOWED / max(a.shape))
    size = (round(a.shape[1] * scale), round(a.shape[0] * scale))
    first, second = (
        cv2.resize(np.clip(one * 40 + 128, 0, 255).astype(np.uint8), size, interpolation=cv2.INTER_LINEAR)
        for one in (a, b)
    )
    dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    # Softened, so that it cannot gather another picture together point by point.
    flow = cv2.GaussianBlur(dis.calc(second, first, np.zeros((size[1], size[0], 2), np.float32)), (0, 0), 9)
    x, y = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
    moved = cv2.remap(
        first, x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return _correlation(moved, second)


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    one, other = (np.asarray(x, np.float64) - np.mean(x) for x in (a, b))
    return float((one * other).sum() / max(np.sqrt((one**2).sum() * (other**2).sum()), 1e-9))
