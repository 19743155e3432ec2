"""All measures of a shot in one object, beside those of doing nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from doublure.core.measure.detail import detail_db, detail_powers
from doublure.core.measure.light import light
from doublure.core.measure.matte import check_shot, face_crop
from doublure.core.measure.psnr import psnr
from doublure.core.measure.shot_fit import ShotFit, fit_shot
from doublure.core.measure.ssim import ssim


@dataclass(frozen=True)
class FrameScore:
    """psnr and detail in dB (at most 100), ssim -1..1, light an rms in ACEScct units; see each measure."""

    psnr: float
    ssim: float
    detail: float
    light: float


@dataclass(frozen=True)
class ShotScore:
    """``shot``: mean psnr and ssim, pooled detail and light. ``fit``: what was taken off before measuring."""

    shot: FrameScore
    frames: tuple[FrameScore, ...]
    fit: ShotFit


@dataclass(frozen=True)
class Score:
    """``result`` and, where plates were given, ``nothing``: the plate scored as if it were the result."""

    result: ShotScore
    nothing: ShotScore | None


def score(
    results: Sequence[torch.Tensor],
    truths: Sequence[torch.Tensor],
    mattes: Sequence[torch.Tensor],
    plates: Sequence[torch.Tensor] | None = None,
    numbers: Sequence[int] | None = None,
) -> Score:
    """Measure a shot, and the plate too, each after its own best gain and similarity (``shot_fit``).

    Args:
        results, truths, plates: lists of (3, H, W), scene-linear. mattes: list of (H, W), the truth's, 0..1.
        numbers: the frames' numbers, for error sentences.

    Raises:
        DoublureError: see ``matte.check_shot``.
    """
    result = score_shot(results, truths, mattes, numbers)
    return Score(result, None if plates is None else score_shot(plates, truths, mattes, numbers))


def score_shot(
    results: Sequence[torch.Tensor],
    truths: Sequence[torch.Tensor],
    mattes: Sequence[torch.Tensor],
    numbers: Sequence[int] | None = None,
) -> ShotScore:
    """One row of ``score``; the same arguments and errors."""
    check_shot(results, truths, mattes, numbers)
    fit = fit_shot(results, truths, mattes)
    frames, powers = [], []
    for result, truth, matte in zip(results, truths, mattes, strict=True):
        rows, columns = face_crop(matte)
        face = matte[rows, columns]
        pair = fit.apply(result[:, rows, columns], face), truth[:, rows, columns]
        powers.append(detail_powers(*pair, face))
        frames.append(
            FrameScore(psnr(*pair, face), ssim(*pair, face), detail_db(powers[-1:]), light(*pair, face))
        )
    count = len(frames)
    shot = FrameScore(
        psnr=sum(f.psnr for f in frames) / count,
        ssim=sum(f.ssim for f in frames) / count,
        detail=detail_db(powers),
        light=(sum(f.light**2 for f in frames) / count) ** 0.5,
    )
    return ShotScore(shot, tuple(frames), fit)
