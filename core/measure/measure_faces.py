"""What is measured on faces found in the pictures: expression, apertures, pose, jitter, identity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from doublure.core.measure import identity
from doublure.core.measure.expression import shot_expression
from doublure.core.measure.jitter import jitter, jitter_frames
from doublure.core.measure.landmarks import Tracked, inter_ocular, track_points
from doublure.core.measure.pose import pose_error
from doublure.core.measure.reference import Reference, descriptor, distance, face_path
from doublure.core.measure.sheet import Sheet, attempt, mean
from doublure.core.measure.take import Take

NO_FACE = "no face was found"
DESCRIPTORS = 12
"""Identity is taken on about this many frames, evenly spread: a descriptor costs as much as all other measures."""

_EXPRESSION = {"expression": "landmarks", "lip_aperture": "lips", "eye_aperture": "eyes"}

Faces = Sequence[Tracked | None]


def measure_faces(take: Take, known: Reference, sheet: Sheet) -> None:
    """Fill the sheet's measures of faces; nothing is fitted away first."""
    faces = track_points(take.results, known.truths)
    _expression(faces, known.truths, sheet)
    errors = [
        None if own is None or true is None else pose_error(own.pose, true.pose)
        for own, true in zip(faces, known.truths, strict=True)
    ]
    sheet.mean("pose", errors, NO_FACE)
    _jitter(take, faces, known, sheet)
    _identity(take, faces, known, sheet)


def _expression(faces: Faces, truths: Faces, sheet: Sheet) -> None:
    results, wanted = ([None if one is None else one.square for one in row] for row in (faces, truths))
    if all(a is None or b is None for a, b in zip(results, wanted, strict=True)):
        sheet.miss(list(_EXPRESSION), NO_FACE)
        return
    found = shot_expression(results, wanted)
    for key, name in _EXPRESSION.items():
        frames = [None if one is None else getattr(one, name) for one in found.frames]
        sheet.put(key, getattr(found.shot, name), frames, NO_FACE)
    if not found.own_face_removed and "expression" not in sheet.notes:
        sheet.notes["expression"] = "the shape of the two faces counts too: too few frames to take it off"


def _jitter(take: Take, faces: Faces, known: Reference, sheet: Sheet) -> None:
    own, true = face_path(take.results, faces, take.numbers), known.truth_path(take.numbers)
    units = [float(inter_ocular(one.square)) for one in known.truths if one is not None]
    unit = float(np.median(units)) if units else None
    shot, reason = attempt(lambda: jitter(own, true, take.numbers, unit))
    # The first and last frame of every run have no second difference: that is no fault to tell.
    sheet.put("jitter", shot, (), reason)
    if shot is not None:
        for row, value in zip(sheet.frames, jitter_frames(own, true, take.numbers, unit), strict=True):
            row["jitter"] = value


def _identity(take: Take, faces: Faces, known: Reference, sheet: Sheet) -> None:
    keys = ("identity_hero", "identity_driver")
    if not identity.available():
        sheet.miss(keys, f"{identity.EXTRA} ({identity.REMEDY})")
        return
    count = len(faces)
    step = -(-count // DESCRIPTORS)
    chosen = range((count - 1) % step // 2, count, step)
    own = {i: descriptor(take.results[i], faces[i]) for i in chosen}
    for key, who in zip(keys, ("truth", "plate"), strict=True):
        values = {i: distance(own[i], known.descriptor(who, i)) for i in chosen}
        sheet.put(key, mean(list(values.values())), (), NO_FACE)
        for i, value in values.items():
            sheet.frames[i][key] = value
        lacking = list(values.values()).count(None)
        said = [f"taken on {len(chosen)} of {count} frames"] if step > 1 else []
        said += [f"{NO_FACE} in {lacking} of them"] if lacking and lacking < len(chosen) else []
        if said:
            sheet.notes[key] = ", ".join(said)
