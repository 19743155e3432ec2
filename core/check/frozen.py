"""Does a face stand still that should move."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.limits import Limits
from doublure.core.check.sound import is_frozen
from doublure.core.scan.facts import ShotFacts


def check_frozen(shot: ShotFacts, limits: Limits) -> list[Finding]:
    """The face's pixels are not the frame's before, unless the plate's are too (a hold in the cut)."""
    return [
        Finding(
            frame.number,
            f"{100 * (face.held or 0):.0f} % of the face's pixels are those of the frame before",
            "render the frame again",
        )
        for frame, face in shot.faces
        if is_frozen(face, limits)
    ]
