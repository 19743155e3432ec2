"""Eyelashes as single hairs, laid over ICT-FaceKit's lash sheets so that they follow the lids."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

from bench.stage.assets import FaceModel
from bench.stage.geometry import part_triangles

HAIRS_PER_COLUMN = 2
HALF_WIDTH = 0.055


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


def lash_hairs(model: FaceModel) -> tuple[csr_matrix, np.ndarray]:
    """Weights (N, V) that place hair vertices among the model's vertices, and hair triangles (F, 3)."""
    rows: list[int] = []
    columns: list[int] = []
    weights: list[float] = []
    triangles: list[list[int]] = []
    count = 0
    r = np.random.default_rng(3)
    for grid in lash_sheets(model):
        upper = model.neutral[grid[:, -1], 1].mean() > model.neutral[grid[:, 0], 1].mean() - 0.1
        last, tallest = grid.shape[0] - 1, grid.shape[1] - 1
        for k in range(int(last * HAIRS_PER_COLUMN * (1.0 if upper else 0.6))):
            at = (k + r.uniform(0.1, 0.9)) * last / int(last * HAIRS_PER_COLUMN * (1.0 if upper else 0.6))
            lean = r.normal(0, 0.35)
            tall = max(1, round(tallest * r.uniform(0.55, 1.0) * (1.0 if upper else 0.6)))
            for row, half, slip in (
                (0, HALF_WIDTH, 0.0),
                (0, -HALF_WIDTH, 0.0),
                (tall // 2, 0.8 * HALF_WIDTH, 0.4),
                (tall // 2, -0.8 * HALF_WIDTH, 0.4),
                (tall, 0.0, 1.0),
            ):
                x = float(np.clip(at + half + lean * slip, 0, last - 1e-6))
                i = int(x)
                rows += [count, count]
                columns += [int(grid[i, row]), int(grid[i + 1, row])]
                weights += [1 - (x - i), x - i]
                count += 1
            b = count - 5
            triangles += [[b, b + 1, b + 2], [b + 2, b + 1, b + 3], [b + 2, b + 3, b + 4]]
    return csr_matrix((weights, (rows, columns)), (count, len(model.neutral))), np.array(triangles, np.int64)
