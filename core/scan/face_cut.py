"""The face of one frame cut out of result and plate alike, small enough that every frame can be measured."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import torch

from doublure.core.color import to_working
from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.core.measure.masked_blur import gaussian_blur
from doublure.core.measure.matte import SOLID
from doublure.core.measure.motion import GRAIN_SIGMA
from doublure.core.scan.pixel_facts import MATTE
from doublure.core.scan.raw_frame import RawFrame
from doublure.core.window import Window

SIDE = 256
"""Side of a cut in pixels. A larger face is measured smaller (landmarks, seam, light, change over time) and, in
pixels as they are, in its middle part only (grain, sharpness, held and reverted pixels)."""
CLOSE = 192
"""The side of that middle part, where it is not all of the face."""
NO_MATTE = "the matte is empty where the face is"
_BAND = 32
"""Rows that are widened to floats at a time."""
_LARGE = 3
_MARGIN = 1.45
"""Side of the square round a face over the longer side of its landmarks' box."""


@dataclass(frozen=True)
class Cut:
    """One square of a frame, alike in result and plate.

    Attributes:
        result, plate: (3, S, S) scene-linear ACEScg, S 256 or 192. matte: (S, S), clipped to 0..1, 0 beyond the files.
        origin: (x, y) of its corner, plate pixels. step: (x, y) plate pixels to one of the cut's; 1 where the face
            fits.
    """

    result: torch.Tensor
    plate: torch.Tensor
    matte: torch.Tensor
    origin: tuple[float, float]
    step: tuple[float, float]

    def inside(self, points: np.ndarray) -> np.ndarray:
        """(N, 2 or 3) plate coordinates -> the cut's; a z goes with y."""
        out = np.array(points, np.float64)
        out[:, :2] = (out[:, :2] - self.origin) / self.step
        if out.shape[1] == 3:
            out[:, 2] /= self.step[1]
        return out


@dataclass(frozen=True)
class FaceCut:
    """What a frame leaves behind for its face to be measured.

    Attributes:
        number: the frame's.
        points: (468, 3) the track's landmarks, plate coordinates. pixel_aspect: the plate's.
        whole: all of the face, at most 256 pixels. close: its middle in pixels as they are.
        bits, plate_bits: (h, w, 3) the files' own R, G, B under ``close``, in the pixels of ``window``; solid: (h, w)
            where the matte is above 0.5 there.
    """

    number: int
    points: np.ndarray
    pixel_aspect: float
    whole: Cut
    close: Cut
    bits: np.ndarray
    plate_bits: np.ndarray
    solid: np.ndarray
    window: Window

    @property
    def height(self) -> float:
        """Of the landmarks, plate pixels."""
        return float(np.ptp(self.points[:, 1]))

    @property
    def width(self) -> float:
        """Of the landmarks, pixels of ``whole``."""
        return float(np.ptp(self.points[:, 0])) / self.whole.step[0]

    @cached_property
    def calm(self) -> tuple[torch.Tensor, torch.Tensor]:
        """``whole``'s result and plate low-passed against grain: each frame is compared with two others."""
        sigma = max(1.0, GRAIN_SIGMA * self.width)
        return gaussian_blur(self.whole.result, sigma), gaussian_blur(self.whole.plate, sigma)


def face_cut(
    result: RawFrame, plate: RawFrame, points: np.ndarray, number: int, space: str, plate_space: str
) -> FaceCut:
    """Cut the face out.

    Args:
        result, plate: of one frame. points: (468, 3) landmarks of the plate's face, plate coordinates.
        space, plate_space: OCIO colour spaces of the two.

    Raises:
        DoublureError: no channels R, G, B or ``matte``; the face lies outside the picture, or its matte is empty; NaN
            or infinity in the face.
    """
    common = result.header.data.intersect(plate.header.data)
    aspect = plate.header.pixel_aspect
    whole, step = _square(points, aspect)
    for frame in (result, plate):
        if frame.columns("RGB") is None:
            raise DoublureError("there are no channels R, G and B", frame=number)
    if result.channel(MATTE) is None:
        raise DoublureError("there is no channel matte", frame=number)
    if whole.intersect(common).empty:
        raise DoublureError("the face lies outside the picture", frame=number)
    middle = _middle(points)
    spaces = (space, plate_space)
    near = middle.intersect(common)
    rows, columns = near.slices(result.header.data)
    matte = np.asarray(result.channel(MATTE))[rows, columns]
    bits, plate_bits = (_window(frame, near) for frame in (result, plate))
    small = _cut(result, plate, whole, step, spaces, number)
    if not bool((small.matte > SOLID).any()):
        raise DoublureError(NO_MATTE, frame=number)
    native = small if step == (1.0, 1.0) else _cut(result, plate, middle, (1.0, 1.0), spaces, number)
    return FaceCut(number, points, aspect, small, native, bits, plate_bits, matte > SOLID, near)


