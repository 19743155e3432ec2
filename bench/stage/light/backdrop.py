"""What is behind the performer: the HDRI in the camera's perspective, out of focus."""

from __future__ import annotations

import cv2
import numpy as np

from bench.stage.camera.camera import Camera

BLUR = 0.021


def view(hdri: np.ndarray, matrix: np.ndarray, camera: Camera, margin: int = 0) -> np.ndarray:
    """The lat-long HDRI (H, W, 3), its world turned by a matrix (3, 3), as the camera sees it, with a margin around.

    Returns (camera.height + 2 margin, camera.width + 2 margin, 3), never negative.
    """
    x, y = np.meshgrid(
        np.arange(-margin, camera.width + margin) + 0.5, np.arange(-margin, camera.height + margin) + 0.5
    )
    d = camera.directions(x.ravel(), y.ravel()) @ matrix
    rows, columns = hdri.shape[:2]
    u = np.arctan2(d[:, 0], -d[:, 2]) / (2 * np.pi) % 1.0
    v = np.arccos(np.clip(d[:, 1], -1, 1)) / np.pi
    wide = np.concatenate([hdri[:, -2:], hdri, hdri[:, :2]], 1)
    picture = cv2.remap(
        wide,
        (u * columns + 1.5).astype(np.float32).reshape(x.shape),
        (v * rows - 0.5).astype(np.float32).reshape(x.shape),
        cv2.INTER_CUBIC,
    )
    return np.asarray(np.maximum(picture, 0))


def defocus(picture: np.ndarray, radius: float) -> np.ndarray:
    """The picture (H, W, 3), nowhere negative, through a round aperture: a disc of this radius in pixels."""
    reach = int(np.ceil(radius + 0.5))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    soft = cv2.filter2D(picture, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT)
    # The filter works by Fourier transform, which leaves rounding below zero.
    return np.asarray(np.maximum(soft, 0))


def backdrop(
    hdri: np.ndarray, matrix: np.ndarray, gain: float, camera: Camera, radius: float | None = None
) -> np.ndarray:
    """The background (camera.height, camera.width, 3), linear Rec.709.

    Args:
        hdri: (H, W, 3). matrix: (3, 3), how its world is turned. gain: its exposure.
        radius: of the circle of confusion in pixels; by default 2.1 % of the picture's height.
    """
    size = BLUR * camera.height if radius is None else radius
    margin = int(np.ceil(size)) + 1
    soft = defocus(view(hdri, matrix, camera, margin), size)
    return np.asarray(soft[margin:-margin, margin:-margin] * gain)
