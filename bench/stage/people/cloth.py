"""The shirt's neckline and its knitted collar, whose ribs are strands that follow the neck."""

from __future__ import annotations

import numpy as np

from bench.stage.face.canvas import neckline, smoothstep
from bench.stage.face.traits import Traits
from bench.stage.hair.roots import Surface, along_skin, scatter_roots, strands_from
from bench.stage.hair.strands import Strands

RIBS = 620
STEPS = 9
# How high the neckline sits, how deep the V in front of it, and how broad and thick the collar is, centimetres.
COLLARS = {"crew": (0.0, 0.0, 1.7, 0.14), "v": (-0.3, 4.5, 1.3, 0.10), "roll": (1.7, 0.0, 3.0, 0.30)}


def collar(traits: Traits) -> str:
    """Which of COLLARS a person wears."""
    r = np.random.default_rng([traits.seed, 47])
    return str(r.choice(list(COLLARS), p=[0.55, 0.25, 0.2]))


def shirt_depth(position: np.ndarray, traits: Traits) -> np.ndarray:
    """Depth (...) in centimetres of points (..., 3) of the mean face below this person's neckline."""
    rise, fall, _, _ = COLLARS[collar(traits)]
    x, _, z = np.moveaxis(position, -1, 0)
    front = smoothstep(z, -1.0, 3.0)
    return np.asarray(
        neckline(position) + rise - fall * front * np.clip(1 - np.abs(x) / (1.1 * fall + 1e-6), 0, 1)
    )


def collar_ribs(
    traits: Traits, neutral: np.ndarray, mean: np.ndarray, triangles: np.ndarray
) -> tuple[Strands, ...]:
    """The collar: ribs side by side all along the neckline, each rolled over its edge."""
    r = np.random.default_rng([traits.seed, 48])
    _, _, broad, thick = COLLARS[collar(traits)]
    centre = mean[triangles].mean(1)
    near = (np.abs(shirt_depth(centre, traits)) < 0.9) & (centre[:, 1] < -8)
    roots = scatter_roots(neutral, mean, triangles, near, 60_000, r)
    depth = shirt_depth(roots.here, traits)
    order = np.flatnonzero(np.abs(depth) < 0.12)
    # Equal steps along the neckline, not in angle: ribs are knitted equally wide.
    angle = np.arctan2(roots.here[order, 0], roots.here[order, 2])
    order = order[np.argsort(angle)]
    angle = np.sort(angle)
    bins = np.linspace(-np.pi, np.pi, 181)
    which = np.clip(np.digitize(angle, bins) - 1, 0, 179)
    count = np.bincount(which, minlength=180)
    middle = np.stack(
        [np.bincount(which, roots.point[order, k], 180) / np.maximum(count, 1) for k in range(3)], 1
    )
    known = np.flatnonzero(count)
    loop = np.stack([np.interp(np.arange(180), known, middle[known, k], period=180) for k in range(3)], 1)
    length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(loop, axis=0, append=loop[:1]), axis=1))]
    wanted = np.interp(np.arange(RIBS) / RIBS * length[-1], length, np.arange(181)) / 180 * 2 * np.pi - np.pi
    pick = order[np.clip(np.searchsorted(angle, wanted), 0, len(order) - 1)]
    roots = roots[pick]
    surface = Surface(neutral, triangles, r)
    outward = roots.point * [1, 0, 1]
    down = along_skin(np.array([0.0, -1.0, 0.0]) + 0.02 * outward, roots.normal)
    profile = np.array([0.0, 0.9, 1.25, 1.15, 1.0, 0.9, 0.75, 0.5, 0.1]) * thick
    along = np.array([0.06, -0.10, 0.0, 0.12, 0.3, 0.5, 0.7, 0.9, 1.0]) * broad
    along[:3] = np.array([0.12, -0.12, 0.05]) * thick / 0.14
    points = []
    point = roots.point.copy()
    normal = roots.normal
    for k in range(STEPS):
        step = along[k] - (along[k - 1] if k else 0.0)
        point = point + step * down
        height, normal, _ = surface.near(point)
        point = point - height[:, None] * normal
        down = along_skin(down, normal)
        points.append(point + profile[k] * normal)
    curves = np.stack(points, 1)
    radius = np.broadcast_to(0.5 * length[-1] / RIBS * 1.15, curves.shape[:2]) * np.interp(
        np.arange(STEPS), [0, 1, 7, 8], [0.6, 1, 1, 0.6]
    )
    return (
        strands_from("collar", roots, curves, radius, np.clip(traits.shirt, 0.004, 0.4) * 1.05, 0.9, 0.0),
    )
