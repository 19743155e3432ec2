"""Paints an eyeball's texture: sclera, limbus, iris fibres, pupil."""

from __future__ import annotations

import numpy as np

from bench.stage.assets import FaceModel
from bench.stage.canvas import smoothstep
from bench.stage.geometry import part_triangles, rasterise_uv
from bench.stage.skin import noise
from bench.stage.traits import Traits

EYE_TEXELS = 256


def eyeball_points(model: FaceModel, material: str) -> np.ndarray:
    """Texel positions (256, 256, 3) of one eyeball, in centimetres from its centre, looking along +Z."""
    triangles, uv_triangles = part_triangles(model, (material,))
    hits = rasterise_uv(model.uv, uv_triangles, EYE_TEXELS, EYE_TEXELS)
    used = np.unique(triangles)
    low, high = model.neutral[used].min(0), model.neutral[used].max(0)
    points = hits.blend(model.neutral[triangles]) - (low + high) / 2
    return np.where(hits.found[:, None], points, [0, 0, -1]).reshape(EYE_TEXELS, EYE_TEXELS, 3)


def paint_eye(points: np.ndarray, traits: Traits) -> np.ndarray:
    """Reflectance (256, 256, 3) float32, linear Rec.709, of an eyeball whose texels lie at points."""
    rng = np.random.default_rng([traits.seed, 11])
    shape = points.shape[:2]
    x, y, z = np.moveaxis(points, -1, 0)
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    front = z > 0
    sclera = np.array([0.60, 0.55, 0.51]) * np.exp(-0.10 * np.clip(radius - 0.6, 0, 1))[..., None]
    veins = np.clip(noise(rng, shape, 2.0) - 1.2, 0, 1) * smoothstep(radius, 0.7, 1.2)
    sclera = sclera * (1 - veins[..., None] * np.array([0.05, 0.25, 0.25]))
    waves = sum(rng.normal() * np.cos(k * angle + rng.uniform(0, 6.3)) for k in range(9, 60, 3)) / 4
    fibres = 1 + 0.22 * waves + 0.10 * noise(rng, shape, 3)
    inner = smoothstep(-radius, -0.36, -0.26)[..., None]
    iris = (
        traits.iris_colour * np.clip(fibres, 0.4, 1.8)[..., None] * (1 + inner * np.array([0.5, 0.25, 0.0]))
    )
    edge = traits.iris_radius
    iris = iris * (1 - 0.65 * smoothstep(radius, edge - 0.14, edge))[..., None]
    blend = (smoothstep(-radius, -edge - 0.05, -edge + 0.03) * front)[..., None]
    eye = sclera * (1 - blend) + iris * blend
    pupil = (smoothstep(-radius, -0.235, -0.205) * front)[..., None]
    return np.clip(eye * (1 - pupil) + 0.004 * pupil, 0.003, 0.85).astype(np.float32)
