"""Match the face's sharpness to the plate's in the band that the eye reads as focus.

The band is 0.15–0.30 cycles per pixel: below it is shape and light, above it is mostly grain.
"""

from __future__ import annotations

import numpy as np
import scipy.fft as fft
import torch

from doublure.core.blend.filters import gaussian
from doublure.core.blend.grain_model import NO_GRAIN, GrainModel
from doublure.core.blend.grain_size import kernel
from doublure.core.blend.log import LUMA, gain, log_offset, luminance, stops
from doublure.core.blend.matte import distance_inside
from doublure.core.cancel import check

BAND = (0.15, 0.30)
"""Cycles per pixel."""
LEAST, MOST = 0.35, 1.4
"""Limits of the change in band amplitude."""
_CENTRE = 0.22
_UNSHARP_SIGMA = 0.8
_UNSHARP_STOPS = 0.5
_INSET = 6.0
_ENOUGH = 400
_TRUST = 0.25
_PASSES = 2


def _band_shape(height: int, width: int) -> np.ndarray:
    f = np.hypot(fft.fftfreq(height)[:, None], fft.rfftfreq(width)[None])
    low, high = BAND
    rise = np.clip((f - low + 0.02) / 0.04, 0, 1)
    fall = np.clip((high + 0.02 - f) / 0.04, 0, 1)
    return (rise * fall).astype(np.float32)


def band(image: torch.Tensor) -> torch.Tensor:
    """The part of (H, W) that lies in the band."""
    height, width = image.shape
    shape = fft.next_fast_len(height + 16, real=True), fft.next_fast_len(width + 16, real=True)
    before = [(s - n) // 2 for s, n in zip(shape, (height, width), strict=True)]
    pad = [(b, s - n - b) for b, s, n in zip(before, shape, (height, width), strict=True)]
    padded = np.pad(image.numpy() - np.float32(image.numpy().mean(dtype=np.float64)), pad, mode="symmetric")
    check()
    waves = fft.rfft2(padded, workers=1) * _band_shape(*shape)
    check()
    filtered = fft.irfft2(waves, s=shape, workers=1)
    (top, left) = before
    return torch.from_numpy(np.ascontiguousarray(filtered[top : top + height, left : left + width]))


def _energy(image: torch.Tensor, inside: torch.Tensor) -> float:
    """Mean square inside with its highest 2 % left out: lashes and glints say little about focus."""
    # Sorted as float32, which is much quicker; the order is that of the squares.
    values = np.sort(np.abs(image[inside].numpy())).astype(np.float64) ** 2
    return float(values[: max(int(0.98 * len(values)), 1)].mean())


def _grain_energy(model: GrainModel, plate: torch.Tensor, offset: float, inside: torch.Tensor) -> float:
    """What the grain adds to ``_energy`` of the plate's log luminance."""
    if model.clean:
        return 0.0
    response = [np.abs(fft.rfft(kernel(size), 256)) ** 2 for size in model.size]
    across, down = response[0], np.concatenate([response[1], response[1][-2:0:-1]])
    share = float((_band_shape(256, 256) ** 2 * across[None] * down[:, None])[:, :-1].mean())
    level = gaussian(plate, 3.0)
    check()
    sigma = (model.variance(level).sqrt() * torch.tensor(LUMA)[:, None, None]).numpy()
    variance = np.einsum("chw,cd,dhw->hw", sigma, np.array(model.channels), sigma)
    check()
    in_stops = variance / ((luminance(level).clamp_min(0.0).numpy() + offset) * np.log(2.0)) ** 2
    # The trimming of _energy takes 8.8 % of the energy of Gaussian grain with it.
    return 0.912 * share * float(in_stops[inside.numpy()].mean())


def sharpness_ratio(
    plate: torch.Tensor, face: torch.Tensor, matte: torch.Tensor, model: GrainModel
) -> tuple[float, float]:
    """(plate's band amplitude without grain over the face's, confidence 0–1) inside the matte.

    The ratio is 1 with confidence 0 when the matte is too small, or grain hides the plate's detail.
    """
    inside = (matte > 0.5) & (distance_inside(matte) > _INSET)
    if int(inside.sum()) < _ENOUGH:
        return 1.0, 0.0
    offset = log_offset(plate, matte)
    check()
    whole = _energy(band(stops(luminance(plate), offset)), inside)
    check()
    own = _energy(band(stops(luminance(face), offset)), inside)
    check()
    clean = whole - _grain_energy(model, plate, offset, inside)
    if clean <= 0 or own <= 0:
        return 1.0, 0.0
    return float(np.sqrt(clean / own)), float(np.clip(clean / whole / _TRUST, 0.0, 1.0))


def set_sharpness(face: torch.Tensor, ratio: float) -> torch.Tensor:
    """The face (3, H, W) with its band amplitude times ``ratio``: a blur, or an unsharp mask as a gain."""
    if ratio < 0.995:
        return gaussian(face, float(np.sqrt(-np.log(ratio) / 2.0) / (np.pi * _CENTRE)))
    if ratio > 1.005:
        lost = 1.0 - float(np.exp(-2.0 * (np.pi * _CENTRE * _UNSHARP_SIGMA) ** 2))
        level = stops(luminance(face), 0.02 * float(luminance(face).abs().median()) + 1e-5)
        detail = (level - gaussian(level, _UNSHARP_SIGMA)) * ((ratio - 1.0) / lost)
        # As a gain: next to a highlight of 40 a linear unsharp mask would dig a black ring.
        return face * gain(detail.clamp(-_UNSHARP_STOPS, _UNSHARP_STOPS))
    return face


def match_sharpness(
    plate: torch.Tensor, face: torch.Tensor, matte: torch.Tensor, model: GrainModel, amount: float
) -> torch.Tensor:
    """The face as sharp as the plate is inside the matte, within limits.

    Args:
        plate, face: float32 (3, H, W) ACEScg; the face unpremultiplied and extended.
        matte: (H, W), 0–1.
        amount: 0–1; 0 returns ``face`` itself.
    """
    if amount == 0:
        return face
    ratio, confidence = sharpness_ratio(plate, face, matte, model)
    wanted = float(np.clip(ratio ** (amount * confidence), LEAST, MOST))
    setting, out = wanted, face
    for _ in range(_PASSES):
        check()
        out = set_sharpness(face, setting)
        # How much a blur takes from the band depends on where in the band the picture's energy lies.
        reached = sharpness_ratio(out, face, matte, NO_GRAIN)[0]
        setting = float(np.clip(setting * wanted / reached, 0.5 * LEAST, 1.5 * MOST))
    return out
