"""What is measured on the picture as it is: seam, grain, sharpness, change over time, light and normals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch

from doublure.core.frame import Frame
from doublure.core.measure.flow import dis_flow
from doublure.core.measure.grain import grain_sigma_error, grain_spectrum_distance
from doublure.core.measure.light_direction import LightError, light_error
from doublure.core.measure.matte import SOLID, face_crop
from doublure.core.measure.mesh_normals import mesh_normals
from doublure.core.measure.normals import normal_angle
from doublure.core.measure.reference import Reference
from doublure.core.measure.seam import seam_excess
from doublure.core.measure.sharpness import sharpness
from doublure.core.measure.sheet import Sheet, attempt
from doublure.core.measure.shot_fit import ShotFit
from doublure.core.measure.take import LAYER_CHANNELS, Take, own_layer
from doublure.core.measure.temporal import PairErrors, pair_errors, pool

NO_GRAIN = "the truth of a take without take.json carries no grain"


def measure_picture(take: Take, known: Reference, fit: ShotFit, sheet: Sheet) -> None:
    """Fill the sheet's measures of the picture as it is; seam and light alone are read where the shot fit puts the
    face."""
    _seam(take, fit, sheet)
    _grain(take, sheet)
    _shot(take, sheet, "sharpness", sharpness)
    _temporal(take, sheet)
    _light(take, known, fit, sheet)
    _normal(take, sheet)


def _seam(take: Take, fit: ShotFit, sheet: Sheet) -> None:
    occlusions = None if "occlusion" in take.absent else [plane[0] for plane in take.layers["occlusion"]]
    edges = [_edge(frame, matte) for frame, matte in zip(take.results, take.mattes, strict=True)]
    results = [frame.rgb for frame in take.results]
    # The truth has edges of its own, jaw and hairline, which lie where the truth's face is or where the fit found the
    # result's: what the truth shows at either place is no seam.
    back = fit.similarity.inverse()
    still = [frame.rgb for frame in take.truths]
    moved = [back.apply(truth, matte) for truth, matte in zip(still, take.mattes, strict=True)]

    def excess(chosen: slice) -> float:
        hidden = None if occlusions is None else occlusions[chosen]
        return min(
            seam_excess(results[chosen], truths[chosen], edges[chosen], hidden) for truths in (still, moved)
        )

    frames = [attempt(partial(excess, slice(i, i + 1))) for i in range(len(edges))]
    shot, reason = attempt(lambda: excess(slice(None)))
    sheet.put("seam_ratio", shot, [value for value, _ in frames], reason or _first(frames))


def _edge(result: Frame, matte: torch.Tensor) -> torch.Tensor:
    """The matte whose edge may show: the result's own where it has one, else the truth's."""
    own = result.channel("matte").clamp(0, 1) if result.has("matte") else matte
    return own if bool((own > SOLID).any()) else matte


def _grain(take: Take, sheet: Sheet) -> None:
    if not take.about:
        sheet.miss(["grain_sigma", "grain_spectrum"], NO_GRAIN)
        return
    _shot(take, sheet, "grain_sigma", grain_sigma_error)
    _shot(take, sheet, "grain_spectrum", grain_spectrum_distance)


def _shot(take: Take, sheet: Sheet, key: str, measure: Callable[..., float]) -> None:
    """A measure of a shot, pooled, and the same of every frame by itself."""
    results, truths = ([frame.rgb for frame in frames] for frames in (take.results, take.truths))
    frames = [attempt(partial(measure, *frame)) for frame in zip(results, truths, take.mattes, strict=True)]
    shot, reason = attempt(lambda: measure(results, truths, take.mattes))
    sheet.put(key, shot, [value for value, _ in frames], reason or _first(frames))


def _first(frames: Sequence[tuple[object, str]]) -> str:
    return next((reason for _, reason in frames if reason), "")


def _temporal(take: Take, sheet: Sheet) -> None:
    pairs = take_pairs(take)
    if all(pair is None for pair in pairs):
        sheet.miss(["temporal"], "no two consecutive frames of the truth")
        return
    found = pool(pairs)
    sheet.put("temporal", found.shot)
    for row, value in zip(sheet.frames, found.pairs, strict=False):
        row["temporal"] = value


def take_pairs(take: Take) -> list[PairErrors | None]:
    """The warp errors of result and truth (``temporal.pair_errors``) from each frame of a take to the next, along the
    truth's flow; None where the two do not follow one another, or nothing could be followed."""
    pairs: list[PairErrors | None] = []
    for i in range(len(take.numbers) - 1):
        if take.numbers[i + 1] != take.numbers[i] + 1:
            pairs.append(None)
            continue
        forth, back = _flows(take, i)
        pairs.append(
            pair_errors(
                [frame.rgb for frame in take.results[i : i + 2]],
                [frame.rgb for frame in take.truths[i : i + 2]],
                take.mattes[i : i + 2],
                forth,
                back,
            )
        )
    return pairs


def _flows(take: Take, index: int) -> tuple[torch.Tensor, torch.Tensor | None]:
    """The truth's flow to the next frame: the stage's, or DIS there and back."""
    if "flow" not in take.absent:
        return take.layers["flow"][index], None
    now, after = (frame.rgb for frame in take.truths[index : index + 2])
    return dis_flow(now, after), dis_flow(after, now)


def _light(take: Take, known: Reference, fit: ShotFit, sheet: Sheet) -> None:
    keys = ("light_direction", "light_energy")
    found: list[tuple[LightError | None, str]] = []
    for i, (result, truth, matte) in enumerate(zip(take.results, take.truths, take.mattes, strict=True)):
        normals = _normals(take, known, i)
        if normals is None:
            found.append((None, "the take has no normals and no face was found"))
            continue
        albedo = None if "albedo" in take.absent else take.layers["albedo"][i]
        rows, columns = face_crop(matte)
        face = matte[rows, columns]
        # The truth's normals and albedo fit a face that is where the truth's is; its gain stays, being light.
        placed = fit.similarity.apply(result.rgb[:, rows, columns], face)
        right, skin = truth.rgb[:, rows, columns], None if albedo is None else albedo[:, rows, columns]
        found.append(attempt(partial(light_error, placed, right, face, normals[:, rows, columns], skin)))
    for key, name in zip(keys, ("direction", "energy"), strict=True):
        values = [None if one is None else getattr(one, name) for one, _ in found]
        sheet.mean(key, values, _first(found))


def _normals(take: Take, known: Reference, index: int) -> torch.Tensor | None:
    """The truth's normals: the stage's, or those of its landmark mesh."""
    if "normal" not in take.absent:
        return take.layers["normal"][index]
    face = known.truths[index]
    return None if face is None else mesh_normals(take.truths[index], face)


def _normal(take: Take, sheet: Sheet) -> None:
    own = [own_layer(frame, "normal") for frame in take.results]
    if all(layer is None for layer in own):
        wanted = ", ".join(LAYER_CHANNELS["normal"])
        sheet.miss(["normal"], f"the result carries no normals (channels {wanted})")
        return
    if "normal" in take.absent:
        sheet.miss(["normal"], take.absent["normal"])
        return
    values = [
        None if layer is None else normal_angle(layer, truth, matte)
        for layer, truth, matte in zip(own, take.layers["normal"], take.mattes, strict=True)
    ]
    sheet.mean("normal", values, "the result carries no normals")
