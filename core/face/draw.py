"""A tracked face drawn over a picture: mesh by confidence, contours, head axes, what is hidden, and a line of text."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np

from doublure.core.face.sidecar import FaceFrame
from doublure.core.face.topology import (
    LEFT_BROW,
    LEFT_EYE,
    LIPS,
    LIPS_INNER,
    NOSE_TIP,
    OVAL,
    RIGHT_BROW,
    RIGHT_EYE,
    triangles,
)

SHOWN = ("all", "mesh", "contours", "axes")
"""What can be drawn; file format, as hosts save it."""

GREEN, YELLOW, RED, MAGENTA = (0.05, 0.8, 0.1), (0.9, 0.7, 0.02), (1.0, 0.06, 0.03), (0.9, 0.03, 0.9)
_BLUE, _WHITE, _BLACK, _CYAN = (0.05, 0.25, 1.0), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (0.05, 0.8, 0.8)
_RINGS = (OVAL, LIPS, LIPS_INNER, LEFT_EYE, RIGHT_EYE, LEFT_BROW, RIGHT_BROW)
_SURE, _DOUBTFUL = 0.8, 0.5
_SHIFT = 4
_AXIS = 1.6
"""Length of the head's axes in rms radii of the head."""

ToCanvas = Callable[[np.ndarray], np.ndarray]
"""(N, 2) plate pixels -> (N, 2) pixels of what is drawn on, continuous."""


def draw_face(
    canvas: np.ndarray, face: FaceFrame, to_canvas: ToCanvas, aspect: float, show: str, width: int = 1
) -> None:
    """Draw a face that was found, in place.

    Args:
        canvas: (H, W, 3) float32, any light; lines have a black rim, so they show on dark and on bright.
        face: with points; nothing is drawn where it has none.
        to_canvas: from plate pixels. aspect: the plate's pixel aspect, for the head's axes.
        show: one of ``SHOWN``. width: of a line, px.

    Mesh and contours are green where a point is sure (0.8), yellow where it is less so (0.5), red below, cyan where
    nothing is known of it; hidden points are magenta crosses. The axes are the head's own: red to its left, green
    down, blue out of the face.
    """
    if face.points is None or face.pose is None:
        return
    points = to_canvas(np.asarray(face.points[:, :2], np.float64))
    margin = 4 * width + 2
    if show != "axes":
        edges = _mesh_edges() if show in ("all", "mesh") else np.zeros((0, 2), np.intp)
        rings = _ring_edges() if show in ("all", "contours") else np.zeros((0, 2), np.intp)
        _sorted_lines(canvas, points, face.confidence, edges, width, rim=False)
        _sorted_lines(canvas, points, face.confidence, rings, width, rim=True)
        if face.confidence is not None:
            gone = points[face.confidence == 0]
            arm = 2.0 * width
            crosses = [
                np.array([place - tilt, place + tilt]) for place in gone for tilt in ((arm, arm), (arm, -arm))
            ]
            _paint(canvas, crosses, MAGENTA, width, margin)
        if face.pupils is not None and show != "mesh":
            radius = 0.12 * np.linalg.norm(points[LEFT_EYE[0]] - points[LEFT_EYE[8]])
            turn = np.linspace(0, 2 * np.pi, 25)
            ring = radius * np.stack([np.cos(turn), np.sin(turn)], 1)
            _paint(canvas, [middle + ring for middle in to_canvas(face.pupils)], _WHITE, width, margin)
    if show in ("all", "axes"):
        start = face.pose.project(np.zeros((1, 3)))
        nose = np.array([face.points[NOSE_TIP, :2]], np.float64)
        for axis, colour in (((1, 0, 0), RED), ((0, 1, 0), GREEN), ((0, 0, -1), _BLUE)):
            step = (face.pose.project(_AXIS * np.array([axis], np.float64)) - start) / (aspect, 1)
            line = to_canvas(np.concatenate([nose, nose + step]))
            _paint(canvas, [line], _BLACK, width + 2, margin)
            _paint(canvas, [line], colour, width, margin)


