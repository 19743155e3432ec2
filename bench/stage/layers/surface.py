"""What each pixel's centre sees: position, normal, skin coordinates and exact motion to the next frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.stage.base.geometry import Hits, cast_rays, smooth_normals
from bench.stage.camera.camera import Camera


@dataclass(frozen=True)
class Solid:
    """One piece of the scene: triangles (F, 3) of vertices now and in the next frame, (V, 3) each, centimetres.

    uv (F, 3, 2) are skin atlas coordinates of the corners, or None where the piece has none.
    """

    triangles: np.ndarray
    now: np.ndarray
    next: np.ndarray
    uv: np.ndarray | None = None


@dataclass(frozen=True)
class Surface:
    """What is seen at the pixel centres, (H, W, ...) float32, all 0 where found (H, W) is False.

    position (3) in centimetres; normal (3), unit, x right, y up, z towards the camera; uv (2), 0 off the skin;
    flow (2), pixels to the right and down, where the same point of the surface is in the next frame; solid (H, W)
    int, which of the solids, -1 where none.
    """

    position: np.ndarray
    normal: np.ndarray
    uv: np.ndarray
    flow: np.ndarray
    solid: np.ndarray
    found: np.ndarray


def look(solids: Sequence[Solid], camera: Camera) -> Surface:
    """Casts one ray through every pixel's centre at the solids as they stand now.

    The normal is the smooth one, turned to the camera. Flow follows the same point of the same triangle.
    """
    triangles, now, later, uv, normals, which = _joined(solids)
    shape = (camera.height, camera.width)
    y, x = (a.ravel() + 0.5 for a in np.mgrid[: shape[0], : shape[1]])
    d = camera.directions(x, y)
    hits = cast_rays(now, triangles, np.tile(camera.origin, (len(d), 1)), d)
    found = hits.found

    def layer(values: np.ndarray) -> np.ndarray:
        return np.where(found[:, None], values, 0).reshape(*shape, -1).astype(np.float32)

    position = hits.blend(now[triangles])
    normal = hits.blend(normals[triangles])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    away = (normal * d).sum(1) > 0
    normal[away] *= -1
    # Measured from where the point itself lies, not from the pixel's centre, so that rest is exactly zero.
    flow = camera.project(hits.blend(later[triangles])) - camera.project(position)
    return Surface(
        layer(position),
        layer(normal),
        layer(hits.blend(uv)),
        layer(flow),
        np.where(found, which[hits.triangle], -1).reshape(shape),
        found.reshape(shape),
    )


def _joined(solids: Sequence[Solid]) -> tuple[np.ndarray, ...]:
    start = np.cumsum([0] + [len(s.now) for s in solids])
    # In double precision: flow is a small difference of large numbers.
    now, later = (
        np.concatenate(v).astype(np.float64) for v in ([s.now for s in solids], [s.next for s in solids])
    )
    return (
        np.concatenate([s.triangles + first for s, first in zip(solids, start, strict=False)]),
        now,
        later,
        np.concatenate([np.zeros((len(s.triangles), 3, 2)) if s.uv is None else s.uv for s in solids]),
        np.concatenate([smooth_normals(s.now, s.triangles) for s in solids]).astype(np.float64),
        np.concatenate([np.full(len(s.triangles), k) for k, s in enumerate(solids)]),
    )


def visible(points: np.ndarray, solids: Sequence[Solid], camera: Camera, slack: float = 0.35) -> np.ndarray:
    """Whether each point (N, 3) on a surface is in the picture and in front of all else, (N,) bool.

    Up to slack, in centimetres, may lie over it: the corners of shut eyes and of the mouth sit in folds.
    """
    triangles = _joined(solids)[0]
    now = np.concatenate([s.now for s in solids])
    way = points - camera.origin
    distance = np.linalg.norm(way, axis=1)
    hits: Hits = cast_rays(now, triangles, np.tile(camera.origin, (len(points), 1)), way / distance[:, None])
    met = np.linalg.norm(hits.blend(now[triangles]) - camera.origin, axis=1)
    free = ~hits.found | (met > distance - slack)
    seen = camera.project(points)
    inside = (seen >= 0).all(1) & (seen <= [camera.width, camera.height]).all(1)
    return np.asarray(free & inside)
