"""Does the face shake."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.limits import Limits
from doublure.core.check.sound import is_shaking, sound_faces, unmeasured
from doublure.core.scan.facts import ShotFacts


def check_jitter(shot: ShotFacts, limits: Limits) -> list[Finding]:
    """The landmarks move as the plate's do; a shift that begins or ends is shake on the frames where it does."""
    out = unmeasured(shot, "jitter", "shake", least=3)
    for frame, face in sound_faces(shot, limits, (-1, 0, 1)):
        if is_shaking(face, limits):
            limit = limits.of_landmarks(limits.jitter, face.height)
            out.append(
                Finding(
                    frame.number,
                    f"the face shakes by {face.jitter:.3f} of the distance of the eyes, more than {limit:.3f}",
                    "smooth the track, and render the frames around again",
                )
            )
    return out