def draw_text(
    canvas: np.ndarray, text: str, place: tuple[float, float], height: float, stretch: float = 1.0
) -> None:
    """White text with a black rim, in place; only ASCII is drawn, the rest as ``?``.

    Args:
        canvas: (H, W, 3) float32. place: lower left corner, px; what is outside is cut off.
        height: of a capital letter, px. stretch: width of a letter against its usual one (1 / the pixel aspect).
    """
    if not text:
        return
    font, size = cv2.FONT_HERSHEY_SIMPLEX, 1.0
    text = text.encode("ascii", "replace").decode()
    (wide, high), base = cv2.getTextSize(text, font, size, 2)
    pad = 8
    letter = np.zeros((high + base + 2 * pad, wide + 2 * pad), np.uint8)
    cv2.putText(letter, text, (pad, pad + high), font, size, 255, 2, cv2.LINE_AA)
    # Grown, because what a thicker pen does depends on OpenCV's version.
    rim = cv2.dilate(letter, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9)))
    scale = height / high
    into = (max(1, round(letter.shape[1] * scale * stretch)), max(1, round(letter.shape[0] * scale)))
    left, top = round(place[0] - pad * scale * stretch), round(place[1] - (pad + high) * scale)
    for matte, colour in ((rim, _BLACK), (letter, _WHITE)):
        small = cv2.resize(matte, into, interpolation=cv2.INTER_AREA)
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + into[0], canvas.shape[1]), min(top + into[1], canvas.shape[0])
        if x0 < x1 and y0 < y1:
            _lay(canvas[y0:y1, x0:x1], small[y0 - top : y1 - top, x0 - left : x1 - left], colour)


@cache
def _mesh_edges() -> np.ndarray:
    """(E, 2) every edge of the mesh once."""
    pairs = np.concatenate([triangles()[:, pair] for pair in ((0, 1), (1, 2), (2, 0))])
    return np.unique(np.sort(pairs, axis=1), axis=0)


@cache
def _ring_edges() -> np.ndarray:
    return np.concatenate([np.stack([ring, np.roll(ring, -1)], 1) for ring in _RINGS])


def _sorted_lines(
    canvas: np.ndarray,
    points: np.ndarray,
    confidence: np.ndarray | None,
    edges: np.ndarray,
    width: int,
    *,
    rim: bool,
) -> None:
    """Edges in the colour of their less sure end."""
    if not len(edges):
        return
    margin = 4 * width + 2
    lines = points[edges]
    if rim:
        _paint(canvas, list(lines), _BLACK, width + 2, margin)
    if confidence is None:
        _paint(canvas, list(lines), _CYAN, width, margin, 1.0 if rim else 0.45)
        return
    sure = confidence[edges].min(axis=1)
    for low, high, colour in (
        (_SURE, np.inf, GREEN),
        (_DOUBTFUL, _SURE, YELLOW),
        (1e-6, _DOUBTFUL, RED),
        (-1, 1e-6, MAGENTA),
    ):
        chosen = (sure >= low) & (sure < high)
        _paint(canvas, list(lines[chosen]), colour, width, margin, 1.0 if rim else 0.45)


def _paint(
    canvas: np.ndarray,
    lines: list[np.ndarray],
    colour: tuple[float, float, float],
    width: int,
    margin: int,
    share: float = 1.0,
) -> None:
    """Polylines in one colour, smooth edges; only the pixels round them are touched."""
    if not lines:
        return
    # Far outside, OpenCV's fixed point would overflow; what is that far out is not seen.
    limit = 4.0 * max(canvas.shape[:2])
    lines = [np.clip(line, -limit, limit) for line in lines]
    every = np.concatenate(lines)
    low = np.maximum(np.floor(every.min(0)).astype(int) - margin, 0)
    high = np.minimum(np.ceil(every.max(0)).astype(int) + margin, (canvas.shape[1], canvas.shape[0]))
    if (low >= high).any():
        return
    matte = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    fixed = [np.round((line - low - 0.5) * (1 << _SHIFT)).astype(np.int32) for line in lines]
    cv2.polylines(matte, fixed, False, 255, width, cv2.LINE_AA, _SHIFT)
    _lay(canvas[low[1] : high[1], low[0] : high[0]], matte, colour, share)


def _lay(part: np.ndarray, matte: np.ndarray, colour: tuple[float, float, float], share: float = 1.0) -> None:
    """Mix a colour into the pixels that a matte has; the others keep their very values."""
    rows, columns = np.nonzero(matte)
    weight = (share / 255 * matte[rows, columns].astype(np.float32))[:, None]
    # A thin line's soft edge would be lost in a highlight of 20, so what is under it counts as white at most.
    below = np.minimum(part[rows, columns], 1)
    part[rows, columns] = below * (1 - weight) + weight * np.asarray(colour, np.float32)
