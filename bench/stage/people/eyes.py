"""Paints an eyeball's texture: sclera, limbus, iris fibres, pupil."""

from __future__ import annotations

import numpy as np

from bench.stage.base.assets import FaceModel
from bench.stage.base.geometry import part_triangles, rasterise_uv
from bench.stage.face.canvas import smoothstep
from bench.stage.face.traits import Traits
from bench.stage.people.skin import noise

EYE_TEXELS = 512


def eyeball_points(model: FaceModel, material: str) -> np.ndarray:
    """Texel positions (512, 512, 3) of one eyeball, in centimetres from its centre, looking along +Z."""
    triangles, uv_triangles = part_triangles(model, (material,))
    hits = rasterise_uv(model.uv, uv_triangles, EYE_TEXELS, EYE_TEXELS)
    used = np.unique(triangles)
    low, high = model.neutral[used].min(0), model.neutral[used].max(0)
    points = hits.blend(model.neutral[triangles]) - (low + high) / 2
    return np.where(hits.found[:, None], points, [0, 0, -1]).reshape(EYE_TEXELS, EYE_TEXELS, 3)


def paint_eye(points: np.ndarray, traits: Traits, nose: float) -> np.ndarray:
    """Reflectance (512, 512, 3) float32, linear Rec.709, of what lies under the cornea, its texels at points.

    nose is -1 or 1: towards which side along X the nose lies.
    """
    rng = np.random.default_rng([traits.seed, 11])
    own = np.random.default_rng([traits.seed, 40])
    shape = points.shape[:2]
    x, y, z = np.moveaxis(points, -1, 0)
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    front = z > 0

    sclera = np.array([0.46, 0.405, 0.37]) * own.uniform([0.92, 0.9, 0.84], [1.08, 1.02, 1.0])
    sclera = sclera * np.exp(-0.55 * np.clip(radius - 0.65, 0, 1))[..., None]
    corner = smoothstep(x * nose, 0.85, 1.3)[..., None]
    sclera = sclera * (1 - corner * np.array([0.10, 0.42, 0.42]))
    pink = 0.10 * noise(rng, shape, 30) + 0.12 * smoothstep(radius, 0.7, 1.3)
    veins = np.clip(noise(rng, shape, 3.0) - 1.3, 0, 1) * smoothstep(radius, 0.7, 1.2)
    sclera = sclera * (1 - np.clip(pink + veins, 0, 0.6)[..., None] * np.array([0.04, 0.3, 0.3]))

    waves = sum(rng.normal() * np.cos(k * angle + rng.uniform(0, 6.3)) for k in range(9, 90, 4)) / 4.5
    fibres = np.exp(0.30 * waves + 0.12 * noise(rng, shape, 5))
    hole = own.uniform(0.145, 0.215)
    edge = traits.iris_radius
    depth = (radius - hole) / (edge - hole)
    collarette = np.exp(-(((depth - 0.3 - 0.05 * waves) / 0.10) ** 2))
    warm = smoothstep(-depth, -0.42, -0.12)[..., None] * own.uniform(0.2, 1.0)
    iris = traits.iris_colour * fibres[..., None] * (1 + 0.45 * collarette[..., None])
    iris = iris * (1 - warm) + warm * iris * np.array([1.35, 0.95, 0.55])
    iris = iris * (1 - 0.72 * smoothstep(depth, 0.62, 1.0))[..., None]
    iris = iris * (0.75 + 0.25 * smoothstep(depth, 0.0, 0.18))[..., None]
    blend = (smoothstep(-radius, -edge - 0.06, -edge + 0.05) * front)[..., None]
    eye = sclera * (1 - blend) + iris * blend
    pupil = (smoothstep(-radius, -hole - 0.015, -hole + 0.015) * front)[..., None]
    eye = eye * (1 - pupil) + 0.003 * pupil
    # The lids and lashes lie on the eye and follow its gaze: their contact shadow can be part of it.
    shade = 1 - 0.5 * smoothstep(y, 0.10, 0.55) - 0.18 * smoothstep(-y, 0.3, 0.6)
    return np.clip(eye * shade[..., None], 0.002, 0.8).astype(np.float32)
