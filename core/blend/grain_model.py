"""Measure a plate's grain: how strong at which light level, how large, how alike in the three channels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import nnls

from doublure.core.blend.filters import gaussian
from doublure.core.blend.grain_size import detail_at, detail_share, grain_size, robust_sigma
from doublure.core.blend.log import luminance
from doublure.core.cancel import check

_BINS = 12
_FLATTEST = 0.2
"""Share of the pixels that tells how strong grain is: more of them hold more of the picture's texture."""
_FLAT_ENOUGH = 0.4
"""Share of the pixels that tells how large grain is, where texture cancels."""
_ENOUGH = 64
_SAMPLES = 60_000
_REACH = 3
"""Pixels that the longest difference spans."""
CLEAN = 5e-4
"""Grain below this share of the light level is none at all (half float alone rounds to 2e-4)."""
LARGEST = 1.5
"""Pixels: anything larger than this in both directions is texture of the picture, not grain."""


def diagonal_difference(image: torch.Tensor, dx: int = 1, dy: int = 1) -> torch.Tensor:
    """The Haar diagonal detail (…, H-dy, W-dx) of (…, H, W): blind to gradients and to straight edges.

    Grain of variance v and axis correlations r gives variance ``v (1 - rx(dx)) (1 - ry(dy))``.
    """
    left, right = image[..., :-dx], image[..., dx:]
    return 0.5 * (left[..., :-dy, :] - right[..., :-dy, :] - left[..., dy:, :] + right[..., dy:, :])


@dataclass(frozen=True)
class GrainModel:
    """A plate's grain.

    Attributes:
        slope, floor: per channel, variance = ``slope * level + floor``, scene-linear.
        top: per channel, the highest level measured; the variance stays constant above it.
        size: standard deviations (x, y) in pixels of the Gaussian that shapes the grain.
        channels: (3, 3) correlation of the channels.
    """

    slope: tuple[float, ...]
    floor: tuple[float, ...]
    top: tuple[float, ...]
    size: tuple[float, float]
    channels: tuple[tuple[float, ...], ...]

    @property
    def clean(self) -> bool:
        """True when there is no grain."""
        return not any(self.slope) and not any(self.floor)

    def variance(self, level: torch.Tensor) -> torch.Tensor:
        """Grain variance (3, H, W) at scene-linear light ``level`` (3, H, W)."""
        slope, floor, top = (torch.tensor(v)[:, None, None] for v in (self.slope, self.floor, self.top))
        return slope * torch.minimum(level, top).clamp_min(0.0) + floor

    def detail_share(self) -> float:
        """Variance of ``diagonal_difference`` of this grain over the grain's own variance."""
        return detail_share(self.size, 1)


NO_GRAIN = GrainModel((0.0,) * 3, (0.0,) * 3, (0.0,) * 3, (0.0, 0.0), ((1.0, 0, 0), (0, 1.0, 0), (0, 0, 1.0)))


def _flat(plate: torch.Tensor) -> torch.Tensor:
    """How steep (H, W) the smoothed picture is against its own light: small is flat."""
    light = gaussian(luminance(plate), 2.0)
    check()
    scale = light.clamp_min(0.0) + 0.05 * light.abs().median() + 1e-6
    steep = torch.zeros_like(light)
    steep[:, 1:-1] += ((light[:, 2:] - light[:, :-2]) / scale[:, 1:-1]) ** 2
    steep[1:-1] += ((light[2:] - light[:-2]) / scale[1:-1]) ** 2
    return gaussian(steep, 2.0)


