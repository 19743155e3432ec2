"""The hair on the head, grown hair by hair over the skull."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from bench.stage.base.assets import NARROW_FACE_VERTICES
from bench.stage.face.canvas import hairline, smoothstep
from bench.stage.face.traits import Traits
from bench.stage.hair.haircuts import Haircut
from bench.stage.hair.roots import Roots, Surface, along_skin, scatter_roots, strands_from, unit, wander
from bench.stage.hair.strands import Strands

STEPS = 8
CROWN = np.array([0.8, 13.2, -4.0])
# Lightness and share of the three groups that a head of hair is made of: no two hairs are alike.
SHADES = ((0.62, 0.3), (1.0, 0.45), (1.5, 0.25))


def ears(here: np.ndarray) -> np.ndarray:
    """Which points (..., 3) of the mean face are on an ear."""
    x, y, z = np.moveaxis(here, -1, 0)
    skull = np.interp(
        z, [-6, -5, -4, -3, -2, -1, 2, 3, 4, 6], [5.9, 6.6, 7.1, 7.5, 7.8, 7.9, 7.8, 7.6, 7.4, 7.0]
    )
    lobe = (y > -3) & (y < 2.0) & (z > -2.6) & (z < 1.2) & (np.abs(x) > 6.3)
    return np.asarray(lobe | (np.abs(x) > skull + 0.15))


def hair_height(here: np.ndarray, traits: Traits, cut: Haircut) -> np.ndarray:
    """Height (...) in centimetres of points (..., 3) of the mean face above this person's hairline."""
    x, y, z = np.moveaxis(here, -1, 0)
    temples = np.exp(-(((np.abs(x) - 5.0) / 2.2) ** 2)) * smoothstep(z, 2.0, 5.0)
    crown = np.exp(-(((x**2 + (z + 2.5) ** 2) / 3.5**2) ** 2)) * (y > 10) * (cut.retreat > 1.2)
    middle = 0.35 * np.exp(-((x / 2.5) ** 2)) * smoothstep(z, 2.0, 5.0)
    away = cut.retreat * (temples + middle) + 0.5 * cut.retreat * crown
    line = traits.hairline * (0.25 + 0.75 * smoothstep(z, 1.0, 6.0))
    return np.asarray(hairline(here) - line - away)


def combed(points: np.ndarray, comb: str, side: float) -> np.ndarray:
    """Which way hair lies (N, 3) at points (N, 3) of the head, not yet along the skin."""
    x, y, z = np.moveaxis(points, -1, 0)
    top = smoothstep(y, 7.5, 11.5)[:, None]
    back = smoothstep(-z, 0.0, 5.0)[:, None]
    whorl = points - CROWN * [side, 1, 1]
    whorl = unit(whorl + 0.5 * np.cross(unit(whorl), [0.0, 1.0, 0.0]) * 3)
    sign = np.where(np.abs(x) < 1e-3, 1.0, np.sign(x))
    down = np.stack([0.0 * x, -np.ones_like(x), -0.45 * np.ones_like(x)], 1)
    if comb == "crown":
        over = whorl
    elif comb == "side":
        part = np.tanh((x - side * 3.6) / 0.8)
        over = np.stack([part, 0 * x, np.where(part * side < 0, 0.1, -0.5)], 1)
    elif comb == "part":
        over = np.stack([np.tanh((x - side * 1.0) / 0.6), -0.1 + 0 * x, -0.45 + 0 * x], 1)
        down = np.stack([0.05 * sign, -np.ones_like(x), -0.25 * np.ones_like(x)], 1)
    else:
        over = np.stack([0.15 * sign, 0 * x, -np.ones_like(x)], 1)
        down = np.stack([0 * x, -0.55 * np.ones_like(x), -np.ones_like(x)], 1)
    nape = np.stack([-0.1 * sign, -np.ones_like(x), 0 * x], 1)
    return np.asarray(over * top + (1 - top) * (down * (1 - back) + nape * back))


