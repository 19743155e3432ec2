"""Which faces a check may judge: a frame with a fault of its own is told once, by the check of that fault."""

from __future__ import annotations

from collections.abc import Iterator

from doublure.core.check.finding import Finding
from doublure.core.check.limits import Limits
from doublure.core.scan.face_facts import FaceFacts, ShotLight
from doublure.core.scan.facts import FrameFacts, ShotFacts


def is_reverted(face: FaceFacts, limits: Limits) -> bool:
    """Whether the plate's own face shows."""
    equal, likeness = face.equal or 0.0, face.likeness or 0.0
    return equal > limits.equal or likeness > limits.likeness


def is_frozen(face: FaceFacts, limits: Limits) -> bool:
    """Whether the face is the frame's before although the plate's is not: bit for bit, or under other grain."""
    if (face.held or 0.0) > limits.held and (face.plate_held or 0.0) <= limits.held:
        return True
    if face.motion is None or face.plate_motion is None or face.plate_motion < limits.moving:
        return False
    return face.motion < limits.still * face.plate_motion


def is_shaking(face: FaceFacts, limits: Limits) -> bool:
    """Whether the face moves otherwise than the plate's."""
    return face.jitter is not None and face.jitter > limits.of_landmarks(limits.jitter, face.height)


def is_grainy(face: FaceFacts, limits: Limits) -> bool:
    """Whether the grain is too strong."""
    return face.grain is not None and face.grain > limits.grain_most


def is_acting(face: FaceFacts, limits: Limits) -> bool:
    """Whether lips, lids or landmarks are beyond their limit in this frame alone."""
    pairs = (
        (face.lips, limits.lips),
        (face.lids, limits.lids),
        (face.expression, limits.expression),
    )
    return any(
        value is not None and value > limits.of_landmarks(limit, face.height) for value, limit in pairs
    )


def is_relit(face: FaceFacts, limits: Limits) -> bool:
    """Whether the light departs from the rest of the shot's."""
    return face.light is not None and face.light > limits.light


def is_exposed_otherwise(light: ShotLight | None, limits: Limits) -> bool:
    """Whether the whole shot's face is brighter or darker than the plate's."""
    return light is not None and not -limits.light_dark <= light.exposure <= limits.light_bright


def sound_faces(
    shot: ShotFacts, limits: Limits, around: tuple[int, ...] = (0,)
) -> Iterator[tuple[FrameFacts, FaceFacts]]:
    """The frames whose face is neither reverted nor frozen, nor that of any frame ``around`` (offsets of numbers)."""
    spoilt = {
        frame.number for frame, face in shot.faces if is_reverted(face, limits) or is_frozen(face, limits)
    }
    for frame, face in shot.faces:
        if not any(frame.number + offset in spoilt for offset in around):
            yield frame, face


def unmeasured(shot: ShotFacts, name: str, label: str, least: int = 1) -> list[Finding]:
    """A warning where no frame has a number although ``least`` faces or more were measured."""
    if name not in shot.missing or len(shot.faces) < least:
        return []
    return [
        Finding(
            None, f"{label} cannot be measured ({shot.missing[name]})", "look at it by eye", level="warning"
        )
    ]
