"""Meshes as arrays: triangles of named parts, smooth normals, rays, and texel-to-surface look-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.stage.base.assets import FaceModel
from bench.stage.base.llvm import load_mitsuba


def part_triangles(model: FaceModel, materials: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Vertex triangles and uv triangles, both (F, 3) int64, of the named materials; quads are split in two."""
    rows = np.isin(model.material, [model.materials.index(n) for n in materials])
    faces, uvs = model.faces[rows].astype(np.int64), model.corner_uv[rows].astype(np.int64)
    quads = faces[:, 3] >= 0
    return (
        np.concatenate([faces[:, :3], faces[quads][:, [0, 2, 3]]]),
        np.concatenate([uvs[:, :3], uvs[quads][:, [0, 2, 3]]]),
    )


def smooth_normals(positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Unit vertex normals (V, 3), area-weighted; vertices without a triangle get a zero normal."""
    a, b, c = (positions[triangles[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    flat = np.stack(
        [np.bincount(triangles.ravel(), np.repeat(face[:, k], 3), len(positions)) for k in range(3)], 1
    )
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    return (flat / np.maximum(length, 1e-12)).astype(np.float32)


@dataclass(frozen=True)
class Hits:
    """Where N rays met a mesh: triangle (N,), barycentric weights (N, 3), and found (N,) bool."""

    triangle: np.ndarray
    weights: np.ndarray
    found: np.ndarray

    def blend(self, corners: np.ndarray) -> np.ndarray:
        """Interpolates corner values (F, 3, K) to (N, K)."""
        return (corners[self.triangle] * self.weights[:, :, None]).sum(1)


def _scene_of(positions: np.ndarray, triangles: np.ndarray) -> Any:
    """Mitsuba's scene of one mesh, vertices (V, 3) and triangles (F, 3)."""
    mi = load_mitsuba()
    mesh = mi.Mesh("mesh", len(positions), len(triangles))
    params = mi.traverse(mesh)
    params["vertex_positions"] = np.ascontiguousarray(positions, np.float32).ravel()
    params["faces"] = np.ascontiguousarray(triangles, np.uint32).ravel()
    params.update()
    return mi.load_dict({"type": "scene", "mesh": mesh})


def cast_rays(
    positions: np.ndarray, triangles: np.ndarray, origins: np.ndarray, directions: np.ndarray
) -> Hits:
    """Nearest hits of N rays, origins and directions (N, 3), with one mesh."""
    mi = load_mitsuba()
    if mi.variant() == "scalar_rgb":
        return _cast_rays_scalar(positions, triangles, origins, directions)
    scene = _scene_of(positions, triangles)
    o, d = (np.ascontiguousarray(x.T, np.float32) for x in (origins, directions))
    hit = scene.ray_intersect_preliminary(mi.Ray3f(mi.Point3f(o), mi.Vector3f(d)))
    found = np.isfinite(np.array(hit.t))
    # A miss leaves any number here, NaN and infinity too.
    uv = np.where(found[:, None], np.array(hit.prim_uv).T.reshape(-1, 2), 0)
    triangle = np.where(found, np.array(hit.prim_index).astype(np.int64), 0)
    return Hits(triangle, np.c_[1 - uv.sum(1), uv].astype(np.float32), found)


def _cast_rays_scalar(
    positions: np.ndarray, triangles: np.ndarray, origins: np.ndarray, directions: np.ndarray
) -> Hits:
    mi = load_mitsuba()
    scene = _scene_of(positions, triangles)
    triangle = np.zeros(len(origins), np.int64)
    weights = np.zeros((len(origins), 3), np.float32)
    found = np.zeros(len(origins), bool)
    for i, (o, d) in enumerate(zip(origins, directions, strict=True)):
        hit = scene.ray_intersect_preliminary(
            mi.Ray3f(mi.Point3f(*map(float, o)), mi.Vector3f(*map(float, d)))
        )
        if hit.is_valid():
            found[i], triangle[i] = True, hit.prim_index
            u, v = hit.prim_uv
            weights[i] = 1 - u - v, u, v
    return Hits(triangle, weights, found)


def rasterise_uv(uv: np.ndarray, uv_triangles: np.ndarray, width: int, height: int) -> Hits:
    """For every texel of a (height, width) atlas over [0, 1]², row 0 at v = 1: which triangle covers it, and where."""
    flat = np.c_[uv, np.zeros(len(uv))].astype(np.float32)
    x, y = np.meshgrid((np.arange(width) + 0.5) / width, 1 - (np.arange(height) + 0.5) / height)
    origins = np.stack([x.ravel(), y.ravel(), np.ones(x.size)], 1)
    return cast_rays(flat, uv_triangles, origins, np.tile([[0.0, 0.0, -1.0]], (x.size, 1)))
