"""Which way the face's skin looks at every pixel: normals rasterised from the tracked landmark mesh."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from doublure.core.cancel import check
from doublure.core.face.head import Head
from doublure.core.face.topology import LEFT_EYE, LIPS, RIGHT_EYE, triangles
from doublure.core.window import Window


@dataclass(frozen=True)
class NormalMap:
    """Normals over a grid of ``window``, which may be coarser than the plate.

    Attributes:
        normals: float32 (h, w, 3), unit where covered: x right, y down, z away from the camera (so the front
            of a face looks to -z); 0 where not covered.
        skin: bool (h, w), covered by the mesh and neither eye nor lips.
        window: the plate pixels that the grid spans.
    """

    normals: np.ndarray
    skin: np.ndarray
    window: Window

    @property
    def covered(self) -> np.ndarray:
        """bool (h, w)."""
        return (self.normals != 0).any(2)


def vertex_normals(points: np.ndarray, faces: np.ndarray, smooth: int = 2) -> np.ndarray:
    """Unit normals (N, 3) of a mesh whose triangles run clockwise in the picture, area-weighted.

    Args:
        points: (N, 3) in square pixels, x right, y down, z away from the camera.
        faces: (T, 3) indices.
        smooth: times that each normal is averaged with its neighbours': landmarks jitter by a pixel.
    """
    corners = points.astype(np.float64)[faces]
    # y down mirrors the usual hand: clockwise corners give (b-a)×(c-a) away from the camera.
    flat = -np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    out = np.zeros((len(points), 3))
    for corner in range(3):
        np.add.at(out, faces[:, corner], flat)
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)
    for _ in range(smooth):
        mean = out[faces].sum(1)
        total = out.copy()
        for corner in range(3):
            np.add.at(total, faces[:, corner], mean)
        out = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
    return out


def rasterise(
    points: np.ndarray, faces: np.ndarray, values: np.ndarray, height: int, width: int
) -> np.ndarray:
    """Interpolate vertex ``values`` (N, C) over the front-facing triangles, nearest in front.

    Args:
        points: (N, 3): x, y in grid pixels (a pixel's centre is at +0.5), smaller z is nearer.
        faces: (T, 3), clockwise in the picture where they face the camera.

    Returns:
        float32 (height, width, C), 0 where no triangle covers the pixel's centre.
    """
    corners = points.astype(np.float64)[faces]
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    low = np.ceil(corners[..., :2].min(1) - 0.5).astype(int).clip(0)
    high = np.floor(corners[..., :2].max(1) - 0.5).astype(int).clip(max=[width - 1, height - 1])
    extent = high - low + 1
    used = np.nonzero((area > 1e-9) & (extent > 0).all(1))[0]
    count = extent[used].prod(1)
    triangle = np.repeat(used, count)
    nth = np.arange(len(triangle)) - np.repeat(np.cumsum(count) - count, count)
    column = low[triangle, 0] + nth % extent[triangle, 0]
    row = low[triangle, 1] + nth // extent[triangle, 0]
    x, y = column + 0.5, row + 0.5

    def edge(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        p, q = p[triangle], q[triangle]
        return ((q[:, 0] - p[:, 0]) * (y - p[:, 1]) - (x - p[:, 0]) * (q[:, 1] - p[:, 1])) / area[triangle]

    share = np.stack([edge(b, c), edge(c, a), edge(a, b)], 1)
    inside = (share >= -1e-9).all(1)
    share, triangle, place = share[inside], triangle[inside], (row * width + column)[inside]
    depth = (share * points[faces[triangle], 2]).sum(1)
    order = np.argsort(-depth, kind="stable")
    out = np.zeros((height * width, values.shape[1]), np.float32)
    out[place[order]] = np.einsum("nk,nkc->nc", share[order], values[faces[triangle[order]]])
    return out.reshape(height, width, -1)


def head_map(
    head: Head, points: np.ndarray, window: Window, pixel_aspect: float = 1.0, longest: int = 160
) -> NormalMap:
    """Normals of a fitted head over plate pixels, its eyes and mouth closed by the landmarks' mesh.

    Args:
        head: fitted to this frame; its normals are those of a person's nose and eye sockets.
        points, window, pixel_aspect, longest: as for :func:`normal_map`, which fills what the head leaves open.
    """
    filled = normal_map(points, window, pixel_aspect, longest)
    height, width = filled.skin.shape
    drawn = head.passes(window, pixel_aspect, shrink=max(window.width / width, window.height / height))
    field = np.ascontiguousarray(drawn[[0, 1, 2, 8]].permute(1, 2, 0).numpy())
    if field.shape[:2] != (height, width):
        field = np.asarray(cv2.resize(field, (width, height), interpolation=cv2.INTER_NEAREST))
    seen = field[..., 3] > 0
    normals = np.where(seen[..., None], field[..., :3] * np.array([1, -1, -1]), filled.normals)
    # The head reaches beyond the landmarks: up the forehead and round the cheeks, where it is skin or hair.
    return NormalMap(normals.astype(np.float32), filled.skin, window)


def normal_map(
    points: np.ndarray, window: Window, pixel_aspect: float = 1.0, longest: int = 160
) -> NormalMap:
    """Normals of a tracked face over plate pixels.

    Args:
        points: (468, 3) in plate coordinates, z in plate y pixels, smaller is nearer.
        window: the plate pixels wanted, not empty.
        pixel_aspect: of the plate: x is widened by it before normals are taken.
        longest: most grid pixels along a side; normals are smooth, and so is what is made of them.
    """
    shrink = max(max(window.width, window.height) / longest, 1.0)
    width, height = max(round(window.width / shrink), 1), max(round(window.height / shrink), 1)
    faces = triangles()
    normals = vertex_normals(points * np.array([pixel_aspect, 1.0, 1.0]), faces)
    grid = (points - np.array([window.x0, window.y0, 0.0])) * np.array(
        [width / window.width, height / window.height, 1.0]
    )
    check()
    field = rasterise(grid, faces, normals, height, width)
    length = np.linalg.norm(field, axis=2, keepdims=True)
    field = np.where(length > 1e-3, field / np.maximum(length, 1e-3), 0.0).astype(np.float32)
    check()
    features = np.zeros((height, width), np.uint8)
    for ring in (LEFT_EYE, RIGHT_EYE, LIPS):
        outline = np.round((grid[list(ring), :2] - 0.5) * 16).astype(np.int32)
        cv2.fillPoly(features, [outline], 1, shift=4)
    return NormalMap(field, (field != 0).any(2) & (features == 0), window)
