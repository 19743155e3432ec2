"""Colours of what is inside the mouth: teeth, gums and tongue."""

from __future__ import annotations

import cv2
import numpy as np

from bench.stage.base.assets import FaceModel
from bench.stage.base.geometry import part_triangles, rasterise_uv
from bench.stage.face.canvas import smoothstep
from bench.stage.face.traits import Traits
from bench.stage.face.transfer import fill_gutters

MOUTH_TEXELS = 256
IVORY = np.array([0.62, 0.545, 0.43])
GUM = np.array([0.34, 0.135, 0.115])
TONGUE = np.array([0.36, 0.155, 0.135])


def mouth_points(model: FaceModel, material: str) -> np.ndarray:
    """Texel positions (256, 256, 3) in centimetres of a part whose uv tile is taken back to [0, 1]²."""
    triangles, uv_triangles = part_triangles(model, (material,))
    uv = model.uv - np.floor(model.uv[uv_triangles].min((0, 1)))
    hits = rasterise_uv(uv, uv_triangles, MOUTH_TEXELS, MOUTH_TEXELS)
    shape = (MOUTH_TEXELS, MOUTH_TEXELS)
    points = np.where(hits.found[:, None], hits.blend(model.neutral[triangles]), 0).reshape(*shape, 3)
    return fill_gutters(points.astype(np.float32), hits.found.reshape(shape))


def depth_shade(z: np.ndarray) -> np.ndarray:
    """How much light (...) reaches a depth z in the mouth, 0-1: what rays of few bounces leave out."""
    return np.asarray(0.18 + 0.82 * smoothstep(z, 4.5, 9.6))


def paint_teeth(points: np.ndarray, traits: Traits) -> np.ndarray:
    """Reflectance (256, 256, 3) float32, linear Rec.709: ivory, warmer at the gums, darker towards the back."""
    r = np.random.default_rng([traits.seed, 45])
    _, y, z = np.moveaxis(points, -1, 0)
    ivory = IVORY * r.uniform(0.8, 1.05) * np.array([1.0, 1.0, 1.0 + r.uniform(-0.12, 0.08)])
    gum = np.maximum(smoothstep(y, -2.0, -1.4), smoothstep(-y, 4.3, 4.9))[..., None]
    edge = np.maximum(smoothstep(-y, 2.6, 3.3) * (y > -3.42), smoothstep(y, -4.0, -3.55) * (y < -3.4))[
        ..., None
    ]
    tooth = cv2.GaussianBlur(r.normal(0, 1, points.shape[:2]).astype(np.float32), (0, 0), 9) * 9
    colour = ivory * np.exp(0.05 * tooth)[..., None]
    colour = colour * (1 - gum * np.array([0.12, 0.24, 0.38])) * (1 - edge * np.array([0.12, 0.08, 0.02]))
    return np.clip(colour * depth_shade(z)[..., None], 0.003, 0.8).astype(np.float32)


def paint_gums(points: np.ndarray, traits: Traits) -> np.ndarray:
    """Reflectance (256, 256, 3) float32, linear Rec.709: gums along the arch, tongue within, dark at the back."""
    r = np.random.default_rng([traits.seed, 46])
    x, y, z = np.moveaxis(points, -1, 0)
    # The arch of the teeth, seen from above, is close to a parabola.
    arch = z - (10.3 - 0.62 * x**2)
    tongue = smoothstep(-arch, 0.9, 1.6) * smoothstep(-np.abs(x), -2.2, -1.6) * smoothstep(y, -5.0, -4.2)
    dark = float(np.clip(traits.tone.mean() / 0.35, 0.35, 1.1))
    gum = GUM * np.array([dark**0.4, dark**0.6, dark**0.5])
    grain = cv2.GaussianBlur(r.normal(0, 1, points.shape[:2]).astype(np.float32), (0, 0), 1.2) * 2
    spots = np.exp(0.12 * grain)[..., None]
    colour = gum + tongue[..., None] * (TONGUE * spots - gum)
    return np.clip(colour * depth_shade(z)[..., None] ** 1.3, 0.002, 0.6).astype(np.float32)
