"""Moves a source head's skin texture into ICT-FaceKit's UV atlas.

Landmarks found once by MediaPipe FaceMesh on frontal pictures of both heads (``landmarks.npz``, 468 points in
each head's own space) drive a thin-plate spline from the ICT neutral to the source head; every texel of the atlas
takes the colour of the closest point of the source surface.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree

from bench.stage.base.assets import (
    MAKEHUMAN_SKINS,
    FaceModel,
    SourceHead,
    load_makehuman_head,
    load_scanned_head,
    load_texture,
)
from bench.stage.base.geometry import Hits, cast_rays, part_triangles, rasterise_uv, smooth_normals

ATLAS_WIDTH, ATLAS_HEIGHT = 2048, 1024
SKIN = ("M_Face", "M_BackHead")
BASE_SKINS = (*MAKEHUMAN_SKINS, "scan")
SURFACE_SAMPLES = 300_000
REACH = 1.5


def atlas_uv(model: FaceModel) -> np.ndarray:
    """ICT uv with the face tile [0, 1] and the back-of-head tile [1, 2] side by side in [0, 1]²."""
    return model.uv * np.array([0.5, 1.0], np.float32)


def atlas_hits(model: FaceModel) -> tuple[Hits, np.ndarray]:
    """Which skin triangle covers each texel of the atlas, and the skin's vertex triangles (F, 3)."""
    triangles, uv_triangles = part_triangles(model, SKIN)
    return rasterise_uv(atlas_uv(model), uv_triangles, ATLAS_WIDTH, ATLAS_HEIGHT), triangles


def scalp_anchors(
    positions: np.ndarray, triangles: np.ndarray, centre: np.ndarray, basis: np.ndarray
) -> np.ndarray:
    """Outermost points (N, 3), NaN where missed, along fixed directions to the crown and back of the head.

    basis (3, 3) maps ICT directions to this head's space.
    """
    polar, azimuth = np.meshgrid(np.deg2rad([0, 25, 50, 75]), np.deg2rad(np.arange(0, 360, 30)))
    d = np.stack(
        [np.sin(polar) * np.sin(azimuth), np.cos(polar), np.sin(polar) * np.cos(azimuth)], -1
    ).reshape(-1, 3)
    d = d[d[:, 2] < 0.5] @ basis.T
    far = centre + d * 50
    hits = cast_rays(positions, triangles, far, -d)
    return np.where(hits.found[:, None], hits.blend(positions[triangles]), np.nan)


def spline_to_source(
    ict_points: np.ndarray, source_points: np.ndarray, model: FaceModel, source: SourceHead
) -> RBFInterpolator:
    """Thin-plate spline from ICT space to the source head's space."""
    design = np.c_[ict_points, np.ones(len(ict_points))]
    affine = np.linalg.lstsq(design, source_points, rcond=None)[0]
    scale = np.cbrt(abs(np.linalg.det(affine[:3])))
    centre = np.array([0.0, 4.0, 0.0])
    triangles, _ = part_triangles(model, SKIN)
    here = scalp_anchors(model.neutral, triangles, centre, np.eye(3))
    rigid = np.eye(3) * scale
    shift = source_points.mean(0) - ict_points.mean(0) @ rigid.T
    there = scalp_anchors(source.positions, source.triangles, centre @ rigid.T + shift, rigid)
    good = np.isfinite(here).all(1) & np.isfinite(there).all(1)
    a, b = np.r_[ict_points, here[good]], np.r_[source_points, there[good]]
    return RBFInterpolator(a, b, kernel="thin_plate_spline", smoothing=0.02)


