"""Skin relief: the scanned man's tangent normals carried over to ICT-FaceKit's atlas, with pores and lines of age.

Relief is kept as slopes (H, W, 2): how far the normal leans, as a tangent, along the shading tangent (the way u
grows, made perpendicular to the normal) and along the normal's cross product with it. Slopes add; normals do not.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from bench.stage.base.assets import FaceModel, SourceHead, load_scanned_head, load_texture
from bench.stage.base.geometry import rasterise_uv, smooth_normals
from bench.stage.face.canvas import Canvas, smoothstep
from bench.stage.face.traits import Traits
from bench.stage.face.transfer import (
    ATLAS_HEIGHT,
    ATLAS_WIDTH,
    closest_uv,
    landmark_pairs,
    outer_surface,
    sample_texture,
    spline_to_source,
)
from bench.stage.hair.roots import unit
from bench.stage.people.skin import brow_region, noise

BAKE = 2048
BROAD = 14


def object_slopes(source: SourceHead, normal_map: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The slopes that a tangent-space normal map (H, W, 3), 0-1, describes, as vectors in the source's own space
    (BAKE, BAKE, 3), and its smooth normals (BAKE, BAKE, 3)."""
    p, t = source.positions[source.triangles], source.uv[source.uv_triangles]
    e1, e2 = p[:, 1] - p[:, 0], p[:, 2] - p[:, 0]
    a, b = t[:, 1] - t[:, 0], t[:, 2] - t[:, 0]
    area = (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])[:, None]
    area = np.where(np.abs(area) < 1e-12, 1e-12, area)
    across = unit((e1 * b[:, 1:] - e2 * a[:, 1:]) / area)
    up = unit((e2 * a[:, :1] - e1 * b[:, :1]) / area)
    hits = rasterise_uv(source.uv, source.uv_triangles, BAKE, BAKE)
    n = normal_map.reshape(-1, 3) * 2 - 1
    z = np.maximum(n[:, 2:], 0.3)
    # This map's green grows downwards: only so are its slopes those of a height field.
    slopes = n[:, :1] / z * across[hits.triangle] - n[:, 1:2] / z * up[hits.triangle]
    smooth = hits.blend(smooth_normals(source.positions, source.triangles)[source.triangles])
    ok = hits.found[:, None]
    shape = (BAKE, BAKE, 3)
    return np.where(ok, slopes, 0).reshape(shape), np.where(ok, smooth, 0).reshape(shape)


