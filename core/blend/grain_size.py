"""How large grain is: the Gaussian that shapes it, and how its size is read off a picture."""

from __future__ import annotations

import numpy as np

from doublure.core.cancel import check

_MAD = 1.4826
SIZES = np.linspace(0.0, 2.0, 101)
"""Standard deviations in pixels that are told apart."""
TAPS = 6
"""Pixels from a kernel's middle to its end."""
COLOURED = 0.05
"""Between channels grain must differ by this share of its variance for their difference to tell of it."""
_FURTHEST = 1.1
"""How far from green's the size may be: codecs that halve the colours' resolution make colour grain coarser."""


def kernel(size: float) -> np.ndarray:
    """Gaussian (2 * TAPS + 1,) of standard deviation ``size`` pixels that keeps white noise at variance 1."""
    offsets = np.arange(-TAPS, TAPS + 1)
    taps = np.exp(-0.5 * (offsets / size) ** 2) if size > 1e-3 else (offsets == 0).astype(np.float64)
    return taps / np.sqrt((taps**2).sum())


def _correlation(size: float, lag: int) -> float:
    taps = kernel(size)
    return float((taps[lag:] * taps[:-lag]).sum())


_BETWEEN = {lag: np.array([1 - _correlation(s, lag) for s in SIZES]) for lag in (1, 2)}
_LAG_RATIO = _BETWEEN[2] / _BETWEEN[1]


def detail_share(size: tuple[float, float], lag: int) -> float:
    """Variance of ``diagonal_difference`` over ``lag`` (1 or 2) pixels of grain of this size, over the grain's own."""
    across, down = (np.interp(one, SIZES, _BETWEEN[lag]) for one in size)
    return float(across * down)


def robust_sigma(values: np.ndarray) -> float:
    """Median absolute deviation, as the standard deviation of a Gaussian."""
    return _MAD * float(np.median(np.abs(values - np.median(values))))


def detail_at(plane: np.ndarray, at: np.ndarray, dx: int, dy: int) -> np.ndarray:
    """``diagonal_difference`` of (H, W) at the flat indices ``at`` (N,)."""
    width, flat = plane.shape[1], plane.ravel()
    return 0.5 * (flat[at] - flat[at + dx] - flat[at + dy * width] + flat[at + dy * width + dx])


def grain_size(planes: np.ndarray, smooth: np.ndarray, at: np.ndarray) -> tuple[float, float]:
    """Grain's size (x, y) in pixels, from how much more two pixels differ than neighbours do.

    A texture of the skin changes all channels by one share of their light: in the difference of two channels'
    shares it cancels, and grain that is not the same in both stays. Where it is the same, green alone tells.

    Args:
        planes, smooth: (3, H, W) scene-linear, the picture and its light. at: (N,) flat indices of the pixels that
            count, at least 3 pixels from the right and lower border.
    """
    light = [np.clip(plane.ravel()[at], 0.0, None) for plane in smooth]
    light = [level + 0.05 * float(np.median(level)) + 1e-6 for level in light]

    def shares(dx: int, dy: int) -> list[np.ndarray]:
        check()
        red, green, blue = (
            detail_at(plane, at, dx, dy) / level * np.sqrt(light[1])
            for plane, level in zip(planes, light, strict=True)
        )
        return [green, green - red, green - blue]

    near, wide, high = ([robust_sigma(v) ** 2 for v in shares(*lag)] for lag in ((1, 1), (2, 1), (1, 2)))
    use = [i for i in (1, 2) if near[i] > COLOURED * near[0]] or [0]

    def read(far: list[float], indices: list[int]) -> float:
        return float(np.interp(np.mean([far[i] / max(near[i], 1e-20) for i in indices]), _LAG_RATIO, SIZES))

    across, down = (
        float(np.clip(read(far, use), read(far, [0]) / _FURTHEST, read(far, [0]) * _FURTHEST))
        for far in (wide, high)
    )
    return across, down
