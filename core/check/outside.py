"""Is the plate untouched where there is no face."""

from __future__ import annotations

from doublure.core.check.finding import Finding, counted
from doublure.core.check.limits import Limits
from doublure.core.scan.facts import ShotFacts


def check_outside(shot: ShotFacts, limits: Limits) -> list[Finding]:
    """Where the matte is 0, R, G and B are the plate's, bit for bit.

    A lossy compression cannot keep bits: there no more than ``lossy_outside`` of the pixels may differ by more than
    5 %. Whether such a compression is allowed is the check of the encoding.
    """
    out = []
    for frame in shot.readable:
        pixels, header = frame.pixels, frame.header
        if header is None or not pixels.outside_differs:
            continue
        count = pixels.outside_differs
        if header.lossy:
            count = pixels.outside_far or 0
            if count <= limits.lossy_outside * (pixels.outside or 0):
                continue
        at = "" if pixels.first_outside is None else f", first at {pixels.first_outside}"
        out.append(
            Finding(
                frame.number,
                f"{counted(count, 'pixel')} outside the matte not the plate's{at}",
                "comp over the plate, or extend the matte to what was changed",
            )
        )
    return out
