"""Is the face as sharp as the truth: its energy in the band that the eye reads as focus, without the grain."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import torch

from doublure.core.blend.filters import gaussian, pull_push
from doublure.core.blend.log import luminance
from doublure.core.blend.sharpness import band
from doublure.core.errors import DoublureError
from doublure.core.measure.grain import Shot, as_shot
from doublure.core.measure.grain_plane import WHOLLY, shot_medians
from doublure.core.measure.matte import check_shot, face_crop

LEAST_SHARE = 0.02
"""A truth whose detail is less than this share of its energy in the band shows grain only."""
ROUNDING = 1e-9
"""Energies below this are the arithmetic's, a tenth of what the rounding of half float makes."""
_TOE = 0.05
_INSET = 9
_FLATTEST = 0.3
_FLAT_SIGMA = 2.0
_ENOUGH = 400


def sharpness(results: Shot, truths: Shot, mattes: Shot) -> float:
    """Amplitude of detail at 0.15-0.30 cycles per pixel, result over truth; 1 is equal, less is softer.

    ``sqrt( (E_r - F_r) / (E_t - F_t) )``: E is the mean square in the band of ``2 sqrt(Y / median + 0.05)``, in
    which photon grain is equally strong everywhere, over the matte less its 4 outermost pixels; F is the same
    over the 30 % of those pixels where the picture is flattest, which is grain and takes it off whatever its
    strength, colour and size. Each shot is measured relative to its own median, so its exposure does not matter.
    Blurs of sigma 0.5, 0.8 and 1.2 pixels read about 0.83, 0.58 and 0.33; other grain moves it by 0.03 at most.

    Args:
        results, truths: (3, H, W), scene-linear, or lists of such frames, which are pooled. mattes: (H, W),
            0..1, alike.

    Raises:
        DoublureError: see ``matte.check_shot``; a face of fewer than 400 such pixels; a truth without detail in
            the band beside a result with some.
    """
    got, wanted, shapes = as_shot(results), as_shot(truths), as_shot(mattes)
    check_shot(got, wanted, shapes)
    own, _ = _detail(got, shapes)
    true, share = _detail(wanted, shapes)
    if own == true:
        return 1.0
    if share < LEAST_SHARE:
        raise DoublureError(
            "the truth has no detail between 0.15 and 0.30 cycles per pixel that stands out of its grain",
            remedy="measure more frames together, or a closer shot",
        )
    return math.sqrt(own / true)


def _detail(pictures: Sequence[torch.Tensor], mattes: Sequence[torch.Tensor]) -> tuple[float, float]:
    """(energy of the detail, its share of the whole energy) of a shot, pixels pooled."""
    middle = float(luminance(shot_medians(pictures, mattes)[:, None, None]))
    whole = flat = 0.0
    count = 0
    for picture, matte in zip(pictures, mattes, strict=True):
        energy, steep = _energy(picture, matte, middle)
        fewest = int(_FLATTEST * len(steep))
        whole += float(energy.sum(dtype=np.float64))
        if fewest:
            calm = steep <= np.partition(steep, fewest - 1)[fewest - 1]
            flat += float(energy[calm].mean(dtype=np.float64)) * len(energy)
        count += len(energy)
    if count < _ENOUGH:
        raise DoublureError(
            f"the face is too small to measure its sharpness: {count} pixels well inside the matte",
            remedy="measure more frames together, or a closer shot",
        )
    detail = (whole - flat) / count
    return (detail, detail * count / whole) if detail > ROUNDING else (0.0, 0.0)


def _energy(picture: torch.Tensor, matte: torch.Tensor, middle: float) -> tuple[np.ndarray, np.ndarray]:
    """(N,) squares in the band and (N,) steepnesses at the pixels well inside one face."""
    rows, columns = face_crop(matte, 0.05)
    solid = matte[rows, columns] > WHOLLY
    code = 2 * (luminance(picture[:, rows, columns]).clamp_min(0) / middle + _TOE).sqrt()
    # What lies outside is painted over from the inside: its edge would ring in the band.
    filled = pull_push(torch.where(solid, code, 0.0)[None], solid.float())[0]
    soft = gaussian(filled, _FLAT_SIGMA)
    slope = torch.zeros_like(soft)
    slope[:, 1:-1] += (soft[:, 2:] - soft[:, :-2]).square()
    slope[1:-1] += (soft[2:] - soft[:-2]).square()
    steep = gaussian(slope, _FLAT_SIGMA)
    # Beyond the crop nothing is the face.
    kernel = np.ones((_INSET, _INSET), np.uint8)
    shrunk = cv2.erode(
        solid.numpy().view(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=(0.0,)
    )
    well = torch.from_numpy(shrunk > 0)
    return band(filled)[well].square().numpy(), steep[well].numpy()
