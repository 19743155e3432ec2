"""Where things are on the skin atlas: texel positions on the neutral face, and masks for lips, brows, beard, hair."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from bench.stage.base.assets import FaceModel
from bench.stage.face.transfer import ATLAS_HEIGHT, ATLAS_WIDTH, atlas_hits, atlas_uv, fill_gutters

HEAD_CENTRE = np.array([0.0, 4.0, 0.0])


@dataclass(frozen=True)
class Canvas:
    """position (H, W, 3) in centimetres on the neutral face; landmark (68, 2) texel coordinates (x, y);
    lips and beard are soft masks (H, W), 0-1; hair_height (H, W) is in centimetres above the hairline; triangle
    (H, W) of the skin and weights (H, W, 3), barycentric, say what covers a texel, where covered (H, W) is true."""

    position: np.ndarray
    landmark: np.ndarray
    lips: np.ndarray
    beard: np.ndarray
    hair_height: np.ndarray
    triangle: np.ndarray
    weights: np.ndarray
    covered: np.ndarray


def smoothstep(x: np.ndarray, low: float | np.ndarray, high: float | np.ndarray) -> np.ndarray:
    """0 at or below low, 1 at or above high, smooth between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def hairline(position: np.ndarray) -> np.ndarray:
    """Height in centimetres of skin points (..., 3) above the hairline of a short haircut; negative below it."""
    azimuth = np.rad2deg(np.arctan2(np.abs(position[..., 0]), position[..., 2]))
    line = np.interp(
        azimuth,
        [0, 30, 50, 62, 74, 84, 90, 112, 125, 150, 180],
        [9.9, 9.6, 8.6, 6.3, 2.8, 0.9, 3.2, 3.2, 0.0, -4.5, -5.5],
    )
    return np.asarray(position[..., 1] - line)


def neckline(position: np.ndarray) -> np.ndarray:
    """Depth in centimetres of points (..., 3) below the shirt's neckline; negative above it."""
    x, y, z = np.moveaxis(position, -1, 0)
    return np.asarray(-13.5 - 0.2 * z + 0.45 * np.clip(np.abs(x) - 3, 0, 6) - y)


def build_canvas(model: FaceModel) -> Canvas:
    """The canvas of ICT-FaceKit's skin atlas."""
    hits, triangles = atlas_hits(model)
    covered = hits.found.reshape(ATLAS_HEIGHT, ATLAS_WIDTH)
    position = hits.blend(model.neutral[triangles]).reshape(ATLAS_HEIGHT, ATLAS_WIDTH, 3).astype(np.float32)
    position = fill_gutters(position, covered)

    vertex_uv = np.zeros((len(model.neutral), 2), np.float32)
    rows = model.material == model.materials.index("M_Face")
    corners = model.faces[rows] >= 0
    vertex_uv[model.faces[rows][corners]] = atlas_uv(model)[model.corner_uv[rows][corners]]
    landmark = vertex_uv[model.landmarks68] * [ATLAS_WIDTH, -ATLAS_HEIGHT] + [0, ATLAS_HEIGHT]

    outline = np.zeros((ATLAS_HEIGHT, ATLAS_WIDTH), np.float32)
    cv2.fillPoly(outline, [np.rint(landmark[48:60]).astype(np.int32)], 1.0)
    lips = np.asarray(cv2.GaussianBlur(outline, (0, 0), 7), np.float32)

    x, y, z = np.moveaxis(position, -1, 0)
    nose = model.neutral[model.landmarks68[33]]
    upper = nose[1] - 0.5 + 3.2 * smoothstep(np.abs(x), 3.0, 7.0)
    beard = smoothstep(upper - y, 0.0, 1.2) * smoothstep(y, -10.5, -8.0) * smoothstep(z, 0.5, 3.0)
    near_lips = cv2.GaussianBlur(cv2.dilate((lips > 0.4).astype(np.float32), np.ones((9, 9))), (0, 0), 4)
    beard = beard * (1 - near_lips) * (np.arange(ATLAS_WIDTH) < ATLAS_WIDTH // 2)
    return Canvas(
        position,
        landmark,
        lips,
        beard.astype(np.float32),
        hairline(position).astype(np.float32),
        hits.triangle.reshape(ATLAS_HEIGHT, ATLAS_WIDTH),
        np.where(hits.found[:, None], hits.weights, 0).reshape(ATLAS_HEIGHT, ATLAS_WIDTH, 3),
        covered,
    )
