"""What one frame's face says by itself, before the shot is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import torch

from doublure.core.blend.log import luminance
from doublure.core.errors import DoublureError
from doublure.core.face.eyes import LOOKS, tracked_crop
from doublure.core.face.landmarks import Crop, steady
from doublure.core.face.view import detector_view
from doublure.core.frame import Frame
from doublure.core.measure.expression import LEFT_LIDS, LIPS, RIGHT_LIDS, head_fixed, opening
from doublure.core.measure.eyes import with_lids
from doublure.core.measure.identity import chip, embedding
from doublure.core.measure.landmarks import BELIEF, inter_ocular
from doublure.core.measure.masked_blur import masked_blur
from doublure.core.measure.matte import SOLID
from doublure.core.measure.seam import seam_excess
from doublure.core.measure.sharpness import sharpness
from doublure.core.scan.edge_step import edge_step
from doublure.core.scan.face_cut import FaceCut
from doublure.core.scan.grain_ratio import grain_ratio
from doublure.core.scan.light_zones import light_zones
from doublure.core.window import Window

_T = TypeVar("_T")
_FINE, _COARSE = 1.5, 8.0
"""Gaussian sigmas, pixels of the cut, between which two faces' structure is compared."""
_LOOKS = LOOKS[:2]
"""At the lids: a larger and a smaller one, turned both ways. Every frame is looked at, and half the looks cost a tenth
of the time that reading the files takes."""
_TOE = 0.05
"""Light, over the face's median, added before the root."""
_FLAT = 5e-5
"""Roots of light over the median: a face that has less structure is the arithmetic's."""


@dataclass(frozen=True)
class Look:
    """One picture's face.

    Attributes:
        fixed: (468, 3) landmarks seen from the front (``measure.expression.head_fixed``).
        openings: (3,) lips, right lids, left lids, in eyes.
        descriptor: (128,) or None where not asked for.
    """

    fixed: np.ndarray
    openings: np.ndarray
    descriptor: np.ndarray | None


@dataclass(frozen=True)
class FaceReading:
    """One frame: what ``shot_faces`` makes ``FaceFacts`` of.

    Attributes:
        number, height: see ``FaceCut``.
        result, plate: landmarks; None where no face is believed.
        unit: distance of the plate's outer eye corners, pixels of the cut.
        grain, sharpness, seam, edge, equal, likeness: as in ``FaceFacts``.
        edge_level: stops by which the result is the brighter just inside the matte's edge (``edge_step``).
        zones: see ``light_zones``.
        missing: by name, why a number is None.
    """

    number: int
    height: float
    result: Look | None
    plate: Look | None
    unit: float
    grain: float | None
    sharpness: float | None
    seam: float | None
    edge: float | None
    edge_level: float | None
    equal: float | None
    likeness: float | None
    zones: np.ndarray
    missing: Mapping[str, str] = field(default_factory=dict)


def face_reading(cut: FaceCut, identity: bool) -> FaceReading:
    """Measure one face.

    Result and plate are read in the very same crops, laid by the track's landmarks, so that their wandering cancels.
    A measure that cannot be taken is told in ``missing``.

    Args:
        cut: see ``face_cut``. identity: compute descriptors too (needs the extra, about 0.15 s).
    """
    missing: dict[str, str] = {}
    whole, close = cut.whole, cut.close
    points = whole.inside(cut.points)
    crop = Crop.of_points(points)
    eyes = (tracked_crop(points, 0), tracked_crop(points, 1))
    plate, result = (_look(one, points, crop, eyes, identity) for one in (whole.plate, whole.result))
    for name, found in (("result", result), ("plate", plate)):
        if found is None:
            missing |= dict.fromkeys(("expression", "lips", "lids"), f"no face is found in the {name}")

    def attempt(name: str, measure: Callable[[], _T]) -> _T | None:
        try:
            return measure()
        except DoublureError as error:
            missing[name] = error.what
            return None

    solid = cut.solid
    edge = attempt("edge", lambda: edge_step(whole.result, whole.plate, whole.matte))
    equal = None
    if solid.any():
        equal = float((cut.bits == cut.plate_bits).all(2)[solid].mean())
    else:
        missing["equal"] = "the matte is empty in the middle of the face"
    return FaceReading(
        cut.number,
        cut.height,
        result,
        plate,
        float(inter_ocular(points)),
        attempt("grain", lambda: grain_ratio(close.result, close.plate, close.matte)),
        attempt("sharpness", lambda: sharpness(close.result, close.plate, close.matte)),
        attempt("seam", lambda: seam_excess(whole.result, whole.plate, whole.matte)),
        None if edge is None else edge.height,
        None if edge is None else edge.level,
        equal,
        attempt("likeness", lambda: likeness(whole.result, whole.plate, whole.matte)),
        light_zones(whole.result, whole.plate, whole.matte),
        missing,
    )


def likeness(result: torch.Tensor, plate: torch.Tensor, matte: torch.Tensor) -> float:
    """Correlation, -1..1, of the two faces' structure between 1.5 and 8 pixels, of the root of luminance under the
    matte.

    1 is the plate's own face, whatever gain or smooth light was laid over it. The root, because photon grain is equally
    strong at every light there: in logs the grain of dark parts drowns the face, and the plate under other grain is no
    longer like itself.

    Raises:
        DoublureError: a face without any structure there.
    """
    solid = (matte > SOLID).float()
    bands = []
    for picture in (result, plate):
        light = luminance(picture)[None].clamp_min(0)
        middle = light[0][matte > SOLID].median().clamp_min(1e-6)
        code = (light / middle + _TOE).sqrt()
        band = masked_blur(code, solid, _FINE) - masked_blur(code, solid, _COARSE)
        values = band[0][matte > SOLID].double()
        bands.append(values - values.mean())
    sizes = [float(band.square().mean().sqrt()) for band in bands]
    if min(sizes) < _FLAT:
        raise DoublureError("the face has no structure")
    return float((bands[0] * bands[1]).mean()) / (sizes[0] * sizes[1])


def _look(
    picture: torch.Tensor,
    tracked: np.ndarray,
    crop: Crop,
    eyes: tuple[Crop, Crop],
    identity: bool,
) -> Look | None:
    frame = Frame.from_rgb(picture, "ACEScg")
    low, high = np.floor(tracked[:, :2].min(0)).astype(int), np.ceil(tracked[:, :2].max(0)).astype(int)
    view = detector_view(frame, meter=Window(int(low[0]), int(low[1]), int(high[0]), int(high[1])))
    seen = steady(view.pixels, crop, rounds=1)
    if seen.presence < BELIEF:
        return None
    points = with_lids(view.pixels, seen.points, eyes, _LOOKS)
    fixed = head_fixed(points)
    openings = np.array([opening(fixed, pairs) for pairs in (LIPS, RIGHT_LIDS, LEFT_LIDS)])
    descriptor = embedding(chip(view.pixels, points)) if identity else None
    return Look(fixed, openings, descriptor)
