"""Every face of one picture by itself, each read with care; nothing is known of other pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doublure.core.face.eyes import read_eyes, with_eyes
from doublure.core.face.find import find_faces
from doublure.core.face.landmarks import Crop, settle, steady
from doublure.core.face.view import View, detector_view
from doublure.core.frame import Frame
from doublure.core.window import Window

_BRACKET = (0.0, 2.0, -2.0)
"""Exposure corrections, in stops, tried in turn where no face is found."""
_AROUND = 0.5
_DETAIL = 520
"""The close-up: what it shows beyond the face's box, in its longer sides, and its longer side in pixels at most."""


@dataclass(frozen=True)
class StillFace:
    """``points`` (468, 3) float32 in plate coordinates, z in plate y pixels; ``presence`` 0..1; ``view``: the 8-bit
    close-up that was read, with its mapping; ``pupils`` (2, 2) plate coordinates, the person's right one first, None
    where nobody looked."""

    points: np.ndarray
    presence: float
    view: View
    pupils: np.ndarray | None = None


def still_faces(frame: Frame, *, threshold: float = 0.5, wanted: int = 1) -> list[StillFace]:
    """The faces in a picture, largest first.

    Args:
        frame: any colour space that OCIO can bring to ACEScg.
        threshold: lowest detector score and FaceMesh presence, 0..1.
        wanted: look harder until this many sure faces are found.
    """
    for stops in _BRACKET:
        view = detector_view(frame, stops=stops)
        rough = find_faces(view.pixels, threshold=threshold, wanted=wanted)
        if rough:
            break
    seen: list[StillFace] = []
    for one in rough:
        face = _read(frame, view.mapping.to_plate(one.points), threshold)
        if face is not None and all(_apart(face, other) for other in seen):
            seen.append(face)
    return seen


def close_up(frame: Frame, points: np.ndarray) -> View:
    """The part of a picture round a face's points (N, 2 or 3) in plate coordinates, exposed for the face."""
    low, high = np.floor(points[:, :2].min(0)).astype(int), np.ceil(points[:, :2].max(0)).astype(int)
    box = Window(int(low[0]), int(low[1]), int(high[0]), int(high[1]))
    around = round(_AROUND * max(box.width, box.height))
    return detector_view(frame, region=box.grow(around), meter=box, longest=_DETAIL)


def _read(frame: Frame, rough: np.ndarray, threshold: float) -> StillFace | None:
    view = close_up(frame, rough)
    near = settle(view.pixels, Crop.of_points(view.mapping.to_view(rough)), floor=threshold)
    if near.presence < threshold:
        return None
    seen = steady(view.pixels, Crop.of_points(near.points))
    eyes = read_eyes(view.pixels, seen.points)
    points = view.mapping.to_plate(with_eyes(seen.points, eyes)).astype(np.float32)
    pupils = view.mapping.to_plate(np.stack([eye.pupil for eye in eyes]))
    return StillFace(points, seen.presence, view, pupils)


def _apart(one: StillFace, other: StillFace) -> bool:
    distance = np.linalg.norm((one.points - other.points)[:, :2].mean(0))
    return bool(distance > np.ptp(other.points[:, :2], axis=0).max() / 2)
