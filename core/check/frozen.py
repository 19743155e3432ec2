"""Does a face stand still that should move."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.limits import Limits
from doublure.core.check.sound import is_frozen
from doublure.core.scan.face_facts import FaceFacts
from doublure.core.scan.facts import ShotFacts


def check_frozen(shot: ShotFacts, limits: Limits) -> list[Finding]:
    """The face's pixels are not the frame's before, nor does the face stand still under other grain, unless the plate's
    does too (a hold in the cut)."""
    return [
        Finding(frame.number, _words(face, limits), "render the frame again")
        for frame, face in shot.faces
        if is_frozen(face, limits)
    ]


def _words(face: FaceFacts, limits: Limits) -> str:
    if (face.held or 0.0) > limits.held:
        return f"{100 * (face.held or 0):.0f} % of the face's pixels are those of the frame before"
    return (
        f"the face stands still while the plate's moves (by {face.motion or 0:.1f} pixels where the plate's moves by"
        f" {face.plate_motion or 0:.1f})"
    )