def turned(vectors: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Vectors (N, 3) under the shortest rotations that bring unit vectors start to end (N, 3). (Rodrigues.)"""
    axis = np.cross(start, end)
    cosine = (start * end).sum(1, keepdims=True)
    once = np.cross(axis, vectors)
    return np.asarray(vectors + once + np.cross(axis, once) / np.maximum(1 + cosine, 0.05))


def atlas_frame(canvas: Canvas, normals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The shading tangents (H, W, 3) of the atlas: along u, and the normal's (H, W, 3) cross product with that."""
    across = np.gradient(canvas.position, axis=1)
    across = unit(across - (across * normals).sum(-1, keepdims=True) * normals)
    return across, np.cross(normals, across)


def atlas_normals(model: FaceModel, canvas: Canvas, triangles: np.ndarray) -> np.ndarray:
    """Smooth normals (H, W, 3) of the mean face in the atlas."""
    corners = smooth_normals(model.neutral, triangles)[triangles[canvas.triangle]]
    return unit((corners * canvas.weights[..., None]).sum(-2))


def scan_matches(canvas: Canvas, normals: np.ndarray) -> np.ndarray:
    """Where (H, W) the scan's surface meets ICT's well enough, 0-1: the front of the face.

    Left out are brows, lids, nostrils, the inside of the mouth and what hangs under the jaw."""
    x, y, z = np.moveaxis(canvas.position, -1, 0)
    face = (np.arange(ATLAS_WIDTH) < ATLAS_WIDTH // 2) * smoothstep(z, 2.5, 4.5) * (1 - brow_region(canvas))
    face = face * smoothstep(normals[..., 1] + 0.08 * (y + 8.5), -0.45, -0.15)
    ok = canvas.landmark
    mouth: np.ndarray = np.zeros(canvas.lips.shape, np.float32)
    cv2.fillPoly(mouth, [np.rint(ok[60:68]).astype(np.int32)], 1.0)
    mouth = np.asarray(cv2.GaussianBlur(cv2.dilate(mouth, np.ones((5, 5))), (0, 0), 3))
    nostrils = np.exp(-((np.abs(x) - 0.6) ** 2 + (y + 0.7) ** 2) / 0.8) * (z > 9)
    tip = np.exp(-(x**2 + (y - 0.4) ** 2 + (z - 13) ** 2) / 2.5)
    lids = np.exp(-(((np.abs(x) - 3.3) / 1.5) ** 4) - ((y - 3.5) / 0.8) ** 4)
    face = face * (1 - mouth) * (1 - np.clip(nostrils + 1.3 * tip, 0, 1)) * (1 - lids)
    return np.asarray(face * canvas.covered, np.float32)


def scan_slopes(
    model: FaceModel, canvas: Canvas, triangles: np.ndarray, assets: Path, cache: Path
) -> np.ndarray:
    """The scan's fine slopes in the atlas, (1024, 2048, 2) float32; kept as a NumPy file in the cache folder."""
    file = cache / "relief_scan.npy"
    if file.exists():
        return np.load(file, allow_pickle=False).astype(np.float32)
    whole = load_scanned_head(assets)
    slopes, smooth = object_slopes(
        whole, load_texture(assets / "lps_head" / "Infinite-Level_02_Tangent_SmoothUV.jpg")
    )
    source = outer_surface(whole)
    here, there = landmark_pairs("scan")
    spline = spline_to_source(here, there, model, source)
    target = np.zeros_like(model.neutral)
    used = np.unique(triangles)
    target[used] = spline(model.neutral[used])
    covered = canvas.covered
    weights, corners = canvas.weights[covered][:, :, None], triangles[canvas.triangle[covered]]
    points = (target[corners] * weights).sum(1)
    there_normals = (smooth_normals(target, triangles)[corners] * weights).sum(1)
    uv = closest_uv(source, points, there_normals, scale=float(np.ptp(there[:, 1])) / 17)
    normals = atlas_normals(model, canvas, triangles)
    found = unit(sample_texture(smooth.astype(np.float32), uv))
    moved = turned(sample_texture(slopes.astype(np.float32), uv), found, normals[covered])
    across, along = atlas_frame(canvas, normals)
    out = np.zeros((ATLAS_HEIGHT, ATLAS_WIDTH, 2), np.float32)
    out[covered] = np.stack([(moved * across[covered]).sum(1), (moved * along[covered]).sum(1)], 1)
    out *= scan_matches(canvas, normals)[..., None]
    # ICT has the large shapes already.
    out = np.clip(out, -0.8, 0.8)
    inside = cv2.GaussianBlur(covered.astype(np.float32), (0, 0), BROAD)
    out = (out - cv2.GaussianBlur(out, (0, 0), BROAD) / np.maximum(inside, 0.2)[..., None]) * covered[
        ..., None
    ]
    cache.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial.npy")
    np.save(partial, out.astype(np.float16))
    partial.replace(file)
    return out


def slopes_of(height: np.ndarray, canvas: Canvas, normals: np.ndarray) -> np.ndarray:
    """Slopes (H, W, 2) of a height field (H, W) in centimetres."""
    right, down = (np.gradient(canvas.position, axis=axis) for axis in (1, 0))
    across, along = atlas_frame(canvas, normals)
    wide = np.maximum((right * across).sum(-1), 0.004)
    tall = (down * along).sum(-1)
    tall = np.where(np.abs(tall) < 0.004, 0.004 * np.where(tall < 0, -1, 1), tall)
    ok = canvas.covered & (wide < 0.1) & (np.abs(tall) < 0.1)
    # A surface that rises along an axis leans its normal the other way.
    slopes = -np.stack([np.gradient(height, axis=1) / wide, np.gradient(height, axis=0) / tall], -1)
    return np.asarray(np.where(ok[..., None], np.clip(slopes, -0.6, 0.6), 0), np.float32)


def line(x: np.ndarray, y: np.ndarray, points: list[tuple[float, float]], width: float) -> np.ndarray:
    """A soft groove (H, W), 0-1, along a polyline of (x, y) on the face, centimetres."""
    best = np.full(x.shape, np.inf, np.float32)
    for (ax, ay), (bx, by) in pairwise(points):
        dx, dy = bx - ax, by - ay
        t = np.clip(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0, 1)
        best = np.minimum(best, (x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2)
    return np.exp(-best / (2 * width**2))


def age_lines(canvas: Canvas, traits: Traits) -> np.ndarray:
    """How deep (H, W) the lines of age are, 0-1 of the deepest: brow, crow's feet, under the eyes, nose to mouth."""
    r = np.random.default_rng([traits.seed, 42])
    x, y, z = np.moveaxis(canvas.position, -1, 0)
    x, y = x.astype(np.float32), y.astype(np.float32)
    wobble = 0.12 * noise(r, x.shape, 40)
    deep = np.zeros(x.shape, np.float32)
    for k in range(4):
        at = 6.2 + 0.75 * k + r.normal(0, 0.15)
        bow = 0.35 + 0.15 * r.random()
        half = r.uniform(2.4, 4.2)
        groove = np.exp(-((y + wobble - at - bow * np.cos(x / 2.4)) ** 2) / (2 * 0.055**2))
        deep = np.maximum(deep, r.uniform(0.3, 0.8) * groove * smoothstep(half - np.abs(x), 0, 1.4))
    for side in (-1, 1):
        u = side * x + wobble
        for k in range(4):
            end = 3.7 + (k - 1.4) * 0.55
            deep = np.maximum(
                deep, r.uniform(0.3, 0.7) * line(u, y, [(5.0, 3.5 + 0.1 * (k - 1.5)), (6.3, end)], 0.045)
            )
        deep = np.maximum(
            deep, r.uniform(0.4, 0.8) * line(u, y, [(1.9, 2.6), (2.8, 1.9), (3.8, 1.75), (4.6, 2.1)], 0.06)
        )
        fold = line(u, y, [(1.9, 0.2), (2.5, -0.9), (3.05, -2.2), (3.3, -3.2)], 0.10)
        deep = np.maximum(deep, r.uniform(0.6, 1.0) * fold)
    return np.asarray(deep * (z > 3), np.float32)


def paint_relief(
    canvas: Canvas,
    normals: np.ndarray,
    scanned: np.ndarray,
    texture: np.ndarray,
    lines: np.ndarray,
    smooth: np.ndarray,
    traits: Traits,
) -> np.ndarray:
    """A person's tangent-space normals (1024, 2048, 3) float32, -1 to 1.

    Args:
        normals: smooth ones of the atlas (H, W, 3). scanned: ``scan_slopes``. texture: (H, W) fine log brightness of
            the person's base skin; dark is deep. lines: ``age_lines``. smooth: (H, W), 1 where there is to be no
            relief, as under hair.
    """
    r = np.random.default_rng([traits.seed, 43])
    x, y, z = np.moveaxis(canvas.position, -1, 0)
    ears = (np.abs(x) > 7.2).astype(np.float32)
    cheeks = np.exp(-((np.abs(x) - 3.6) ** 2 / 5 + (y - 0.2) ** 2 / 6)) * (z > 2)
    nose = np.exp(-(x**2 / 2.2 + (y - 0.6) ** 2 / 3)) * (z > 8)
    pore = noise(r, x.shape, 1.6)
    pits = -np.clip(pore - 0.7, 0, 2) * (0.0007 + 0.0022 * cheeks + 0.0028 * nose)
    bumps = 0.0011 * noise(r, x.shape, 3.0) + 0.0016 * noise(r, x.shape, 6.0)
    creases = 0.010 * np.clip(cv2.GaussianBlur(texture, (0, 0), 1.2), -0.35, 0.25)
    height = traits.pores * (pits + 0.7 * bumps) + creases - 0.020 * traits.age * lines
    slopes = slopes_of(height.astype(np.float32), canvas, normals)
    keep = (1 - smooth) * (1 - ears)
    slopes = slopes + traits.pores * scanned
    slopes = slopes * keep[..., None]
    out = np.concatenate([slopes, np.ones((*x.shape, 1), np.float32)], -1)
    return unit(out).astype(np.float32)
