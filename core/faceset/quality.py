"""Is a face worth learning from: how sharp it is, and how much of it is clipped or lost in the dark."""

from __future__ import annotations

import cv2
import numpy as np

from doublure.core.frame import Frame

_LUMA = np.array([0.2722287, 0.6740818, 0.0536895], np.float32)  # Y of ACEScg (AP1), S-2014-004
_FINE = 0.8
"""Standard deviation, in plate pixels, of the finer of two Gaussians whose difference is the detail measured."""
_FLATTEST = 0.5
DARK = 0.18 / 2**6
"""Luma six stops below middle grey."""
_PLATEAU, _PIXELS = 2e-4, 16
"""Share and number of a picture's pixels that must have its highest value before that counts as the camera's clip."""


def sharpness(rgb: np.ndarray, mask: np.ndarray, span: float) -> float:
    """Rms, in stops, of the face's detail of one to two plate pixels, less what its flattest half shows (grain).

    Args:
        rgb: (H, W, 3) scene-linear. mask: (H, W) the face, 0..1.
        span: plate pixels along one pixel of the crop.

    Exposure does not change it; the size of the face does, so compare faces of one size.
    """
    luma = rgb @ _LUMA
    inside = cv2.erode(mask, np.ones((3, 3), np.uint8), iterations=max(1, mask.shape[0] // 64)) > 0.9
    if not inside.any():
        return 0.0
    usual = max(float(np.median(luma[inside])), 1e-6)
    stops = np.log2(np.maximum(luma, 0) / usual + 0.05)
    fine = max(_FINE / span, 0.5)
    detail = cv2.GaussianBlur(stops, (0, 0), fine) - cv2.GaussianBlur(stops, (0, 0), 2 * fine)
    energy = np.square(detail[inside])
    steep = cv2.GaussianBlur(np.square(detail), (0, 0), 3 * fine)[inside]
    flat = float(energy[steep <= np.quantile(steep, _FLATTEST)].mean())
    return float(np.sqrt(max(float(energy.mean()) - flat, 0.0)))


def dark_share(rgb: np.ndarray, mask: np.ndarray) -> float:
    """Share of the face more than six stops under middle grey, 0..1. (H, W, 3) scene-linear, (H, W)."""
    inside = mask > 0.5
    return float((rgb[inside] @ _LUMA < DARK).mean()) if inside.any() else 0.0


def clip_level(frame: Frame) -> float | None:
    """The value at which a picture was clipped, in its own space: its highest where many pixels share it, else None."""
    top = frame.rgb.amax(0)
    level = float(top.max())
    shared = int((top >= level * (1 - 1e-4)).sum())
    return level if level > 0 and shared >= max(_PIXELS, _PLATEAU * top.numel()) else None