def _square(points: np.ndarray, aspect: float) -> tuple[Window, tuple[float, float]]:
    """The square, in square pixels, round the whole face; at least 256 pixels high, so that none is drawn larger."""
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    longer = max((high[0] - low[0]) * aspect, high[1] - low[1])
    side = max(float(SIDE), 2 * np.ceil(_MARGIN * longer / 2))
    wide = round(side / aspect)
    x, y = np.floor((low + high) / 2 - (wide / 2, side / 2)).astype(int).tolist()
    return Window(x, y, x + wide, y + int(side)), (wide / SIDE, side / SIDE)


def _middle(points: np.ndarray) -> Window:
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    x, y = np.floor((low + high) / 2 - CLOSE / 2).astype(int).tolist()
    return Window(x, y, x + CLOSE, y + CLOSE)


def _window(frame: RawFrame, window: Window) -> np.ndarray:
    rows, columns = window.slices(frame.header.data)
    return np.stack([frame.pixels[at, rows, columns] for at in frame.columns("RGB") or []], 2)


def _cut(
    result: RawFrame,
    plate: RawFrame,
    window: Window,
    step: tuple[float, float],
    spaces: tuple[str, str],
    number: int,
) -> Cut:
    side = SIDE if window.height >= SIDE else CLOSE
    ours, theirs = (
        _reduced(result, window, side, (*"RGB", MATTE)),
        _reduced(plate, window, side, tuple("RGB")),
    )
    matte = ours[..., 3]
    if not np.isfinite(matte).all():
        raise DoublureError("the matte is NaN or infinite in the face", frame=number)
    pictures = [
        _linear(values[..., :3], space, number) for values, space in zip((ours, theirs), spaces, strict=True)
    ]
    clipped = torch.from_numpy(np.ascontiguousarray(matte.clip(0, 1)))
    return Cut(pictures[0], pictures[1], clipped, (float(window.x0), float(window.y0)), step)


def _reduced(frame: RawFrame, window: Window, side: int, names: tuple[str, ...]) -> np.ndarray:
    """Channels of a window as (side, side, N) float32, averaged down; beyond the file its edge is held, and the matte
    is 0."""
    there = window.intersect(frame.header.data)
    rows, columns = there.slices(frame.header.data)
    whole = there == window
    first = _first_step(window, side) if whole else 1
    planes = [
        _widened(frame.pixels[frame.header.channels.index(name), rows, columns], first) for name in names
    ]
    values: np.ndarray = np.stack(planes, 2)
    if not whole:
        around = (there.y0 - window.y0, window.y1 - there.y1, there.x0 - window.x0, window.x1 - there.x1)
        values = cv2.copyMakeBorder(values, *around, cv2.BORDER_REPLICATE)
        if MATTE in names:
            beyond = np.ones(values.shape[:2], bool)
            beyond[there.slices(window)] = False
            values[beyond, names.index(MATTE)] = 0.0
    if values.shape[:2] != (side, side):
        shrink = values.shape[0] >= side and values.shape[1] >= side
        values = cv2.resize(
            values, (side, side), interpolation=cv2.INTER_AREA if shrink else cv2.INTER_LINEAR
        )
    return np.asarray(values)


def _widened(plane: np.ndarray, step: int) -> np.ndarray:
    """(H, W) as float32, squares of ``step`` pixels averaged."""
    out: np.ndarray = np.empty((plane.shape[0] // step, plane.shape[1] // step), np.float32)
    for top in range(0, plane.shape[0], _BAND * step):
        # numpy takes three times as long to widen halves.
        wide = torch.from_numpy(plane[top : top + _BAND * step]).float().numpy()
        band = out[top // step : top // step + _BAND]
        if step == 1:
            band[:] = wide
        else:
            cv2.resize(wide, band.shape[::-1], dst=band, interpolation=cv2.INTER_AREA)
    return out


def _first_step(window: Window, side: int) -> int:
    """2 where a window is so large that pairs of pixels can be averaged first, which is several times quicker."""
    even = window.width % 2 == 0 and window.height % 2 == 0
    return 2 if even and min(window.width, window.height) >= _LARGE * side else 1


def _linear(values: np.ndarray, space: str, number: int) -> torch.Tensor:
    """(S, S, 3) in ``space`` -> (3, S, S) ACEScg."""
    if not np.isfinite(values).all():
        raise DoublureError("the face holds NaN or infinite pixels", frame=number)
    pixels = torch.from_numpy(np.ascontiguousarray(values.transpose(2, 0, 1)))
    return to_working(Frame.from_rgb(pixels, space)).rgb.contiguous()
