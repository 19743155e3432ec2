"""The human range of skin tones."""

from __future__ import annotations

import numpy as np

# Linear Rec.709 reflectance from very light to very dark skin, after the range published for human faces
# (Xiao et al., "Characterising the variations in ethnic skin colours", 2017), read off by eye.
TONES = np.array(
    [
        [0.70, 0.49, 0.40],
        [0.60, 0.39, 0.29],
        [0.47, 0.28, 0.19],
        [0.34, 0.185, 0.115],
        [0.20, 0.10, 0.058],
        [0.105, 0.051, 0.031],
    ]
)


def tone_colour(melanin: float) -> np.ndarray:
    """Mean linear Rec.709 reflectance (3,) of skin with melanin 0 (lightest) to 1 (darkest)."""
    at = np.linspace(0, 1, len(TONES))
    return np.exp(np.array([np.interp(melanin, at, np.log(TONES[:, c])) for c in range(3)]))
