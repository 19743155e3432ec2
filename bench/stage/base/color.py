"""sRGB coding and the matrix from linear Rec.709 to ACEScg."""

from __future__ import annotations

import numpy as np

REC709_TO_XYZ = np.array(
    [
        [0.4123907993, 0.3575843394, 0.1804807884],
        [0.2126390059, 0.7151686788, 0.0721923154],
        [0.0193308187, 0.1191947798, 0.9505321522],
    ]
)
XYZ_TO_AP1 = np.array(
    [
        [1.6410233797, -0.3248032942, -0.2364246952],
        [-0.6636628587, 1.6153315917, 0.0167563477],
        [0.0117218943, -0.0082844420, 0.9883948585],
    ]
)
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
D65_XY, ACES_XY = (0.3127, 0.3290), (0.32168, 0.33767)


def _white(xy: tuple[float, float]) -> np.ndarray:
    return np.array([xy[0] / xy[1], 1.0, (1 - xy[0] - xy[1]) / xy[1]])


def rec709_to_acescg_matrix() -> np.ndarray:
    """The (3, 3) matrix from linear Rec.709 (D65) to ACEScg, with Bradford adaptation (ITU-R BT.709, S-2014-004)."""
    ratio = (BRADFORD @ _white(ACES_XY)) / (BRADFORD @ _white(D65_XY))
    adapt = np.linalg.inv(BRADFORD) @ np.diag(ratio) @ BRADFORD
    return np.asarray(XYZ_TO_AP1 @ adapt @ REC709_TO_XYZ)


def rec709_to_acescg(pixels: np.ndarray) -> np.ndarray:
    """Linear Rec.709 (..., 3) to ACEScg; nothing is clamped."""
    return np.asarray(pixels @ rec709_to_acescg_matrix().T.astype(np.float32))


def srgb_to_linear(pixels: np.ndarray) -> np.ndarray:
    """sRGB-encoded values to linear (IEC 61966-2-1), negative values mirrored."""
    x = np.abs(pixels)
    return np.asarray(np.copysign(np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4), pixels))


def linear_to_srgb(pixels: np.ndarray) -> np.ndarray:
    """Linear values to sRGB-encoded (IEC 61966-2-1), negative values mirrored."""
    x = np.abs(pixels)
    y = np.where(x <= 0.0031308, x * 12.92, 1.055 * np.maximum(x, 1e-12) ** (1 / 2.4) - 0.055)
    return np.asarray(np.copysign(y, pixels))