def lengths(roots: Roots, cut: Haircut, height: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Length (N,) in centimetres: longest on top, short and soft at the hairline."""
    y = roots.here[:, 1]
    top = smoothstep(y, 6.0, 11.0)
    nape = smoothstep(-y, -3.0, 4.0) * (cut.comb != "part")
    length = cut.side + (cut.top - cut.side) * top
    length = length * (1 - 0.55 * nape) * (0.45 + 0.55 * smoothstep(height, 0.0, 1.5))
    return np.asarray(length * np.clip(rng.normal(0.92, 0.12, len(roots)), 0.4, 1.2))


def grow(
    roots: Roots, length: np.ndarray, cut: Haircut, surface: Surface, side: float, rng: np.random.Generator
) -> np.ndarray:
    """Curves (N, STEPS, 3) in the head's space that leave the skin and settle each in its own layer above it."""
    unruly = 0.14 * wander(roots.point, 5.0, rng) + 0.07 * wander(roots.point, 1.3, rng)
    unruly = unruly + 0.05 * rng.standard_normal(unruly.shape)
    unruly = unruly * np.where(rng.random(len(roots)) < 0.03, 3.0, 1.0)[:, None]
    point, step = roots.point.copy(), (length / (STEPS - 1))[:, None]
    lift = np.clip(cut.lift + 0.1 * rng.standard_normal(len(roots)), 0, 1)[:, None]
    if cut.comb == "quiff":
        front = smoothstep(roots.here[:, 2], 1.0, 6.0) * smoothstep(roots.here[:, 1], 7.0, 10.0)
        lift = lift * (0.3 + 0.7 * front[:, None])
    flow = along_skin(combed(roots.point, cut.comb, side), roots.normal)
    heading = unit((0.15 + lift) * roots.normal + (1 - lift) * flow + unruly)
    layer = rng.uniform(0.05, 1, len(roots)) * np.minimum(0.1 + 0.75 * lift[:, 0] * length, cut.volume)
    stiff = 0.35 + 0.5 * lift
    curve = [point]
    for k in range(1, STEPS):
        point = point + heading * step
        height, normal, _ = surface.near(point)
        least = np.minimum(0.3 * layer, 0.4 * length) * min(1, k / 3)
        point = point + np.maximum(least - height, 0)[:, None] * normal
        curve.append(point)
        flow = along_skin(combed(point, cut.comb, side), normal)
        hold = 1 - 0.85 * smoothstep(-point[:, 1], -4.0, 0.0)
        settle = np.clip((layer - height) / 0.6, -0.8, 0.5) * np.where(layer < height, hold, 1)
        limp = np.array([0.0, -0.03, 0.0]) * (k * step)
        heading = unit(
            stiff * heading + (1 - stiff) * (flow + settle[:, None] * normal + 0.4 * unruly) + limp
        )
    return np.stack(curve, 1)


def gather(curves: np.ndarray, clump: float, rng: np.random.Generator) -> np.ndarray:
    """Tips drawn towards those of the nearest of a few guide hairs."""
    guides = rng.choice(len(curves), max(1, len(curves) // 60), replace=False)
    _, nearest = cKDTree(curves[guides, 0]).query(curves[:, 0])
    towards = curves[guides[nearest]]
    t = np.linspace(0, 1, curves.shape[1])[None, :, None] ** 1.5
    amount = clump * rng.beta(2.0, 1.5, len(curves))[:, None, None]
    shift = curves[:, :1] - towards[:, :1]
    return np.asarray(curves + amount * t * (towards + shift * (1 - 0.75 * t) - curves))


def curled(curves: np.ndarray, length: np.ndarray, cut: Haircut, rng: np.random.Generator) -> np.ndarray:
    """Curves (N, K, 3) wound into helices, finer sampled."""
    turns = length.max() / cut.pitch
    k = int(np.clip(4 * turns, STEPS, 28))
    at = np.linspace(0, curves.shape[1] - 1, k)
    i = np.minimum(at.astype(int), curves.shape[1] - 2)
    f = (at - i)[None, :, None]
    fine = curves[:, i] * (1 - f) + curves[:, i + 1] * f
    axis = unit(np.gradient(fine, axis=1))
    u = unit(np.cross(axis, [0.31, 0.84, 0.45]))
    v = np.cross(axis, u)
    _, lock = cKDTree(curves[rng.choice(len(curves), max(1, len(curves) // 30), replace=False), 0]).query(
        curves[:, 0]
    )
    phase = (rng.uniform(0, 2 * np.pi, lock.max() + 1)[lock] + rng.normal(0, 0.5, len(lock)))[:, None, None]
    s = np.linspace(0, 1, k)[None, :, None]
    turn = 2 * np.pi * s * (length / cut.pitch)[:, None, None] + phase
    wide = cut.curl * np.minimum(1, 3 * s) * rng.uniform(0.6, 1.2, (len(curves), 1, 1))
    return np.asarray(fine + wide * (u * (np.cos(turn) - np.cos(phase)) + v * (np.sin(turn) - np.sin(phase))))


def off_the_face(curves: np.ndarray, surface: Surface, triangles: np.ndarray) -> np.ndarray:
    """Which curves (N,) stay clear of the narrow face."""
    narrow = np.asarray(np.all(triangles < NARROW_FACE_VERTICES, axis=1))
    _, _, at = surface.near(curves.reshape(-1, 3))
    on_it: np.ndarray = narrow[at].reshape(curves.shape[:2])[:, 1:]
    return np.asarray(~on_it.any(1))


def head_hair(
    traits: Traits, cut: Haircut, neutral: np.ndarray, mean: np.ndarray, triangles: np.ndarray
) -> tuple[Strands, ...]:
    """The hair of a person.

    Args:
        neutral: (V, 3), the person; mean: (V, 3), the mean face; triangles: (F, 3) of the skin.
    """
    rng = np.random.default_rng([traits.seed, 32])
    side = 1.0 if rng.random() < 0.5 else -1.0
    centre = mean[triangles].mean(1)
    wanted = (hair_height(centre, traits, cut) > -0.8) & ~ears(centre)
    roots = scatter_roots(neutral, mean, triangles, wanted, cut.count, rng)
    ragged = 0.45 * wander(roots.here, 3.5, rng)[:, 0] + 0.3 * wander(roots.here, 0.8, rng)[:, 0]
    height = hair_height(roots.here, traits, cut) + ragged
    # Sparse at the forehead, sharp where clippers went.
    ramp = 0.35 + 0.65 * smoothstep(roots.here[:, 2], 1.0, 4.0)
    keep = (rng.random(len(roots)) < smoothstep(height, -0.35, ramp)) & ~ears(roots.here)
    if cut.knit:
        keep &= height < 1.0
    roots, height = roots[keep], height[keep]
    surface = Surface(neutral, triangles, rng)
    length = lengths(roots, cut, height, rng)
    curves = grow(roots, length, cut, surface, side, np.random.default_rng([traits.seed, 33]))
    for k in range(3):
        short = np.flatnonzero(~off_the_face(curves, surface, triangles))
        length[short] *= 0.55
        curves[short] = grow(
            roots[short], length[short], cut, surface, side, np.random.default_rng([traits.seed, 34 + k])
        )
    if cut.clump:
        curves = gather(curves, cut.clump, rng)
    if cut.curl:
        curves = curled(curves, length, cut, rng)
    clear = off_the_face(curves, surface, triangles)
    roots, curves, height = roots[clear], curves[clear], height[clear]
    taper = np.interp(np.linspace(0, 1, curves.shape[1]), [0, 0.15, 0.6, 1], [0.8, 1, 0.9, 0.25])
    fine = (0.5 + 0.5 * smoothstep(height, -0.2, 1.2)) * rng.uniform(0.75, 1.2, len(roots))
    radius = cut.radius * fine[:, None] * taper
    shade = rng.choice(len(SHADES), len(roots), p=[s for _, s in SHADES])
    return tuple(
        strands_from(
            f"hair{k}", roots[shade == k], curves[shade == k], radius[shade == k], traits.hair_colour * tint
        )
        for k, (tint, _) in enumerate(SHADES)
    )
