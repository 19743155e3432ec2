"""Is the result's grain that of the plate: how strong at which light level, and of what texture.

Both measures look along the colour direction in which the reference has the least detail (``grain_plane``), so
they see the grain that differs between channels; grain that is the same in all three, as in a black-and-white
print, they cannot tell from detail.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.fft as fft
import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.grain_plane import GrainPlane, grain_direction, grain_plane, shot_medians
from doublure.core.measure.masked_blur import masked_blur
from doublure.core.measure.matte import check_shot

FLOOR = 3e-4
"""Grain below this, in stops at the median light, is the rounding of half float (2^-11 of the value)."""
TILE = 16
"""Pixels along a side of the tiles whose spectra are taken."""
RINGS = np.arange(0.06, 0.5001, 0.04)
"""Edges of the rings of the spectrum, cycles per pixel."""
_MAD = 1.4826
_HIGH_PASS = 1.5
_SPECTRUM_HIGH_PASS = 4.0
_FLAT_SIGMA = 2.0
_FLATTEST = 0.6
_MOST_BINS, _PER_BIN, _LEAST = 8, 500, 64
_PIXELS = 20_000

Shot = torch.Tensor | Sequence[torch.Tensor]


def grain_sigma_error(results: Shot, references: Shot, mattes: Shot) -> float:
    """Rms over up to 8 luma bins of ``log2(sigma_result / sigma_reference)``, in stops; 0 is equal grain.

    Twice the grain and half of it both read 1, no grain at all more than 2; finite, as sigmas count at least the
    rounding of half float. sigma is the median absolute deviation (times 1.4826) of the ``grain_plane`` less its
    Gaussian of 1.5 pixels, over the flattest 60 % of the bin's pixels. Bins are equally full of the reference's
    pixels. Another seed of the same grain reads below 0.15 in one frame and below 0.07 in a pooled shot.

    Taken twice, and the lesser counts: at the same scene-linear luma (a face of another tone may carry the
    plate's grain at its own light), and relative to each shot's own median (a gain of the whole shot after the
    grain changes nothing).

    Args:
        results, references: (3, H, W), scene-linear, or lists of such frames, which are pooled. mattes: (H, W),
            0..1, alike.

    Raises:
        DoublureError: see ``matte.check_shot``; or fewer than 64 pixels to measure.
    """
    as_is, graded, wanted = _planes(results, references, mattes)
    residual, level = _flat_pixels(wanted)
    if len(residual) * _FLATTEST < _LEAST:
        raise DoublureError(
            f"the face is too small to measure its grain: {len(residual)} pixels wholly inside the matte",
            remedy="measure more frames together",
        )
    bins = int(np.clip(len(residual) * _FLATTEST / _PER_BIN, 1, _MOST_BINS))
    edges = np.quantile(level[:, 0], np.linspace(0, 1, bins + 1)[1:-1])
    return min(_rms_stops(_flat_pixels(got), (residual, level), edges) for got in (as_is, graded))


def _rms_stops(
    got: tuple[np.ndarray, np.ndarray], wanted: tuple[np.ndarray, np.ndarray], edges: np.ndarray
) -> float:
    stops = [
        np.log2(a / b)
        for a, b in zip(_sigmas(*got, edges), _sigmas(*wanted, edges), strict=True)
        if a > 0 and b > 0
    ]
    # Two faces that share no level of light are compared as one bin each.
    return float(np.sqrt(np.mean(np.square(stops)))) if stops else _rms_stops(got, wanted, edges[:0])


def grain_spectrum_distance(results: Shot, references: Shot, mattes: Shot) -> float:
    """Total variation distance, 0..1, of the radial power spectra of the grain; 0 is grain of the same texture.

    ``sum |p - q| / 2``, p and q the mean power in rings 0.04 wide from 0.06 to 0.5 cycles per pixel, over their
    sum: how strong the grain is does not matter. The power at each frequency is the median over all tiles of 16
    pixels (Hann window, half overlapping) wholly inside the matte, as in Welch 1967 with a median for the mean,
    of the ``grain_plane`` less its Gaussian of 4 pixels. A picture with no more than the rounding of half float
    has no grain: 1 beside one that has, 0 beside another.

    Args:
        results, references, mattes: as for ``grain_sigma_error``.

    Raises:
        DoublureError: see ``matte.check_shot``; or no tile of 16 pixels fits into the matte.
    """
    _, got, wanted = _planes(results, references, mattes)
    p, q = _spectrum(got), _spectrum(wanted)
    if not p.any() or not q.any():
        return float(p.any() != q.any())
    return 0.5 * float(np.abs(p - q).sum())


def _planes(
    results: Shot, references: Shot, mattes: Shot
) -> tuple[list[GrainPlane], list[GrainPlane], list[GrainPlane]]:
    """The results in the references' exposure, the results in their own, and the references."""
    got, wanted, shapes = as_shot(results), as_shot(references), as_shot(mattes)
    check_shot(got, wanted, shapes)
    medians, own = shot_medians(wanted, shapes), shot_medians(got, shapes)
    direction = grain_direction(wanted, shapes, medians)

    def planes(pictures: list[torch.Tensor], exposure: torch.Tensor) -> list[GrainPlane]:
        pairs = zip(pictures, shapes, strict=True)
        return [grain_plane(picture, matte, direction, exposure) for picture, matte in pairs]

    return planes(got, medians), planes(got, own), planes(wanted, medians)


def as_shot(frames: Shot) -> list[torch.Tensor]:
    """A list of frames, of one where one tensor is given."""
    return [frames] if isinstance(frames, torch.Tensor) else list(frames)


def _flat_pixels(planes: Sequence[GrainPlane]) -> tuple[np.ndarray, np.ndarray]:
    """(N,) residuals and (N, 2) levels and steepnesses of all pixels inside that are not at the very edge."""
    residuals, places = [], []
    for plane in planes:
        solid = plane.inside.float()
        high = plane.values - masked_blur(plane.values[None], solid, _HIGH_PASS)[0]
        steep = _steepness(plane.level, solid)
        core = _eroded(plane.inside)
        step = -(-int(core.sum()) // _PIXELS) or 1
        residuals.append(high[core][::step].numpy())
        places.append(torch.stack([plane.level[core], steep[core]], 1)[::step].numpy())
    return np.concatenate(residuals), np.concatenate(places)


def _steepness(level: torch.Tensor, solid: torch.Tensor) -> torch.Tensor:
    soft = (level + 0.02).log2()
    slope = torch.zeros_like(soft)
    slope[:, 1:-1] += (soft[:, 2:] - soft[:, :-2]).square()
    slope[1:-1] += (soft[2:] - soft[:-2]).square()
    return masked_blur(slope[None], solid, _FLAT_SIGMA)[0]


def _eroded(inside: torch.Tensor) -> torch.Tensor:
    """(H, W) bool without the two outermost pixels, where a gradient would see the outside."""
    outside = torch.nn.functional.pad((~inside).float()[None, None], (2, 2, 2, 2), value=1.0)
    return torch.nn.functional.max_pool2d(outside, 5, 1)[0, 0] == 0


def _sigmas(residual: np.ndarray, places: np.ndarray, edges: np.ndarray) -> list[float]:
    """Robust sigma of each bin, half float's rounding added; 0 where a bin holds too few pixels."""
    which = np.searchsorted(edges, places[:, 0], side="right")
    out = []
    for number in range(len(edges) + 1):
        members = np.flatnonzero(which == number)
        flat = members[np.argsort(places[members, 1], kind="stable")[: int(_FLATTEST * len(members))]]
        values = residual[flat]
        sigma = (
            _MAD * float(np.median(np.abs(values - np.median(values)))) if len(flat) >= _LEAST / 2 else -1.0
        )
        out.append(float(np.hypot(sigma, FLOOR)) if sigma >= 0 else 0.0)
    return out


def _spectrum(planes: Sequence[GrainPlane]) -> np.ndarray:
    """(rings,) power by radius, its sum 1; all 0 where there is no grain."""
    ramp = np.hanning(TILE + 2)[1:-1]
    window = np.outer(ramp, ramp)
    powers = []
    for plane in planes:
        solid = plane.inside.float()
        high = (plane.values - masked_blur(plane.values[None], solid, _SPECTRUM_HIGH_PASS)[0]).numpy()
        for tile in _tiles(plane.inside.numpy(), high):
            powers.append(np.abs(fft.rfft2((tile - tile.mean()) * window)) ** 2)
    if not powers:
        raise DoublureError(
            f"the face is too small to measure its grain: no {TILE} x {TILE} pixels lie wholly inside the matte",
            remedy="measure a closer shot",
        )
    power = np.median(powers, axis=0)
    if power.mean() < (FLOOR * np.linalg.norm(window)) ** 2:
        return np.zeros(len(RINGS) - 1)
    radius = np.hypot(fft.fftfreq(TILE)[:, None], fft.rfftfreq(TILE)[None])
    ring = np.digitize(radius, RINGS)
    out = np.array([power[ring == number].mean() for number in range(1, len(RINGS))])
    return out / out.sum()


def _tiles(inside: np.ndarray, values: np.ndarray) -> list[np.ndarray]:
    step, (height, width) = TILE // 2, inside.shape
    return [
        values[y : y + TILE, x : x + TILE]
        for y in range(0, height - TILE + 1, step)
        for x in range(0, width - TILE + 1, step)
        if inside[y : y + TILE, x : x + TILE].all()
    ]
