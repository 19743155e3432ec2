"""What is measured after the shot fit: psnr, ssim, detail, light, flip, and the albedo a result carries."""

from __future__ import annotations

import torch

from doublure.core.measure.albedo import si_psnr
from doublure.core.measure.flip import flip
from doublure.core.measure.matte import face_crop
from doublure.core.measure.sheet import Sheet
from doublure.core.measure.shot_fit import ShotFit
from doublure.core.measure.summary import score_shot
from doublure.core.measure.take import LAYER_CHANNELS, Take, own_layer


def measure_fitted(take: Take, sheet: Sheet) -> ShotFit:
    """Fill the sheet's fitted measures; returns what was taken off.

    Raises:
        DoublureError: see ``matte.check_shot``.
    """
    results = [frame.rgb for frame in take.results]
    truths = [frame.rgb for frame in take.truths]
    shot = score_shot(results, truths, take.mattes, take.numbers)
    for key in ("psnr", "ssim", "detail", "light"):
        sheet.put(key, getattr(shot.shot, key), [getattr(frame, key) for frame in shot.frames])
    differences = []
    for result, truth, matte in zip(results, truths, take.mattes, strict=True):
        rows, columns = face_crop(matte)
        face = matte[rows, columns]
        fitted = shot.fit.apply(result[:, rows, columns], face)
        differences.append(flip(fitted, truth[:, rows, columns], face))
    sheet.mean("flip", differences, "no face")
    _albedo(take, shot.fit, sheet)
    return shot.fit


def _albedo(take: Take, fit: ShotFit, sheet: Sheet) -> None:
    own = [own_layer(frame, "albedo") for frame in take.results]
    if all(layer is None for layer in own):
        wanted = ", ".join(LAYER_CHANNELS["albedo"])
        sheet.miss(["albedo"], f"the result carries no albedo (channels {wanted})")
        return
    if "albedo" in take.absent:
        sheet.miss(["albedo"], take.absent["albedo"])
        return
    values: list[float | None] = []
    for layer, truth, matte in zip(own, take.layers["albedo"], take.mattes, strict=True):
        moved: torch.Tensor | None = None if layer is None else fit.similarity.apply(layer, matte)
        values.append(None if moved is None else si_psnr(moved, truth, matte))
    sheet.mean("albedo", values, "the result carries no albedo")
