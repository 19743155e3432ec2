"""Eyelashes as single hairs, laid along ICT-FaceKit's lash sheets and rooted in the lids."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from bench.stage.base.assets import FaceModel
from bench.stage.base.geometry import part_triangles
from bench.stage.face.traits import Traits
from bench.stage.hair.roots import roots_at, strands_from
from bench.stage.hair.strands import Strands

UPPER, LOWER = 42, 16
SAMPLES_PER_TRIANGLE = 24
REACH = 1.2


def lash_sheets(model: FaceModel) -> list[np.ndarray]:
    """Vertex grids (columns along the lid, rows from root to tip) of the twelve lash sheets."""
    triangles, uv_triangles = part_triangles(model, ("M_EyeLashes",))
    count = len(model.neutral)
    vertex_uv = np.zeros((count, 2))
    vertex_uv[triangles.ravel()] = model.uv[uv_triangles.ravel()]
    edges = np.concatenate([triangles[:, :2], triangles[:, 1:]])
    _, label = connected_components(
        coo_matrix((np.ones(len(edges)), edges.T), (count, count)), directed=False
    )
    used = np.unique(triangles)
    sheets = []
    for island in np.unique(label[used]):
        ids = used[label[used] == island]
        columns = np.unique(vertex_uv[ids, 0].round(3))
        order = np.lexsort((-vertex_uv[ids, 1], vertex_uv[ids, 0].round(3)))
        sheets.append(ids[order].reshape(len(columns), -1))
    return sheets


def nearest_skin(
    points: np.ndarray, neutral: np.ndarray, triangles: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Triangle (N,) and barycentric weights (N, 3) of the skin nearest to points (N, 3)."""
    centre = neutral[triangles].mean(1)
    distance, _ = cKDTree(points).query(centre, distance_upper_bound=REACH)
    rows = np.repeat(np.flatnonzero(np.isfinite(distance)), SAMPLES_PER_TRIANGLE)
    weights = rng.dirichlet([1, 1, 1], len(rows))
    samples = (neutral[triangles[rows]] * weights[:, :, None]).sum(1)
    _, at = cKDTree(samples).query(points)
    return rows[at], weights[at]


def lash_hairs(
    traits: Traits, model: FaceModel, neutral: np.ndarray, triangles: np.ndarray
) -> tuple[Strands, ...]:
    """Upper and lower lashes of both eyes of a person, neutral (V, 3); triangles (F, 3) of the skin."""
    r = np.random.default_rng([traits.seed, 37])
    full = 1.0 if traits.masculine else 1.25
    hairs, thick = [], []
    for grid in lash_sheets(model):
        sheet = neutral[grid]
        upper = model.neutral[grid[:, -1], 1].mean() > model.neutral[grid[:, 0], 1].mean() - 0.2
        last = len(grid) - 1
        count = int((UPPER if upper else LOWER) * full)
        at = np.clip((np.arange(count) + r.uniform(-0.2, 1.2, count)) * last / count, 0.4, last - 0.4)
        # Lashes stick together in threes and fours.
        lean = 0.5 * np.sin(at * 3.1 + r.uniform(0, 6)) + 0.15 * r.standard_normal(count)
        short = np.clip(r.normal(0.85 if upper else 0.75, 0.12, count), 0.4, 1.05)
        short = short * np.interp(at / last, [0, 0.15, 0.8, 1], [0.6, 1, 1, 0.8]) * (0.8 + 0.15 * full)
        s = np.linspace(0, 1, grid.shape[1])
        along = np.clip(at[:, None] + lean[:, None] * s**1.3, 0, last - 1e-6)
        up = short[:, None] * np.linspace(0, grid.shape[1] - 1, grid.shape[1])
        up = np.clip(up, 0, grid.shape[1] - 1 - 1e-6)
        i, j = along.astype(int), up.astype(int)
        f, g = (along - i)[..., None], (up - j)[..., None]
        low = sheet[i, j] * (1 - f) + sheet[i + 1, j] * f
        high = sheet[i, j + 1] * (1 - f) + sheet[i + 1, j + 1] * f
        hairs.append(low * (1 - g) + high * g)
        thick.append(np.full(count, 0.0058 if upper else 0.0038) * full * r.uniform(0.7, 1.15, count))
    curves = np.concatenate(hairs)
    triangle, weights = nearest_skin(curves[:, 0], neutral, triangles, r)
    roots = roots_at(neutral, model.neutral, triangles, triangle, weights)
    radius = np.concatenate(thick)[:, None] * np.interp(
        np.linspace(0, 1, curves.shape[1]), [0, 0.5, 1], [1, 0.9, 0.2]
    )
    colour = np.minimum(traits.hair_colour, 0.03) * 0.5
    return (strands_from("lashes", roots, curves, radius, colour, 0.5),)
