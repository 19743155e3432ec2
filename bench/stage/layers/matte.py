"""The mattes of a face and of what crosses it, as the camera sees them, by ray casting."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import binary_fill_holes

from bench.stage.base.assets import NARROW_FACE_VERTICES, SKIN_VERTICES
from bench.stage.base.geometry import cast_rays
from bench.stage.camera.camera import Camera

GRID = 4


def face_triangles(triangles: np.ndarray) -> np.ndarray:
    """Which of the head's triangles (F, 3) count: the narrow face, and what is seen through it (eyes, teeth)."""
    inside = (triangles < NARROW_FACE_VERTICES).all(1)
    return np.asarray(inside | (triangles.min(1) >= SKIN_VERTICES))


def _box(points: np.ndarray, camera: Camera) -> tuple[int, int, int, int]:
    seen = camera.project(points)
    size = [camera.width, camera.height]
    x0, y0 = np.clip(np.floor(seen.min(0)).astype(int) - 1, 0, size)
    x1, y1 = np.clip(np.ceil(seen.max(0)).astype(int) + 2, 0, size)
    return int(x0), int(y0), int(x1), int(y1)


def mattes(
    vertices: np.ndarray,
    triangles: np.ndarray,
    camera: Camera,
    blocker: tuple[np.ndarray, np.ndarray] | None = None,
    counts: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Matte and occlusion, (camera.height, camera.width) each, 0-1 in steps of 1/16 from a 4 by 4 grid of rays.

    The matte is the coverage by the visible face; occlusion is the coverage by the blocker in front of the head.

    Args:
        vertices: (V, 3) and triangles: (F, 3), the whole head as posed.
        blocker: vertices and triangles of what crosses it.
        counts: (F,) which triangles are face; by default the narrow face and what is seen through it.
    """
    counts = face_triangles(triangles) if counts is None else counts
    matte, occlusion = (np.zeros((camera.height, camera.width), np.float32) for _ in range(2))
    x0, y0, x1, y1 = _box(
        vertices[np.unique(triangles if blocker is not None else triangles[counts])], camera
    )
    if x1 <= x0 or y1 <= y0:
        return matte, occlusion
    offsets = (np.arange(GRID) + 0.5) / GRID
    px, py = np.meshgrid(
        (np.arange(x0, x1)[:, None] + offsets).ravel(), (np.arange(y0, y1)[:, None] + offsets).ravel()
    )
    d = camera.directions(px.ravel(), py.ravel())
    origins = np.tile(camera.origin, (len(d), 1))
    hits = cast_rays(vertices, triangles, origins, d)

    def coverage(of: np.ndarray) -> np.ndarray:
        return np.asarray(of.reshape(y1 - y0, GRID, x1 - x0, GRID).mean((1, 3)))

    face = coverage(hits.found & counts[hits.triangle])
    # Lips folded into the mouth's corners leave pinholes that belong to the face.
    face = np.where((face < 1) & binary_fill_holes(face == 1), 1, face)
    if blocker is not None:
        far = np.linalg.norm(hits.blend(vertices[triangles]) - camera.origin, axis=1)
        front = cast_rays(*blocker, origins, d)
        near = np.linalg.norm(front.blend(blocker[0][blocker[1]]) - camera.origin, axis=1)
        blocked = front.found & hits.found & (near < far)
        occlusion[y0:y1, x0:x1] = coverage(blocked)
        cut = coverage(blocked & counts[hits.triangle])
        face = np.clip(face - cut, 0, 1)
    matte[y0:y1, x0:x1] = face
    return matte, occlusion


def face_matte(vertices: np.ndarray, triangles: np.ndarray, camera: Camera) -> np.ndarray:
    """Coverage (camera.height, camera.width), 0-1, of the visible narrow face with nothing in front of it."""
    return mattes(vertices, triangles, camera)[0]
