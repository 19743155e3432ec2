"""Has a frame slipped through with the plate's own face."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.limits import Limits
from doublure.core.check.sound import is_reverted
from doublure.core.scan.facts import ShotFacts


def check_reverted(shot: ShotFacts, limits: Limits) -> list[Finding]:
    """Under the matte the result is not the plate, bit for bit or under other grain."""
    return [
        Finding(
            frame.number,
            f"under the matte there is the plate's own face ({100 * (face.equal or 0):.0f} % of its pixels,"
            f" likeness {face.likeness or 0:.2f})",
            "render the frame again",
        )
        for frame, face in shot.faces
        if is_reverted(face, limits)
    ]
