"""Can every frame be read whole."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.scan.facts import ShotFacts


def check_readable(shot: ShotFacts) -> list[Finding]:
    """Every result frame, and the plate's beside it, to the last pixel; and that there is a frame at all."""
    if not shot.frames:
        return [Finding(None, "the shot has no frame", "render it")]
    return [
        Finding(frame.number, frame.fault.rstrip("."), "render or copy the frame again")
        for frame in shot.frames
        if frame.fault is not None
    ]
