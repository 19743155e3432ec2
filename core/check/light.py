"""Does the light on the face follow the plate's."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.limits import Limits
from doublure.core.check.sound import is_exposed_otherwise, is_relit, sound_faces, unmeasured
from doublure.core.scan.face_facts import ShotLight
from doublure.core.scan.facts import ShotFacts


def check_light(shot: ShotFacts, limits: Limits) -> list[Finding]:
    """Every frame beside the shot, and the shot beside the plate: its exposure (face and edge together), and roughly
    where the light comes from, as two people's skins are in it."""
    out = unmeasured(shot, "light", "light")
    if shot.light is not None:
        out += _exposure(shot.light, limits)
        for value, limit, words in (
            (shot.light.across, limits.light_tilt, "lit more from the right than"),
            (shot.light.down, limits.light_tilt, "lit more from below than"),
        ):
            if abs(value) > limit:
                opposite = {
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


def _exposure(light: ShotLight, limits: Limits) -> list[Finding]:
    if not is_exposed_otherwise(light, limits):
        return []
    word, limit = ("brighter", limits.light_bright) if light.exposure > 0 else ("darker", limits.light_dark)
    return [
        Finding(
            None,
            f"the face is {word} than the plate's by {abs(light.exposure):.2f} stops, all over and at its edge"
            f" (limit {limit:g})",
            "match light and colour in Relight and Blend",
        )
    ]
