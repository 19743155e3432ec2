"""Regenerate a plate's grain over the face, the same for the same seed and frame on any machine."""

from __future__ import annotations

import cv2
import numpy as np
import torch

from doublure.core.blend.filters import gaussian
from doublure.core.blend.grain_model import GrainModel, diagonal_difference
from doublure.core.blend.grain_size import COLOURED, TAPS, kernel
from doublure.core.cancel import check

_MAD = 1.4826
_ENOUGH = 400


def grain_field(model: GrainModel, height: int, width: int, seed: int, number: int) -> torch.Tensor:
    """Grain of variance 1 with the model's size and channel correlation, (3, height, width).

    Drawn in one piece from Philox seeded by (seed, number): threads and neighbours change nothing.
    """
    words = np.random.SeedSequence([seed & (2**64 - 1), number & (2**64 - 1)])
    generator = np.random.Generator(np.random.Philox(words))
    white = generator.standard_normal((3, height + 2 * TAPS, width + 2 * TAPS), dtype=np.float32)
    across, down = (kernel(size) for size in model.size)
    shaped = []
    for plane in white:
        check()
        shaped.append(cv2.sepFilter2D(plane, -1, across, down)[TAPS:-TAPS, TAPS:-TAPS])
    check()
    mixing = np.linalg.cholesky(np.array(model.channels)).astype(np.float32)
    return torch.from_numpy(np.einsum("cd,dhw->chw", mixing, np.stack(shaped)))


def _coloured_grain(image: torch.Tensor, model: GrainModel, inside: torch.Tensor) -> tuple[float, float]:
    """Robust size inside of the finest detail that differs between green and red, and between green and blue.

    In units of the model's grain. Skin's texture changes all channels by one share of their light and is not
    seen. NaN where the model's grain is so alike in the two channels that it would not be seen either.
    """
    level = gaussian(image, 3.0).clamp_min(0.0)
    usual = []
    for plane in level:
        check()
        usual.append(plane[inside].median())
    light = level + 0.05 * torch.stack(usual)[:, None, None] + 1e-6
    check()
    share = (diagonal_difference(image) / light[:, :-1, :-1])[:, inside[:-1, :-1]]
    check()
    sigma = (model.variance(level) * model.detail_share()).sqrt() / light
    check()
    sigma = sigma[:, :-1, :-1][:, inside[:-1, :-1]]

    def against(other: int) -> float:
        check()
        alike = 2.0 * model.channels[1][other] * sigma[1] * sigma[other]
        variance = sigma[1].square() + sigma[other].square() - alike
        seen = variance > COLOURED * sigma[1].square()
        if int(seen.sum()) < _ENOUGH:
            return float("nan")
        values = ((share[1] - share[other]) / variance.clamp_min(1e-20).sqrt())[seen]
        return _MAD * float((values - values.median()).abs().median())

    return against(0), against(2)


def missing_share(plate: torch.Tensor, face: torch.Tensor, matte: torch.Tensor, model: GrainModel) -> float:
    """Amplitude of the plate's grain that the face lacks, 0-1: 1 for a clean face, less when it has grain itself.

    Grain is told from skin by its colour. Grain that is the same in all channels, and a face of fewer than 400
    pixels, cannot be judged: the face then counts as clean.

    Args:
        plate, face: float32 (3, H, W) scene-linear.
        matte: (H, W) 0–1.
    """
    inside = matte > 0.9
    if int(inside.sum()) < _ENOUGH:
        return 1.0
    wanted, own = (_coloured_grain(image, model, inside) for image in (plate, face))
    has = [a / b for a, b in zip(own, wanted, strict=True) if b > 0 and np.isfinite(a)]
    # Grain shows in both pairs of channels, the colour of a skin's spots perhaps in one of them.
    return float(np.sqrt(max(1.0 - min(has) ** 2, 0.0))) if has else 1.0


def grain_to_add(
    plate: torch.Tensor,
    face: torch.Tensor,
    matte: torch.Tensor,
    model: GrainModel,
    *,
    amount: float,
    seed: int,
    number: int,
) -> torch.Tensor:
    """What to add to the comp so that it is as grainy as the plate.

    Args:
        plate, face: float32 (3, H, W) scene-linear; the face as it will be mixed in.
        matte: (H, W) 0–1, the mix's coverage.
        amount: 1 for the plate's grain.

    Returns:
        (3, H, W), zero where the matte is 0 and everywhere when the plate is clean. In the soft edge the
        plate's own grain weighs ``1 - matte``; what is added brings the sum of variances back to 1.
    """
    if model.clean or amount == 0:
        return torch.zeros_like(face)
    field = grain_field(model, matte.shape[0], matte.shape[1], seed, number)
    check()
    grain = field * model.variance(gaussian(face, 3.0)).sqrt()
    share = missing_share(plate, face, matte, model)
    check()
    return grain * (amount * share * (matte * (2.0 - matte)).clamp_min(0.0).sqrt())
