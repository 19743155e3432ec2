"""The matte of a face as the camera sees it, by ray casting."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import binary_fill_holes

from bench.stage.assets import NARROW_FACE_VERTICES, SKIN_VERTICES
from bench.stage.camera import Camera
from bench.stage.geometry import cast_rays

GRID = 4


def face_triangles(triangles: np.ndarray) -> np.ndarray:
    """Which of the head's triangles (F, 3) count: the narrow face, and what is seen through it (eyes, teeth)."""
    inside = (triangles < NARROW_FACE_VERTICES).all(1)
    return np.asarray(inside | (triangles.min(1) >= SKIN_VERTICES))


def face_matte(vertices: np.ndarray, triangles: np.ndarray, camera: Camera) -> np.ndarray:
    """Coverage (camera.height, camera.width), 0-1 in steps of 1/16, of the visible narrow face.

    vertices (V, 3) and triangles (F, 3) are the whole head as posed.
    """
    counts = face_triangles(triangles)
    seen = camera.project(vertices[np.unique(triangles[counts])])
    x0, y0 = np.clip(np.floor(seen.min(0)).astype(int) - 1, 0, None)
    x1, y1 = np.minimum(np.ceil(seen.max(0)).astype(int) + 2, [camera.width, camera.height])
    offsets = (np.arange(GRID) + 0.5) / GRID
    x = (np.arange(x0, x1)[:, None] + offsets).ravel()
    y = (np.arange(y0, y1)[:, None] + offsets).ravel()
    px, py = np.meshgrid(x, y)
    directions = camera.directions(px.ravel(), py.ravel())
    hits = cast_rays(vertices, triangles, np.tile(camera.origin, (len(directions), 1)), directions)
    face = (hits.found & counts[hits.triangle]).reshape(y1 - y0, GRID, x1 - x0, GRID).mean((1, 3))
    matte = np.zeros((camera.height, camera.width), np.float32)
    # Lips folded into the mouth's corners leave pinholes that belong to the face.
    matte[y0:y1, x0:x1] = np.where((face < 1) & binary_fill_holes(face == 1), 1, face)
    return matte
