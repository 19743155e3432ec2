"""Is the plate's alpha kept."""

from __future__ import annotations

from doublure.core.check.finding import Finding, counted
from doublure.core.scan.facts import ShotFacts


def check_alpha(shot: ShotFacts) -> list[Finding]:
    """A is there exactly where the plate has it, and bit for bit the plate's."""
    out = []
    for frame in shot.readable:
        if frame.header is None or frame.plate_header is None:
            continue
        ours, theirs = "A" in frame.header.channels, "A" in frame.plate_header.channels
        if ours != theirs:
            what = "an alpha that the plate has not" if ours else "no alpha, but the plate has one"
            out.append(Finding(frame.number, f"the frame has {what}", "write the plate's channels"))
        elif frame.pixels.alpha_differs:
            out.append(
                Finding(
                    frame.number,
                    f"the alpha differs from the plate's in {counted(frame.pixels.alpha_differs, 'pixel')}",
                    "pass the plate's alpha through",
                )
            )
    return out