def _flattest(level: np.ndarray, steep: np.ndarray, share: float) -> list[np.ndarray]:
    """Indices of the flattest ``share`` of the pixels (N,) of each of up to 12 equally full brightness bins."""
    bins = min(_BINS, max(len(level) // _ENOUGH, 1))
    groups = np.array_split(np.argsort(level, kind="stable"), bins)
    return [g[np.argsort(steep[g], kind="stable")[: max(int(share * len(g)), 1)]] for g in groups]


def _fit_variance(level: np.ndarray, detail: np.ndarray, groups: list[np.ndarray]) -> tuple[float, ...]:
    """(slope, floor, top): the detail's variance as a line over the light, fitted over the groups."""
    light = np.array([max(float(np.median(level[g])), 0.0) for g in groups])
    variance = np.array([robust_sigma(detail[g]) ** 2 for g in groups])
    top = float(light.max())
    if (variance / np.maximum(light, 1e-4) ** 2).max() < CLEAN**2:
        return 0.0, 0.0, top
    # A variance is known to a share of itself: the dark groups count as much as the bright ones.
    weight = 1.0 / np.maximum(variance, 1e-3 * variance.max())
    (slope, floor), _ = nnls(np.stack([light, np.ones_like(light)], 1) * weight[:, None], variance * weight)
    return float(slope), float(floor), top


def measure_grain(plate: torch.Tensor) -> GrainModel:
    """The grain of a region of plate.

    Robust against the picture: it reads the median absolute diagonal detail of the flattest 20 % of each
    of 12 brightness bins, per channel, at up to 60 000 pixels; and the size from differences between channels,
    in which texture cancels.

    Args:
        plate: float32 (3, H, W) scene-linear ACEScg, finite; at least about 32×32 to say anything.

    Returns:
        The model; ``NO_GRAIN`` where green has none, or there is too little picture to tell.
    """
    height, width = plate.shape[1:]
    if min(height, width) < 12 or height * width < 4 * _ENOUGH:
        return NO_GRAIN
    index = np.arange(height * width).reshape(height, width)[: 1 - _REACH, : 1 - _REACH].ravel()
    at = index[:: -(-len(index) // _SAMPLES)]
    check()
    steep = _flat(plate).numpy().ravel()[at]
    planes, smooth = plate.numpy(), gaussian(plate, 3.0).numpy()
    quiet = np.concatenate(_flattest(smooth[1].ravel()[at], steep, _FLAT_ENOUGH))
    size = grain_size(planes, smooth, at[quiet])
    if min(size) > LARGEST:
        return NO_GRAIN
    # What is finer than the grain is seen between neighbours, what is coarser further apart: neither takes from it.
    readings = [_grain_of_size(planes, smooth, steep, at, size, lag) for lag in (1, 2)]
    light = max(float(np.median(smooth[1].ravel()[at])), 0.0)
    return min(readings, key=lambda model: model.slope[1] * min(light, model.top[1]) + model.floor[1])


def _grain_of_size(
    planes: np.ndarray,
    smooth: np.ndarray,
    steep: np.ndarray,
    at: np.ndarray,
    size: tuple[float, float],
    lag: int,
) -> GrainModel:
    """The grain read from pixels ``lag`` apart; ``planes`` and ``smooth`` (3, H, W), ``steep`` and ``at`` (N,)."""
    fits, details, used = [], [], []
    for channel in range(3):
        check()
        level, detail = smooth[channel].ravel()[at], detail_at(planes[channel], at, lag, lag)
        groups = _flattest(level, steep, _FLATTEST)
        slope, floor, top = _fit_variance(level, detail, groups)
        fits.append((slope, floor, top))
        details.append(detail / np.sqrt(slope * np.clip(level, 0.0, top) + floor + 1e-20))
        used.append(np.concatenate(groups))
    check()
    if not any(fits[1][:2]):
        return NO_GRAIN
    share = detail_share(size, lag)
    return GrainModel(
        slope=tuple(float(f[0] / share) for f in fits),
        floor=tuple(float(f[1] / share) for f in fits),
        top=tuple(f[2] for f in fits),
        size=size,
        channels=_channel_correlation([d[used[1]] for d in details]),
    )


def _channel_correlation(details: list[np.ndarray]) -> tuple[tuple[float, ...], ...]:
    """Robust (3, 3) correlation of the details (Gnanadesikan and Kettenring 1972), made positive."""
    matrix = np.eye(3)
    planes = [d / max(robust_sigma(d), 1e-12) for d in details]
    for i, j in ((0, 1), (0, 2), (1, 2)):
        plus, minus = robust_sigma(planes[i] + planes[j]) ** 2, robust_sigma(planes[i] - planes[j]) ** 2
        if plus + minus > 0:
            matrix[i, j] = matrix[j, i] = (plus - minus) / (plus + minus)
    values, vectors = np.linalg.eigh(matrix)
    matrix = (vectors * np.maximum(values, 1e-4)) @ vectors.T
    scale = np.sqrt(np.diag(matrix))
    return tuple(tuple(float(v) for v in row) for row in matrix / scale[:, None] / scale[None])
