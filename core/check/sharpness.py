"""Is the face as sharp as it should be, in every frame."""

from __future__ import annotations

from statistics import median

from doublure.core.check.finding import Finding
from doublure.core.check.limits import Limits
from doublure.core.check.sound import sound_faces, unmeasured
from doublure.core.scan.facts import ShotFacts

_DROP = 0.2
"""Of the plate's fine detail: smaller drops are the measure's own noise on a soft face."""


def check_sharpness(shot: ShotFacts, limits: Limits) -> list[Finding]:
    """The shot's median beside the plate's own detail in the same place, and every frame beside the shot: a frame out
    of focus among sharp ones is seen at once."""
    out = unmeasured(shot, "sharpness", "sharpness")
    known = [
        (f.number, face.sharpness, limits.of_sharpness(face.height))
        for f, face in sound_faces(shot, limits)
        if face.sharpness is not None
    ]
    if not known:
        return out
    usual, limit = (median(one[k] for one in known) for k in (1, 2))
    if usual < limit:
        out.append(
            Finding(
                None,
                f"the face has {usual:.2f} of the plate's fine detail, less than {limit:.2f}",
                "use a larger model, or raise the Blend's sharpness",
            )
        )
    for number, value, _ in known:
        if value < limits.sharpness_drop * usual and usual - value > _DROP:
            out.append(
                Finding(
                    number,
                    f"the face is soft: {value:.2f} of the plate's fine detail, {usual:.2f} in most frames",
                    "look at the focus of this frame, and render it again",
                )
            )
    return out
