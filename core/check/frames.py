"""Are exactly the frames there that were ordered."""

from __future__ import annotations

from collections.abc import Iterable

from doublure.core.check.finding import Finding


def check_frames(expected: Iterable[int], found: Iterable[int]) -> list[Finding]:
    """Every frame of ``expected`` (the cut with its handles) and no other, by exact equality of the two sets."""
    wanted, there = set(expected), set(found)
    if not wanted:
        return [Finding(None, "no frame was ordered", "name the frames of the shot")]
    missing = [Finding(number, "the frame is missing", "render it") for number in sorted(wanted - there)]
    extra = [
        Finding(number, "the frame was not ordered", "remove the file, or correct the frames of the shot")
        for number in sorted(there - wanted)
    ]
    return missing + extra
