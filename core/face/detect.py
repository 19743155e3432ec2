"""Where the faces are: BlazeFace over the whole picture, then over tiles, then over the picture turned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np

from doublure.core.cancel import check
from doublure.core.face import nets

SIDE = 256
_OVERLAP = 0.3
_SMALLEST_TILE = 192


@dataclass(frozen=True)
class Detection:
    """One face, in the picture's continuous pixel coordinates.

    Attributes:
        score: 0..1.
        centre: (2,) middle of the box.
        size: (2,) width and height of the box.
        keypoints: (6, 2) right eye, left eye, nose, mouth, right ear, left ear.
    """

    score: float
    centre: np.ndarray
    size: np.ndarray
    keypoints: np.ndarray

    @property
    def angle(self) -> float:
        """In-plane turn of the eye line, radians, positive clockwise."""
        x, y = self.keypoints[1] - self.keypoints[0]
        return float(np.arctan2(y, x))

    @property
    def area(self) -> float:
        return float(self.size[0] * self.size[1])


@cache
def _anchors() -> np.ndarray:
    """(896, 2) anchor centres 0..1: two per cell of the 16-pixel grid, six per cell of the 32-pixel grid."""
    centres = []
    for stride, count in ((16, 2), (32, 6)):
        cells = SIDE // stride
        y, x = np.divmod(np.arange(cells * cells), cells)
        centres.append(np.repeat((np.stack([x, y], 1) + 0.5) / cells, count, axis=0))
    return np.concatenate(centres)


def _run(picture: np.ndarray, threshold: float) -> list[Detection]:
    """All raw detections in a picture (H, W, 3) uint8, letterboxed to the network's square."""
    height, width = picture.shape[:2]
    scale = SIDE / max(height, width)
    high, wide = max(1, round(height * scale)), max(1, round(width * scale))
    top, left = (SIDE - high) // 2, (SIDE - wide) // 2
    square = np.zeros((SIDE, SIDE, 3), np.float32)
    small = cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    square[top : top + high, left : left + wide] = small.astype(np.float32) / 127.5 - 1
    boxes, logits = nets.blazeface()(square.transpose(2, 0, 1)[None])
    scores = 1 / (1 + np.exp(-np.clip(logits.ravel().astype(np.float64), -80, 80)))
    ratio = np.array([width / wide, height / high])
    found = []
    for index in np.flatnonzero(scores > threshold):
        values = boxes[0, index].reshape(-1, 2).astype(np.float64) / SIDE
        points = (np.delete(values, 1, axis=0) + _anchors()[index]) * SIDE - (left, top)
        found.append(
            Detection(float(scores[index]), points[0] * ratio, values[1] * SIDE * ratio, points[1:] * ratio)
        )
    return found


def _tiles(height: int, width: int, side: int) -> list[tuple[int, int]]:
    """Top-left corners (y, x) of tiles that cover the picture with half a tile of overlap."""

    def starts(length: int) -> list[int]:
        if length <= side:
            return [0]
        count = int(np.ceil((length - side) / (side / 2))) + 1
        return [round(i * (length - side) / (count - 1)) for i in range(count)]

    return [(y, x) for y in starts(height) for x in starts(width)]


def _tiled(picture: np.ndarray, side: int, threshold: float) -> list[Detection]:
    height, width = picture.shape[:2]
    found = []
    for y, x in _tiles(height, width, side):
        check()
        for face in _run(picture[y : y + side, x : x + side], threshold):
            shift = np.array([x, y], np.float64)
            found.append(replace(face, centre=face.centre + shift, keypoints=face.keypoints + shift))
    return found


def _turned(picture: np.ndarray, quarter: int, threshold: float) -> list[Detection]:
    """Detections in the picture turned ``quarter`` times 90 degrees anticlockwise, mapped back."""
    height, width = picture.shape[:2]

    def back(points: np.ndarray) -> np.ndarray:
        x, y = points[..., 0], points[..., 1]
        turned = {1: (width - y, x), 2: (width - x, height - y), 3: (y, height - x)}[quarter]
        return np.stack(turned, -1)

    found = []
    for face in _run(np.ascontiguousarray(np.rot90(picture, quarter)), threshold):
        size = face.size if quarter == 2 else face.size[::-1]
        found.append(Detection(face.score, back(face.centre), size, back(face.keypoints)))
    return found


def _overlap(a: Detection, b: Detection) -> float:
    """Intersection over union of two boxes."""
    low = np.maximum(a.centre - a.size / 2, b.centre - b.size / 2)
    high = np.minimum(a.centre + a.size / 2, b.centre + b.size / 2)
    shared = float(np.clip(high - low, 0, None).prod())
    return shared / (a.area + b.area - shared)


def suppress(found: list[Detection]) -> list[Detection]:
    """One detection per face, best first (non-maximum suppression at 0.3 overlap)."""
    kept: list[Detection] = []
    for face in sorted(found, key=lambda one: -one.score):
        if all(_overlap(face, other) < _OVERLAP for other in kept):
            kept.append(face)
    return kept


def searches(picture: np.ndarray, threshold: float) -> Iterator[list[Detection]]:
    """Ever harder looks at a picture, each a list of raw detections: whole, tiles of 1/2, 1/4, 1/8, turned.

    A network of 256 pixels misses faces below about 1/30 of the picture; tiles find them. BlazeFace reads
    faces to about 135 degrees from upright; the turns find the rest.
    """
    yield _run(picture, threshold)
    longest = max(picture.shape[:2])
    for part in (2, 4, 8):
        if longest // part >= _SMALLEST_TILE:
            yield _tiled(picture, longest // part, threshold)
    for quarter in (2, 1, 3):
        yield _turned(picture, quarter, threshold)


def detect(picture: np.ndarray, *, threshold: float = 0.5, wanted: int = 1) -> list[Detection]:
    """The faces in a picture, best score first.

    Args:
        picture: (H, W, 3) uint8 sRGB, as ``detector_view(frame).pixels``.
        threshold: lowest score 0..1.
        wanted: look harder (see :func:`searches`) until this many are found.

    BlazeFace alone takes a wall for a face now and then: ``find.find_faces`` asks FaceMesh as well.
    """
    found: list[Detection] = []
    for more in searches(picture, threshold):
        found = suppress(found + more)
        if len(found) >= wanted:
            break
    return found