def sample_texture(texture: np.ndarray, uv: np.ndarray) -> np.ndarray:
    """Bilinear look-up of texture (H, W, 3) at uv (N, 2), v up, giving (N, 3)."""
    height, width = texture.shape[:2]
    pad = (-len(uv)) % 1024
    full = np.concatenate([uv, np.zeros((pad, 2))]).astype(np.float32).reshape(-1, 1024, 2)
    out = cv2.remap(
        texture,
        full[..., 0] * width - 0.5,
        (1 - full[..., 1]) * height - 0.5,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return out.reshape(-1, 3)[: len(uv)]


def outer_surface(source: SourceHead) -> SourceHead:
    """The head without the triangles that cannot be seen from outside: mouth bag, nostrils, eye sockets' backs."""
    positions = source.positions
    used = positions[source.triangles].reshape(-1, 3)
    centre, radius = (used.max(0) + used.min(0)) / 2, np.linalg.norm(np.ptp(used, axis=0)) / 2
    seen = np.zeros(len(source.triangles), np.int64)
    side = np.linspace(-radius, radius, 500)
    for k in range(32):
        y = 1 - 2 * (k + 0.5) / 32
        turn = k * np.pi * (3 - np.sqrt(5))
        d = np.array([np.sqrt(1 - y * y) * np.cos(turn), y, np.sqrt(1 - y * y) * np.sin(turn)])
        u = np.cross(d, [0.0, 0.0, 1.0] if abs(d[2]) < 0.9 else [1.0, 0.0, 0.0])
        u /= np.linalg.norm(u)
        grid = (side[:, None, None] * u + side[None, :, None] * np.cross(d, u)).reshape(-1, 3)
        hits = cast_rays(
            positions, source.triangles, centre + d * 2 * radius + grid, np.tile(-d, (len(grid), 1))
        )
        seen += np.bincount(hits.triangle[hits.found], minlength=len(seen)) > 0
    keep = seen >= 4
    return SourceHead(positions, source.uv, source.triangles[keep], source.uv_triangles[keep], source.texture)


def closest_uv(source: SourceHead, points: np.ndarray, normals: np.ndarray, scale: float) -> np.ndarray:
    """Texture coordinates (N, 2) of the source surface along each point's normal, else of its nearest sample.

    scale is the source's units per centimetre.
    """
    unit = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    corners, corner_uv = source.positions[source.triangles], source.uv[source.uv_triangles]
    facing = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(facing, axis=1)
    uv = np.zeros((len(points), 2))
    best = np.full(len(points), np.inf)
    # A hit whose surface faces away is the inside of a mouth or nostril, met from within the flesh.
    for origin, direction in ((points, unit), (points + unit * REACH * scale, -unit)):
        hits = cast_rays(source.positions, source.triangles, origin, direction)
        away = np.linalg.norm(hits.blend(corners) - points, axis=1)
        outside = (facing[hits.triangle] * unit).sum(1) > 0.2 * area[hits.triangle]
        better = hits.found & outside & (away < np.minimum(best, REACH * scale))
        uv[better], best[better] = hits.blend(corner_uv)[better], away[better]
    rng = np.random.default_rng(0)
    pick = rng.choice(len(area), SURFACE_SAMPLES, p=area / area.sum())
    weights = rng.dirichlet([1, 1, 1], SURFACE_SAMPLES)
    samples = np.c_[(corners[pick] * weights[:, :, None]).sum(1), facing[pick] / area[pick, None] * scale]
    sample_uv = (corner_uv[pick] * weights[:, :, None]).sum(1)
    far = ~np.isfinite(best)
    _, nearest = cKDTree(samples).query(np.c_[points, unit * scale][far], eps=0.2)
    uv[far] = sample_uv[nearest]
    return uv


def transfer(
    model: FaceModel, source: SourceHead, ict_points: np.ndarray, source_points: np.ndarray
) -> np.ndarray:
    """The source's skin in the ICT atlas: (1024, 2048, 3) float32, sRGB-encoded 0-1, gutters filled."""
    hits, triangles = atlas_hits(model)
    spline = spline_to_source(ict_points, source_points, model, source)
    target = np.zeros_like(model.neutral)
    used = np.unique(triangles)
    target[used] = spline(model.neutral[used])
    corners = np.concatenate([target, smooth_normals(target, triangles)], 1)[triangles]
    texels = hits.blend(corners)[hits.found]
    uv = closest_uv(source, texels[:, :3], texels[:, 3:], scale=float(np.ptp(source_points[:, 1])) / 17)
    colour = sample_texture(source.texture, uv)

    atlas = np.zeros((ATLAS_HEIGHT * ATLAS_WIDTH, 3), np.float32)
    atlas[hits.found] = colour
    return fill_gutters(
        atlas.reshape(ATLAS_HEIGHT, ATLAS_WIDTH, 3), hits.found.reshape(ATLAS_HEIGHT, ATLAS_WIDTH)
    )


def fill_gutters(atlas: np.ndarray, covered: np.ndarray) -> np.ndarray:
    """Uncovered texels take the nearest covered one, so that filtering never bleeds the background in."""
    rows, columns = distance_transform_edt(~covered, return_distances=False, return_indices=True)
    return np.asarray(atlas[rows, columns])


def landmark_pairs(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Matching landmarks (N, 3) of the ICT neutral and of the source head of one of BASE_SKINS, each in its space."""
    with np.load(Path(__file__).with_name("landmarks.npz"), allow_pickle=False) as points:
        scan = name == "scan"
        here = points["ict_eyes_shut" if scan else "ict"]
        there = points["scan" if scan else "makehuman"]
    good = np.isfinite(here).all(1) & np.isfinite(there).all(1)
    return here[good], there[good]


def base_skin(name: str, model: FaceModel, assets: Path, cache: Path) -> np.ndarray:
    """One of BASE_SKINS in the ICT atlas, (1024, 2048, 3), sRGB-encoded 0-1; kept as a PNG in the cache folder."""
    file = cache / f"skin_{name}.png"
    if not file.exists():
        source = outer_surface(
            load_scanned_head(assets) if name == "scan" else load_makehuman_head(assets, name)
        )
        atlas = transfer(model, source, *landmark_pairs(name))
        cache.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".partial.png")
        cv2.imwrite(str(partial), np.rint(atlas[:, :, ::-1] * 255).clip(0, 255).astype(np.uint8))
        partial.replace(file)
    return load_texture(file)
