"""Turns as three numbers: the axis, as long as the angle."""

from __future__ import annotations

import numpy as np


def axis_angle(v: np.ndarray) -> np.ndarray:
    """Rodrigues' formula: rotation vectors (…, 3) in radians -> (…, 3, 3)."""
    angle = np.linalg.norm(v, axis=-1)[..., None, None]
    k = np.zeros((*v.shape, 3))
    k[..., 2, 1], k[..., 0, 2], k[..., 1, 0] = v[..., 0], v[..., 1], v[..., 2]
    k -= np.swapaxes(k, -1, -2)
    small = angle < 1e-12
    safe = np.where(small, 1.0, angle)
    sine = np.where(small, 1.0, np.sin(safe) / safe)
    bend = np.where(small, 0.0, (1 - np.cos(safe)) / safe**2)
    return np.asarray(np.eye(3) + sine * k + bend * (k @ k))


def rotation_vector(rotation: np.ndarray) -> np.ndarray:
    """The inverse of :func:`axis_angle`, for turns below 180 degrees: (3, 3) -> (3,) radians."""
    skew = (rotation - rotation.T)[[2, 0, 1], [1, 2, 0]] / 2
    sine = float(np.linalg.norm(skew))
    angle = float(np.arctan2(sine, (np.trace(rotation) - 1) / 2))
    return np.asarray(skew * (angle / sine if sine > 1e-12 else 1.0))
