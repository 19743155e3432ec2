"""Is it the hero's face: how much of the truth's fine structure the result has."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from doublure.core.measure.log_bands import log_bands, mean_square
from doublure.core.measure.matte import check_shot
from doublure.core.measure.psnr import CEILING


def detail(
    results: Sequence[torch.Tensor], truths: Sequence[torch.Tensor], mattes: Sequence[torch.Tensor]
) -> float:
    """``20 log10(rms of the truth's detail / rms of the error in detail)`` in dB, at most 100, for a shot.

    Detail is the ACEScct picture, low-passed against grain (sigma 0.0087 of the matte's width), less its low
    frequencies (sigma 0.087 of the width); see ``log_bands``. Every frame weighs the same. 0 dB is what a
    result without any detail scores; higher is better.

    Args:
        results, truths: lists of (3, H, W), scene-linear. mattes: list of (H, W), 0..1.

    Raises:
        DoublureError: see ``matte.check_shot``.
    """
    check_shot(results, truths, mattes)
    return detail_db([detail_powers(*frame) for frame in zip(results, truths, mattes, strict=True)])


def detail_powers(result: torch.Tensor, truth: torch.Tensor, matte: torch.Tensor) -> tuple[float, float]:
    """(signal, error) of one frame: the mean squares whose ratio ``detail_db`` takes."""
    got, wanted = log_bands(result, truth, matte)
    return mean_square(wanted.detail, matte), mean_square(got.detail - wanted.detail, matte)


def detail_db(powers: Sequence[tuple[float, float]]) -> float:
    """The measure in dB of the frames whose (signal, error) ``powers`` are given, pooled."""
    signal, error = sum(s for s, _ in powers), sum(e for _, e in powers)
    if error <= signal * 10 ** (-CEILING / 10):
        return CEILING
    return 10 * math.log10(max(signal, 1e-30) / error)
