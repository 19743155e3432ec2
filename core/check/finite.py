"""Is every pixel a number."""

from __future__ import annotations

from doublure.core.check.finding import Finding, counted
from doublure.core.scan.facts import ShotFacts


def check_finite(shot: ShotFacts) -> list[Finding]:
    """No NaN and no infinity in R, G, B, A or the matte."""
    out = []
    for frame in shot.readable:
        count = (frame.pixels.nan or 0) + (frame.pixels.inf or 0)
        if count:
            at = frame.pixels.first_bad
            out.append(
                Finding(
                    frame.number,
                    f"{counted(count, 'pixel')} NaN or infinite" + ("" if at is None else f", first at {at}"),
                    "repair the frame upstream or paint the pixels out",
                )
            )
    return out
