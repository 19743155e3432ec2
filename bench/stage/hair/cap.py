"""A knitted cap: ribs of yarn from the crown to a turned-up brim, all held by the crown."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from bench.stage.face.canvas import HEAD_CENTRE, hairline
from bench.stage.face.traits import Traits
from bench.stage.hair.roots import roots_at, strands_from, unit
from bench.stage.hair.strands import Strands

RIBS = 190
STEPS = 22
BRIM = 4.2
THICK = 0.30
SAMPLES = 40_000


def brim_angle(azimuth: np.ndarray, reach: float) -> np.ndarray:
    """Polar angle (N,) from straight up, radians, at which rays from the head's centre meet the hairline.

    reach is about how far out the scalp is, centimetres.
    """
    polar = np.linspace(0.3, 2.2, 200)[:, None]
    d = np.stack(
        np.broadcast_arrays(np.sin(polar) * np.sin(azimuth), np.cos(polar), np.sin(polar) * np.cos(azimuth)),
        -1,
    )
    above = hairline(HEAD_CENTRE + reach * d) > 0.3
    return np.asarray(polar[np.argmin(above, 0), 0])


def knit_cap(
    traits: Traits, neutral: np.ndarray, mean: np.ndarray, triangles: np.ndarray
) -> tuple[Strands, ...]:
    """The cap of a person, neutral (V, 3), in one colour of yarn; mean (V, 3), triangles (F, 3) of the skin."""
    r = np.random.default_rng([traits.seed, 49])
    centre = mean[triangles].mean(1)
    scalp = np.flatnonzero((hairline(centre) > -2.5) & (np.abs(centre[:, 0]) < 8.0))
    triangle = scalp[r.integers(len(scalp), size=SAMPLES)]
    skin = roots_at(neutral, mean, triangles, triangle, r.dirichlet([1, 1, 1], SAMPLES))
    away = skin.point - HEAD_CENTRE
    tree, distance = cKDTree(unit(away)), np.linalg.norm(away, axis=1)

    azimuth = np.arange(RIBS) / RIBS * 2 * np.pi
    low = brim_angle(azimuth, 9.5)
    # The knitted edge is even where the hairline is not.
    for _ in range(6):
        low = np.minimum(low, (np.roll(low, 3) + low + np.roll(low, -3)) / 3)
    share = np.r_[np.linspace(-0.02, 1, STEPS - 6), np.full(6, 1.0)]
    turned_up = np.r_[np.zeros(STEPS - 6), 0.0, 0.02, 0.02, BRIM * 0.35, BRIM * 0.75, BRIM]
    height = np.r_[
        np.full(STEPS - 6, THICK), THICK, 1.6 * THICK, 2.6 * THICK, 2.9 * THICK, 2.7 * THICK, 2.0 * THICK
    ]
    polar = share * low[:, None] - turned_up / 9.5
    a = azimuth[:, None]
    d = np.stack([np.sin(polar) * np.sin(a), np.cos(polar), np.sin(polar) * np.cos(a)], -1)
    _, near = tree.query(d.reshape(-1, 3), 24)
    out = distance[near].max(1).reshape(d.shape[:2])
    slack = 0.5 * np.clip(1 - polar / 0.9, 0, 1)
    curves = HEAD_CENTRE + d * (out + height + slack)[..., None]
    radius = np.minimum(np.pi / RIBS * 10 * np.abs(np.sin(polar)) * 1.25, 0.22) + 0.03

    crown = int(np.argmax(skin.point[:, 1]))
    roots = skin[np.full(RIBS, crown)]
    colour = np.exp(r.uniform(-4.2, -1.8) + r.normal(0, 0.45, 3))
    return (strands_from("cap", roots, curves, radius, np.clip(colour, 0.006, 0.4), 0.95, 0.0),)
