"""Stubble and short beards, hair by hair."""

from __future__ import annotations

import numpy as np

from bench.stage.face.canvas import Canvas, smoothstep
from bench.stage.face.traits import Traits
from bench.stage.hair.roots import along_skin, roots_in_atlas, strands_from, texel_area, unit, wander
from bench.stage.hair.strands import Strands

STEPS = 5


def beard_density(canvas: Canvas, traits: Traits) -> np.ndarray:
    """How thickly (H, W) the beard grows, 0-1: less on the cheeks, none on the lips, in this person's own patches."""
    x, y, _ = np.moveaxis(canvas.position, -1, 0)
    r = np.random.default_rng([traits.seed, 38])
    patch = np.zeros(y.shape)
    grown = canvas.beard > 0
    patch[grown] = wander(canvas.position[grown], 3.0, r)[:, 0]
    cheek = smoothstep(np.abs(x), 2.6, 5.0) * smoothstep(y, -5.5, -2.5)
    return np.asarray(np.clip(canvas.beard * (1 - 0.45 * cheek) * (0.85 + 0.25 * patch), 0, 1), np.float32)


def beard_hairs(
    density: np.ndarray,
    traits: Traits,
    canvas: Canvas,
    neutral: np.ndarray,
    mean: np.ndarray,
    triangles: np.ndarray,
) -> tuple[Strands, ...]:
    """The beard as strands: 0.06 cm of stubble at traits.beard 0.2 to some 0.6 cm at 0.75; () for the clean-shaven."""
    if traits.beard <= 0:
        return ()
    r = np.random.default_rng([traits.seed, 39])
    chance = density * texel_area(canvas)
    rows, columns = np.nonzero(chance > 1e-6)
    chance = chance[rows, columns]
    count = int(np.interp(traits.beard, [0, 0.2, 0.4, 0.75], [0, 5000, 7000, 10_000]))
    pick = r.choice(len(rows), count, p=chance / chance.sum())
    roots = roots_in_atlas(neutral, mean, triangles, canvas, rows[pick], columns[pick])
    x, y, z = roots.here.T
    full = density[rows[pick], columns[pick]]
    length = np.interp(traits.beard, [0.2, 0.4, 0.75], [0.06, 0.16, 0.5]) * r.uniform(0.6, 1.3, count)
    length = length * (0.5 + 0.5 * full) * (1 + 0.5 * smoothstep(-y, 6.0, 8.5) * (z > 6))
    away = np.where(np.abs(x) > 0.3, np.sign(x), 0.0)
    down = np.stack([0.25 * away, -np.ones(count), -0.25 * smoothstep(np.abs(x), 3.0, 6.0)], 1)
    flow = along_skin(
        down + 0.35 * wander(roots.point, 2.5, r) + 0.2 * r.standard_normal((count, 3)), roots.normal
    )
    lift = np.interp(traits.beard, [0.2, 0.75], [0.8, 0.45])
    s = np.linspace(0, 1, STEPS)[None, :, None]
    heading = unit(lift * roots.normal + (1 - lift) * flow)[:, None]
    bend = (flow * 0.35 - roots.normal * 0.1)[:, None]
    curves = roots.point[:, None] + length[:, None, None] * (s * heading + s**2 * bend)
    thick = (
        np.interp(traits.beard, [0.2, 0.75], [0.0055, 0.0075])
        * r.uniform(0.7, 1.2, count)
        * (0.6 + 0.4 * full)
    )
    radius = thick[:, None] * np.linspace(1, 0.4, STEPS)
    shade = r.random(count) < 0.65
    colour = traits.hair_colour * 0.9
    return tuple(
        strands_from(f"beard{k}", roots[part], curves[part], radius[part], colour * tint, 0.6)
        for k, (part, tint) in enumerate(((shade, 0.75), (~shade, 1.4)))
    )
