"""The faces of a shot made comparable: each person's own shape and skin taken off, shake and change over time added."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from doublure.core.errors import DoublureError
from doublure.core.measure.expression import ENOUGH
from doublure.core.measure.identity import distance
from doublure.core.measure.jitter import jitter_frames
from doublure.core.scan.face_facts import FaceFacts, ShotLight
from doublure.core.scan.face_reading import FaceReading
from doublure.core.scan.light_zones import off_the_shot, shot_light, shot_zones
from doublure.core.scan.pair_reading import PairReading

NUMBERS = ("expression", "lips", "lids", "jitter", "temporal", "grain", "sharpness", "seam", "light")
"""What a shot with a face should have; identity is optional."""


def shot_faces(
    readings: Sequence[FaceReading],
    pairs: Mapping[int, PairReading],
    reference: np.ndarray | None = None,
) -> tuple[dict[int, FaceFacts], ShotLight | None, dict[str, str]]:
    """The facts of every face.

    Args:
        readings: of the frames with a face, in order. pairs: by the later frame's number.
        reference: (128,) the hero's descriptor; None: the shot's own middle one.

    Returns:
        By frame number; the shot's light, None without a face; and, by measure, why no frame has a number.
    """
    if not readings:
        return {}, None, {}
    expressions = _expressions(readings)
    openings = _openings(readings)
    shakes = _shakes(readings, pairs)
    usual = shot_zones([one.zones for one in readings])
    identities = _identities(readings, reference)
    out = {}
    for i, one in enumerate(readings):
        pair = pairs.get(one.number)
        missing = dict(one.missing)
        errors = None if pair is None else pair.errors
        temporal = None if errors is None else math.sqrt(max(0.0, errors.result - errors.reference))
        if pair is None:
            missing["temporal"] = "the frame before shows no face"
        elif errors is None:
            missing["temporal"] = "no pixel of the face can be followed from the frame before"
        if shakes[i] is None:
            missing["jitter"] = "a neighbouring frame shows no face"
        lips, lids = openings[i]
        out[one.number] = FaceFacts(
            height=one.height,
            found=one.result is not None,
            expression=expressions[i],
            lips=lips,
            lids=lids,
            jitter=shakes[i],
            temporal=temporal,
            grain=one.grain,
            sharpness=one.sharpness,
            seam=one.seam,
            edge=one.edge,
            light=off_the_shot(one.zones, usual),
            identity=identities[i][0],
            plate_identity=identities[i][1],
            equal=one.equal,
            likeness=one.likeness,
            held=None if pair is None else pair.held,
            plate_held=None if pair is None else pair.plate_held,
            motion=None if pair is None else pair.motion,
            plate_motion=None if pair is None else pair.plate_motion,
            missing=missing,
        )
    absent = {}
    for name in NUMBERS:
        if all(getattr(face, name) is None for face in out.values()):
            absent[name] = next(
                (face.missing[name] for face in out.values() if name in face.missing), "not measured"
            )
    edges = [one.edge_level for one in readings if one.edge_level is not None]
    return out, shot_light(usual, edges), absent


def _expressions(readings: Sequence[FaceReading]) -> list[float | None]:
    """As ``measure.expression.shot_expression`` has it, of faces that are already seen from the front."""
    apart = {
        i: (one.result.fixed - one.plate.fixed)[:, :2]
        for i, one in enumerate(readings)
        if one.result is not None and one.plate is not None
    }
    own = np.mean(list(apart.values()), axis=0) if len(apart) >= ENOUGH else 0.0
    return [
        math.sqrt(float(((apart[i] - own) ** 2).sum(1).mean())) if i in apart else None
        for i in range(len(readings))
    ]


def _openings(readings: Sequence[FaceReading]) -> list[tuple[float | None, float | None]]:
    """(lips, lids) by which the openings differ, less the shot's median difference: people's lips differ at rest."""
    apart = [
        None if one.result is None or one.plate is None else one.result.openings - one.plate.openings
        for one in readings
    ]
    known = [one for one in apart if one is not None]
    if not known:
        return [(None, None)] * len(readings)
    rest = np.median(known, axis=0)
    return [
        (None, None)
        if one is None
        else (float(abs(one[0] - rest[0])), float(np.abs(one[1:] - rest[1:]).max()))
        for one in apart
    ]


def _shakes(readings: Sequence[FaceReading], pairs: Mapping[int, PairReading]) -> list[float | None]:
    """The jitter round each frame: the second difference of the result's drift away from the plate."""
    numbers = [one.number for one in readings]
    size = next((pair.apart.shape[0] for pair in pairs.values()), 1)
    drift = np.zeros((len(readings), size, 2))
    for i, number in enumerate(numbers):
        # A run starts at 0 wherever there is no pair; what it starts at does not matter to a second difference.
        drift[i] = drift[i - 1] + pairs[number].apart if i and number in pairs else 0.0
    scale = float(np.median([one.unit for one in readings]))
    try:
        return jitter_frames(drift, np.zeros_like(drift), _runs(numbers, pairs), scale)
    except DoublureError:
        # No three consecutive frames: there is nothing that could shake.
        return [None] * len(readings)


def _runs(numbers: Sequence[int], pairs: Mapping[int, PairReading]) -> list[int]:
    """Frame numbers with a hole where two neighbours could not be compared."""
    out: list[int] = []
    for number in numbers:
        broken = out and number not in pairs
        after = number - numbers[0] if not out else out[-1] + (2 if broken else 1)
        out.append(after)
    return out


def _identities(
    readings: Sequence[FaceReading], reference: np.ndarray | None
) -> list[tuple[float | None, float | None]]:
    """(to the reference, to the plate) of the frames that have descriptors."""
    ours = {
        i: one.result.descriptor
        for i, one in enumerate(readings)
        if one.result is not None and one.result.descriptor is not None
    }
    if not ours:
        return [(None, None)] * len(readings)
    middle = reference
    if middle is None:
        everyone = list(ours.values())
        middle = min(everyone, key=lambda one: sum(distance(one, other) for other in everyone))
    out: list[tuple[float | None, float | None]] = []
    for i, one in enumerate(readings):
        mine = ours.get(i)
        theirs = None if one.plate is None else one.plate.descriptor
        out.append(
            (
                None if mine is None else distance(mine, middle),
                None if mine is None or theirs is None else distance(mine, theirs),
            )
        )
    return out
