"""Hair as curves that grow from the skin and follow it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.stage.base.geometry import smooth_normals


def tangent_frames(
    vertices: np.ndarray, triangles: np.ndarray, triangle: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Points (N, 3) on a mesh and their frames (N, 3, 3), rows tangent u, tangent v, smooth normal.

    The tangent u lies along the projection of the triangle's first edge, so the frame turns and stretches with the
    skin but never shears a strand.

    Args:
        vertices: (V, 3). triangles: (F, 3). triangle: (N,) index of each point's triangle. weights: (N, 3),
            barycentric.
    """
    corners = triangles[triangle]
    points = (vertices[corners] * weights[:, :, None]).sum(1)
    normal = (smooth_normals(vertices, triangles)[corners] * weights[:, :, None]).sum(1)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    edge = vertices[corners[:, 1]] - vertices[corners[:, 0]]
    u = edge - (edge * normal).sum(1, keepdims=True) * normal
    u /= np.maximum(np.linalg.norm(u, axis=1, keepdims=True), 1e-9)
    return points, np.stack([u, np.cross(normal, u), normal], 1)


@dataclass(frozen=True)
class Strands:
    """One group of hairs of one colour.

    Attributes:
        name: of the group, unique for a person.
        triangle: (N,) which triangle of the head each hair grows from. weights: (N, 3), where on it, barycentric.
        offsets: (N, K, 3) the points of each, K >= 2, in centimetres from the root in its ``tangent_frames``.
        radius: (N, K) centimetres.
        colour: (3,) linear Rec.709 reflectance. roughness: of its highlight, 0-1. specular: its strength, 0-1; 0 for
            wool, and less than hair's index of refraction says, because strands are drawn thicker than hairs.
    """

    name: str
    triangle: np.ndarray
    weights: np.ndarray
    offsets: np.ndarray
    radius: np.ndarray
    colour: np.ndarray
    roughness: float = 0.4
    specular: float = 0.3

    def place(self, vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
        """Points (N, K, 4), position and radius, on the head as posed: vertices (V, 3), triangles (F, 3)."""
        roots, frames = tangent_frames(vertices, triangles, self.triangle, self.weights)
        points = roots[:, None] + np.einsum("nkc,ncd->nkd", self.offsets, frames)
        return np.concatenate([points, self.radius[..., None]], -1).astype(np.float32)
