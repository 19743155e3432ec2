"""Has the face the plate's grain."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.limits import Limits
from doublure.core.check.sound import sound_faces, unmeasured
from doublure.core.scan.facts import ShotFacts


def check_grain(shot: ShotFacts, limits: Limits) -> list[Finding]:
    """Its strength, over that of the plate's grain in the same region."""
    out = unmeasured(shot, "grain", "grain")
    for frame, face in sound_faces(shot, limits):
        if face.grain is None or limits.grain_least <= face.grain <= limits.grain_most:
            continue
        word = "weaker" if face.grain < 1 else "stronger"
        out.append(
            Finding(
                frame.number,
                f"the grain is {word} than the plate's, {face.grain:.2f} of it"
                f" (allowed {limits.grain_least:g} to {limits.grain_most:g})",
                "set the Blend's grain to 1, and render once more",
            )
        )
    return out
