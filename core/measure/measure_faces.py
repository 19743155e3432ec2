"""What is measured on faces found in the pictures: expression, apertures, pose, jitter, identity."""

from __future__ import annotations

from doublure.core.measure import identity
from doublure.core.measure.landmarks import Tracked, track_points
from doublure.core.measure.pose import pose_error
from doublure.core.measure.reference import Reference, descriptor, distance
from doublure.core.measure.sheet import Sheet
from doublure.core.measure.take import Take

NO_FACE = "no face was found"
DESCRIPTORS = 12
"""Identity is taken on about this many frames, evenly spread: a descriptor costs as much as all other measures."""


def measure_faces(take: Take, known: Reference, sheet: Sheet) -> None:
    """Fill the sheet's measures of faces; nothing is fitted away first."""
    faces = track_points(take.results, known.truths)
    pairs = list(zip(faces, known.truths, strict=True))
    sheet.mean("pose", [_both(pose_error, pair) for pair in pairs], NO_FACE)
    _identity(take, faces, known, sheet)


def _both(measure, pair):
    result, truth = pair
    return None if result is None or truth is None else measure(result.pose, truth.pose)


def _identity(take: Take, faces: list[Tracked | None], known: Reference, sheet: Sheet) -> None:
    keys = ("identity_hero", "identity_driver")
    if not identity.available():
        sheet.miss(keys, f"{identity.EXTRA} ({identity.REMEDY})")
        return
    count = len(faces)
    step = max(1, -(-count // DESCRIPTORS))
    chosen = range((count - 1) % step // 2, count, step)
    own = {i: descriptor(take.results[i], faces[i]) for i in chosen}
    note = f"every {step}th frame" if step > 1 else ""
    for key, who in zip(keys, ("truth", "plate"), strict=True):
        values = [distance(own[i], known.descriptor(who, i)) if i in own else None for i in range(count)]
        sheet.mean(key, values, NO_FACE, note)
