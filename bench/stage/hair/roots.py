"""Where hairs grow from, and curves in the head's space turned into strands that follow the skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from bench.stage.base.geometry import smooth_normals
from bench.stage.face.canvas import Canvas
from bench.stage.hair.strands import Strands, tangent_frames


@dataclass(frozen=True)
class Roots:
    """triangle (N,) of the skin and weights (N, 3), barycentric; point, on the person, and here, on the model's mean
    face, (N, 3) centimetres; frame (N, 3, 3), rows tangent u, tangent v, normal."""

    triangle: np.ndarray
    weights: np.ndarray
    point: np.ndarray
    here: np.ndarray
    frame: np.ndarray

    @property
    def normal(self) -> np.ndarray:
        """(N, 3)."""
        return self.frame[:, 2]

    def __getitem__(self, pick: np.ndarray) -> Roots:
        return Roots(
            self.triangle[pick], self.weights[pick], self.point[pick], self.here[pick], self.frame[pick]
        )

    def __len__(self) -> int:
        return len(self.triangle)


def roots_at(
    neutral: np.ndarray, mean: np.ndarray, triangles: np.ndarray, triangle: np.ndarray, weights: np.ndarray
) -> Roots:
    """The roots at barycentric places on the skin of a person, neutral (V, 3), and of the mean face (V, 3)."""
    point, frame = tangent_frames(neutral, triangles, triangle, weights)
    here = (mean[triangles[triangle]] * weights[:, :, None]).sum(1)
    return Roots(triangle, weights, point, here, frame)


def scatter_roots(
    neutral: np.ndarray,
    mean: np.ndarray,
    triangles: np.ndarray,
    wanted: np.ndarray,
    count: int,
    rng: np.random.Generator,
) -> Roots:
    """count roots spread evenly over the triangles wanted (F,) bool."""
    rows = np.flatnonzero(wanted)
    a, b, c = (neutral[triangles[rows, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    triangle = rows[rng.choice(len(rows), count, p=area / area.sum())]
    weights = rng.dirichlet([1, 1, 1], count)
    return roots_at(neutral, mean, triangles, triangle, weights)


def texel_area(canvas: Canvas) -> np.ndarray:
    """Skin under each texel (H, W) in square centimetres; 0 where nothing is."""
    across, down = (np.gradient(canvas.position, axis=axis) for axis in (1, 0))
    area = np.linalg.norm(np.cross(across, down), axis=-1)
    # The step from one island of the atlas to the next is no skin.
    return np.asarray(np.where(canvas.covered & (area < 0.02), area, 0))


def roots_in_atlas(
    neutral: np.ndarray,
    mean: np.ndarray,
    triangles: np.ndarray,
    canvas: Canvas,
    rows: np.ndarray,
    columns: np.ndarray,
) -> Roots:
    """The roots at texels of the atlas."""
    return roots_at(neutral, mean, triangles, canvas.triangle[rows, columns], canvas.weights[rows, columns])


class Surface:
    """A skin that answers how far outside it points are: a cloud of samples with normals."""

    def __init__(self, neutral: np.ndarray, triangles: np.ndarray, rng: np.random.Generator) -> None:
        a, b, c = (neutral[triangles[:, k]] for k in range(3))
        area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
        pick = rng.choice(len(triangles), 60_000, p=area / area.sum())
        weights = rng.dirichlet([1, 1, 1], len(pick))[:, :, None]
        self.points = (neutral[triangles[pick]] * weights).sum(1)
        self.normals = (smooth_normals(neutral, triangles)[triangles[pick]] * weights).sum(1)
        self.normals /= np.maximum(np.linalg.norm(self.normals, axis=1, keepdims=True), 1e-9)
        self.triangle = pick
        self._tree = cKDTree(self.points)

    def near(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For points (N, 3): signed height above the skin (N,) in centimetres, the normal there (N, 3), and the
        triangle (N,)."""
        _, at = self._tree.query(points)
        n = self.normals[at]
        return ((points - self.points[at]) * n).sum(1), n, self.triangle[at]


def unit(v: np.ndarray) -> np.ndarray:
    """Vectors (..., 3) at length 1."""
    return np.asarray(v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9))


def along_skin(direction: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Directions (N, 3) projected on the skin and made unit."""
    return unit(direction - (direction * normal).sum(-1, keepdims=True) * normal)


def wander(points: np.ndarray, wavelength: float, rng: np.random.Generator) -> np.ndarray:
    """A smooth random vector field (N, 3) of unit variance at points (N, 3), of about this wavelength."""
    waves = rng.standard_normal((12, 3)) * 2 * np.pi / wavelength / 1.7
    phase = rng.uniform(0, 2 * np.pi, (3, 12))
    tilt = points @ waves.T
    return np.stack([np.sin(tilt + p).sum(1) / np.sqrt(6) for p in phase], 1)


def strands_from(
    name: str,
    roots: Roots,
    curves: np.ndarray,
    radius: np.ndarray,
    colour: np.ndarray,
    roughness: float = 0.6,
    specular: float = 0.3,
) -> Strands:
    """A group from curves (N, K, 3) in the head's space, with radius (N, K)."""
    offsets = np.einsum("nkc,ndc->nkd", curves - roots.point[:, None], roots.frame)
    return Strands(
        name,
        roots.triangle,
        roots.weights.astype(np.float32),
        offsets.astype(np.float32),
        radius.astype(np.float32),
        np.asarray(colour, np.float32),
        roughness,
        specular,
    )
