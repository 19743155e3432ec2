"""Does the light on the face follow the plate's."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.limits import Limits
from doublure.core.check.sound import is_relit, sound_faces, unmeasured
from doublure.core.scan.facts import ShotFacts


def check_light(shot: ShotFacts, limits: Limits) -> list[Finding]:
    """Every frame beside the shot, and the shot beside the plate; the latter roughly: two people's skins are in it."""
    out = unmeasured(shot, "light", "light")
    if shot.light is not None:
        for value, limit, words in (
            (shot.light.level, limits.light_level, "brighter than"),
            (shot.light.across, limits.light_tilt, "lit more from the right than"),
            (shot.light.down, limits.light_tilt, "lit more from below than"),
        ):
            if abs(value) > limit:
                opposite = {
                    "brighter than": "darker than",
                    "lit more from the right than": "lit more from the left than",
                    "lit more from below than": "lit more from above than",
                }
                said = words if value > 0 else opposite[words]
                out.append(
                    Finding(
                        None,
                        f"the face is {said} the plate's by {abs(value):.1f} stops (limit {limit:g})",
                        "match light and colour in Relight and Blend",
                    )
                )
    for frame, face in sound_faces(shot, limits):
        if is_relit(face, limits):
            out.append(
                Finding(
                    frame.number,
                    f"the light departs from the rest of the shot's by {face.light:.2f} stops"
                    f" (limit {limits.light:g})",
                    "look at Relight's fit in this frame",
                )
            )
    return out
