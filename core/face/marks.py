"""The points by which other programs know a head: a square pinned to it, and the middles of its features."""

from __future__ import annotations

import numpy as np

from doublure.core.face.topology import CHIN, LEFT_EYE, NOSE_TIP, RIGHT_EYE

CORNERS = np.array([[-1.5, 1.5, 0.0], [1.5, 1.5, 0.0], [1.5, -1.5, 0.0], [-1.5, -1.5, 0.0]])
"""The pinned square in head coordinates, in Nuke's order: lower left, lower right, upper right, upper left."""

MARKS = ("right_eye", "left_eye", "nose", "chin")
"""Names of :func:`marks_of`'s points, the person's own right and left; file format: never renamed."""

OWN = "Doublure"
"""How the names of the nodes that we export begin."""


def marks_of(points: np.ndarray) -> np.ndarray:
    """(468, 2 or 3) -> (4, 2 or 3): middles of the right and the left eye, tip of the nose, chin."""
    eyes = [points[[rim[0], rim[8]]].mean(0) for rim in (RIGHT_EYE, LEFT_EYE)]
    return np.stack([*eyes, points[NOSE_TIP], points[CHIN]])
