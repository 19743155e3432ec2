"""Head pose with a bending neck, and a plain shirt."""

from __future__ import annotations

import numpy as np

from bench.stage.face.canvas import smoothstep

PIVOT = np.array([0.0, -5.0, -2.0])


def head_matrix(pose: np.ndarray) -> np.ndarray:
    """Rotation matrices (..., 3, 3) of poses (..., 3): yaw to the left, pitch down and roll, degrees, in that
    order."""
    y, p, r = np.moveaxis(np.deg2rad(pose), -1, 0)

    def matrix(*rows: tuple[np.ndarray, np.ndarray, np.ndarray]) -> np.ndarray:
        return np.stack([np.stack(row, -1) for row in rows], -2)

    zero, one = np.zeros_like(y), np.ones_like(y)
    cy, sy, cx, sx, cz, sz = np.cos(y), np.sin(y), np.cos(p), np.sin(p), np.cos(r), np.sin(r)
    return np.asarray(
        matrix((cz, -sz, zero), (sz, cz, zero), (zero, zero, one))
        @ matrix((one, zero, zero), (zero, cx, -sx), (zero, sx, cx))
        @ matrix((cy, zero, sy), (zero, one, zero), (-sy, zero, cy))
    )


def neck_weight(neutral: np.ndarray) -> np.ndarray:
    """How far each vertex (V, 3) follows the head, 0 at the collar to 1 from the jaw up."""
    back = np.clip(neutral[:, 2], -6, 6)
    return np.asarray(smoothstep(neutral[:, 1] - 0.35 * (6 - back), -19.0, -9.5), np.float32)


def pose_head(vertices: np.ndarray, weight: np.ndarray, pose: np.ndarray) -> np.ndarray:
    """Vertices (V, 3) turned about the neck's pivot, each by its weight (V,) of every angle.

    Blending the angles, not the places, keeps a neck that is turned far as wide as it was.
    """
    turns = head_matrix(weight[:, None] * np.asarray(pose, np.float64))
    return (PIVOT + np.einsum("vij,vj->vi", turns, vertices - PIVOT)).astype(np.float32)


def shirt() -> tuple[np.ndarray, np.ndarray]:
    """Positions (V, 3) and triangles (F, 3) of the part of the shirt below the modelled bust."""
    # Rings of (height, half width, half depth, forward shift): from inside the bust down to the chest.
    rings = np.array(
        [
            [-17.6, 11.2, 7.6, 0.5],
            [-18.8, 14.2, 9.0, 0.3],
            [-20.6, 18.5, 10.2, 0.0],
            [-24.0, 21.5, 11.2, 0.0],
            [-45.0, 23.0, 12.5, 0.0],
        ]
    )
    fine = np.linspace(0, len(rings) - 1, 33)
    rings = np.stack([np.interp(fine, np.arange(len(rings)), rings[:, k]) for k in range(4)], 1)
    angle = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    y, w, d, s = (rings[:, k, None] for k in range(4))
    points = np.stack([w * np.sin(angle), y + 0 * angle, s + d * np.cos(angle)], -1)
    n, m = points.shape[:2]
    i, j = np.meshgrid(np.arange(n - 1), np.arange(m), indexing="ij")
    a, b = i * m + j, i * m + (j + 1) % m
    quads = np.stack([a, a + m, b + m, b], -1).reshape(-1, 4)
    return points.reshape(-1, 3).astype(np.float32), np.concatenate([quads[:, :3], quads[:, [0, 2, 3]]])
