"""Which faces a check may judge: a frame with a fault of its own is told once, by the check of that fault."""

from __future__ import annotations

from collections.abc import Iterator

from doublure.core.check.finding import Finding
from doublure.core.check.limits import Limits
from doublure.core.scan.face_facts import FaceFacts
from doublure.core.scan.facts import FrameFacts, ShotFacts


def is_reverted(face: FaceFacts, limits: Limits) -> bool:
    """Whether the plate's own face shows."""
    equal, likeness = face.equal or 0.0, face.likeness or 0.0
    return equal > limits.equal or likeness > limits.likeness


def is_frozen(face: FaceFacts, limits: Limits) -> bool:
    """Whether the face is the frame's before although the plate's is not."""
    return (face.held or 0.0) > limits.held and (face.plate_held or 0.0) <= limits.held


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
