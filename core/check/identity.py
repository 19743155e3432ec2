"""Is it one and the same face through the shot."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.limits import Limits
from doublure.core.check.sound import sound_faces
from doublure.core.scan.facts import ShotFacts


def check_identity(shot: ShotFacts, limits: Limits) -> list[Finding]:
    """A face is recognised in every frame that has one, and its descriptor stays near the reference.

    Distances are there on some frames only, and on none without the extra ``identity``; then only the first is asked.
    """
    out = []
    for frame, face in sound_faces(shot, limits):
        if not face.found:
            out.append(
                Finding(
                    frame.number,
                    "no face can be recognised where the track has one",
                    "look at the frame, and render it again",
                )
            )
        elif face.identity is not None and face.identity > limits.identity:
            out.append(
                Finding(
                    frame.number,
                    f"the face is {face.identity:.2f} away from the hero's, more than {limits.identity:g}",
                    "look whether the model, or its identity mix, changes in the shot",
                )
            )
    return out
