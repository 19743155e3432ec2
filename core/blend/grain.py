"""Regenerate a plate's grain over the face, the same for the same seed and frame on any machine."""

from __future__ import annotations

import cv2
import numpy as np
import torch

from doublure.core.blend.filters import gaussian
from doublure.core.blend.grain_model import TAPS, GrainModel, diagonal_difference, kernel
from doublure.core.cancel import check

_MAD = 1.4826
_ENOUGH = 400
_MOST = 1.1


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


def _detail(image: torch.Tensor, model: GrainModel, inside: torch.Tensor) -> float:
    """Robust size of the finest detail inside, in units of the model's grain."""
    sigma = (model.variance(gaussian(image, 3.0)) * model.detail_share()).sqrt()[:, :-1, :-1]
    check()
    values = (diagonal_difference(image) / sigma.clamp_min(1e-12))[inside[:-1, :-1] & (sigma > 0)]
    check()
    return _MAD * float((values - values.median()).abs().median()) if values.numel() else 0.0


def missing_share(
    plate: torch.Tensor, face: torch.Tensor, grain: torch.Tensor, matte: torch.Tensor, model: GrainModel
) -> float:
    """Amplitude of ``grain`` that the face lacks to show the plate's fine detail in the matte.

    1 for a clean face; less when the face carries grain of its own.

    Args:
        plate, face: float32 (3, H, W) scene-linear.
        grain: (3, H, W), the model's grain at the face's light.
        matte: (H, W) 0–1.
    """
    inside = matte > 0.9
    if int(inside.sum()) < _ENOUGH:
        return 1.0
    wanted, own = _detail(plate, model, inside) ** 2, _detail(face, model, inside) ** 2
    share = float(np.sqrt(np.clip(wanted - own, 0.0, _MOST**2)))
    # Median deviations of texture and grain do not add as variances do: look once at what came of it.
    gained = _detail(face + share * grain, model, inside) ** 2 - own
    return min(share * float(np.sqrt((wanted - own) / gained)), _MOST) if share > 0 and gained > 0 else share


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
    share = missing_share(plate, face, grain, matte, model)
    check()
    return grain * (amount * share * (matte * (2.0 - matte)).clamp_min(0.0).sqrt())
