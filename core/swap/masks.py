"""Masks of the face in crop space, drawn from its landmarks."""

from __future__ import annotations

import cv2
import numpy as np
import torch.nn.functional as F
from torch import Tensor

from doublure.core.face.topology import LEFT_EYE, LIPS, RIGHT_EYE

_SHIFT = 4  # fractional bits of cv2's polygon coordinates


def to_crop(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Plate coordinates (N, 2+) to continuous crop coordinates (N, 2)."""
    return (points[:, :2] - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T


def polygon(points: np.ndarray, size: int) -> np.ndarray:
    """The convex hull of (N, 2) crop points as an antialiased (size, size) float32 mask, 0–1."""
    hull = cv2.convexHull(((points - 0.5) * (1 << _SHIFT)).round().astype(np.int32))
    mask = np.zeros((size, size), np.uint8)
    cv2.fillConvexPoly(mask, hull, 255, cv2.LINE_AA, _SHIFT)
    return mask.astype(np.float32) / 255


def face_mask(points: np.ndarray, size: int) -> np.ndarray:
    """The face: hull of all landmarks (468, 2) in crop coordinates, (size, size) float32, 0–1, soft by a pixel."""
    return cv2.GaussianBlur(polygon(points, size), (0, 0), size / 128)


GROWTH = 0.06
"""How far beyond the hull a face may be painted, share of the crop's side: FaceMesh's outline lies some 3 % inside the
jaw, the cheeks and the hairline, and a hero may be wider than his double."""


def grown(mask: Tensor) -> Tensor:
    """A face's hull (N, 1, S, S), 0-1, ``GROWTH`` wider on every side."""
    pixels = reach(mask.shape[-1])
    return F.max_pool2d(mask, 2 * pixels + 1, 1, pixels)


def reach(size: int) -> int:
    """``GROWTH`` in pixels of a crop of this side."""
    return round(GROWTH * size)


def loss_weight(
    points: np.ndarray, size: int, *, across: float, cover: np.ndarray | None = None
) -> np.ndarray:
    """Where training looks: 1 on the face, 3 at the eyes and the mouth, a little just outside.

    Eyes and mouth are few pixels and most of what a viewer looks at.

    Args:
        points: landmarks (468, 2) in pixels of the picture.
        size: side of the picture.
        across: side of the head's own crop in the same pixels.
        cover: (size, size) what is face, 0-1, where it is known; else the hull of the landmarks.
    """
    face = face_mask(points, size) if cover is None else cover
    weight = 0.2 * cv2.GaussianBlur(face, (0, 0), across / 24) + 0.8 * face
    for part in (LEFT_EYE, RIGHT_EYE, LIPS):
        grown = cv2.GaussianBlur(polygon(points[list(part)], size), (0, 0), across / 40)
        weight += 2.0 * np.minimum(grown * 1.5, 1.0) * face
    return weight.astype(np.float32)
