"""Eyebrows: hairs that grow up at the head of the brow, lie down along it and meet in its ridge."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from bench.stage.face.canvas import Canvas
from bench.stage.face.traits import Traits
from bench.stage.hair.roots import Roots, roots_in_atlas, strands_from, unit
from bench.stage.hair.strands import Strands

HAIRS = 470
STEPS = 6
SIDES = ((1, tuple(range(22, 27))), (-1, tuple(range(21, 16, -1))))


@dataclass(frozen=True)
class Brows:
    """root and tip (N, 2) of each hair in texels (x, y) of the atlas; edge (N,) is 0 in the middle and 1 at the rim."""

    root: np.ndarray
    tip: np.ndarray
    edge: np.ndarray


def draw_brows(canvas: Canvas, traits: Traits) -> Brows:
    """Both brows of a person, along landmarks 17-26."""
    r = np.random.default_rng([traits.seed, 35])
    eyes = float(np.abs(canvas.landmark[45] - canvas.landmark[36])[0])
    roots, tips, edges = [], [], []
    for side, ids in SIDES:
        curve = canvas.landmark[list(ids)] + [0, (0.026 + 0.8 * traits.brow_drop) * eyes]
        # Smooth through the five landmarks, so that the brow bends and has no corners.
        fit = [np.polyfit(np.linspace(0, 1, 5), curve[:, k], 3) for k in (0, 1)]
        count = int(HAIRS * np.clip(traits.brow_density, 0.7, 1.5))
        t = r.beta(1.15, 1.2, count)
        ridge = np.stack([np.polyval(f, t) for f in fit], 1)
        ridge[:, 1] -= traits.brow_arch * eyes * 0.03 * np.sin(np.pi * t**1.4)
        width = (
            traits.brow_thickness
            * eyes
            * 0.034
            * np.interp(t, [0, 0.12, 0.4, 0.75, 1], [0.7, 1, 1, 0.62, 0.22])
        )
        across = np.clip(r.normal(0, 0.5, count), -1.25, 1.25)
        root = ridge + np.stack([0 * t, across * width], 1)
        # Above the ridge hairs point down and out, below it up and out.
        angle = np.interp(t, [0, 0.1, 0.25, 0.6, 1], [86, 68, 42, 14, -6]) + 24 * across * (t > 0.12)
        angle = np.deg2rad(angle + r.normal(0, 9, count))
        size = (
            eyes
            * np.clip(r.normal(0.062, 0.012, count), 0.03, 0.09)
            * np.interp(t, [0, 0.3, 1], [0.75, 1.1, 0.8])
        )
        tip = root + np.stack([side * np.cos(angle), -np.sin(angle)], 1) * size[:, None]
        roots.append(root)
        tips.append(tip)
        edges.append(np.maximum(np.abs(across) / 1.25, np.maximum(1 - t / 0.12, (t - 0.75) / 0.25)))
    return Brows(np.concatenate(roots), np.concatenate(tips), np.clip(np.concatenate(edges), 0, 1))


def brow_shadow(brows: Brows, shape: tuple[int, int]) -> np.ndarray:
    """How much skin (H, W) the hairs' roots and shadows darken, 0-1."""
    layer = np.zeros(shape, np.float32)
    middle = np.rint(0.65 * brows.root + 0.35 * brows.tip).astype(int)
    x, y = np.clip(middle[:, 0], 0, shape[1] - 1), np.clip(middle[:, 1], 0, shape[0] - 1)
    np.add.at(layer, (y, x), 1.0)
    return np.asarray(1 - np.exp(-22 * cv2.GaussianBlur(layer, (0, 0), 3.5)), np.float32)


def brow_hairs(
    brows: Brows,
    traits: Traits,
    canvas: Canvas,
    neutral: np.ndarray,
    mean: np.ndarray,
    triangles: np.ndarray,
) -> tuple[Strands, ...]:
    """The brows as strands, in two tints."""
    r = np.random.default_rng([traits.seed, 36])

    def at(points: np.ndarray) -> Roots:
        x, y = np.rint(points).astype(int).T
        return roots_in_atlas(neutral, mean, triangles, canvas, y, x)

    root, tip = at(brows.root), at(brows.tip)
    along = tip.point - root.point
    length = np.linalg.norm(along, axis=1)
    s = np.linspace(0, 1, STEPS)[None, :, None]
    lift = (0.16 * length * r.uniform(0.5, 1.4, len(root)))[:, None, None]
    side = (
        np.cross(root.normal, unit(along))[:, None]
        * (0.10 * length * r.standard_normal(len(root)))[:, None, None]
    )
    curves = root.point[:, None] + s * along[:, None] + lift * np.sin(np.pi * s**0.7) * root.normal[:, None]
    curves = curves + side * s * (1 - s) + 0.015 * s * tip.normal[:, None]
    thick = 0.0072 * (1 - 0.5 * brows.edge) * r.uniform(0.7, 1.2, len(root)) * traits.brow_opacity
    radius = thick[:, None] * np.interp(np.linspace(0, 1, STEPS), [0, 0.3, 1], [0.8, 1, 0.2])
    colour = np.minimum(traits.hair_colour, [0.12, 0.085, 0.055]) * 0.8
    dark = r.random(len(root)) < 0.6
    return tuple(
        strands_from(f"brows{k}", root[pick], curves[pick], radius[pick], colour * tint, 0.65)
        for k, (pick, tint) in enumerate(((dark, 0.8), (~dark, 1.4)))
    )
