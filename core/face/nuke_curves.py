"""A track as text that Nuke pastes: a CornerPin2D on the head, and a Tracker3 on eyes, nose and chin."""

from __future__ import annotations

import numpy as np

from doublure.core.face.sidecar import Track
from doublure.core.face.topology import CHIN, LEFT_EYE, NOSE_TIP, RIGHT_EYE

CORNERS = np.array([[-1.5, 1.5, 0.0], [1.5, 1.5, 0.0], [1.5, -1.5, 0.0], [-1.5, -1.5, 0.0]])
"""The pinned square in head coordinates, in Nuke's order: lower left, lower right, upper right, upper left."""


def to_nuke(track: Track) -> str:
    """Two Nuke nodes whose curves have a key on every frame with the face; Nuke interpolates over the others.

    Nuke counts y from the bottom: the plate's height less ours. The CornerPin2D pins from the square's place in the
    first frame that shows the face. Only data is written: no expression, no script.
    """
    numbers = [face.number for face in track.found]
    corners = np.array(
        [
            face.pose.project(CORNERS) / (track.pixel_aspect, 1)
            for face in track.found
            if face.pose is not None
        ]
    )
    marks = np.array([_marks(face.points) for face in track.found if face.points is not None])
    lines = ["CornerPin2D {"]
    for i in range(4):
        lines.append(
            f" to{i + 1} {_curve(numbers, corners[:, i] if len(numbers) else corners, track.height)}"
        )
    if numbers:
        lines += [f" from{i + 1} {_point(corners[0, i], track.height)}" for i in range(4)]
    lines += [" name Doublure_head", "}", "Tracker3 {"]
    for i in range(4):
        lines.append(f" track{i + 1} {_curve(numbers, marks[:, i] if len(numbers) else marks, track.height)}")
    return "\n".join([*lines, " name Doublure_eyes_nose_chin", "}", ""])


def _marks(points: np.ndarray) -> np.ndarray:
    """(4, 2) middles of the right and the left eye, tip of the nose, chin."""
    eyes = [points[[rim[0], rim[8]], :2].mean(0) for rim in (RIGHT_EYE, LEFT_EYE)]
    return np.stack([*eyes, points[NOSE_TIP, :2], points[CHIN, :2]])


def _curve(numbers: list[int], places: np.ndarray, height: int) -> str:
    if not numbers:
        return "{0 0}"
    x = " ".join(f"x{n} {place[0]:.3f}" for n, place in zip(numbers, places, strict=True))
    y = " ".join(f"x{n} {height - place[1]:.3f}" for n, place in zip(numbers, places, strict=True))
    return f"{{{{curve {x}}} {{curve {y}}}}}"


def _point(place: np.ndarray, height: int) -> str:
    return f"{{{place[0]:.3f} {height - place[1]:.3f}}}"
