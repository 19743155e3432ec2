"""Do the frames know when they are."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from doublure.core.check.finding import Finding
from doublure.core.scan.facts import FrameFacts, ShotFacts

_TIMECODE = re.compile(r"(\d\d):(\d\d):(\d\d):(\d\d)")


def check_time(shot: ShotFacts, *, fps: Fraction | float | None = None) -> list[Finding]:
    """Frames a second and time code of every frame.

    Args: fps: what the shot runs at; None: whatever the plate says. A header without a rate passes where the plate
    has none either; a rate must be the shot's (24 is not 23.976).

    The time code must be the plate's. Where the plate has none, it must count on with the frame numbers (not asked
    where it drops frames).
    """
    out = []
    for frame in shot.readable:
        fault = _rate(frame, fps) or _code(frame)
        if fault is not None:
            out.append(Finding(frame.number, *fault))
    for before, after in pairwise(shot.readable):
        if _own(before) and _own(after) and not _counts_on(before, after):
            out.append(
                Finding(
                    after.number,
                    "the time code does not count on with the frame numbers",
                    "write the shot's time code",
                )
            )
    return out


def _rate(frame: FrameFacts, fps: Fraction | float | None) -> tuple[str, str] | None:
    if frame.header is None or frame.plate_header is None:
        return None
    got = frame.header.fps
    wanted = frame.plate_header.fps if fps is None else Fraction(fps)
    if got is None:
        needed = frame.plate_header.fps is not None
        return ("the header has lost the frames a second", "forward the plate's header") if needed else None
    if wanted is not None and abs(got / wanted - 1) > Fraction(1, 10_000):
        return f"the header says {float(got):g} frames a second, not {float(wanted):g}", "correct the header"
    return None


def _code(frame: FrameFacts) -> tuple[str, str] | None:
    if frame.header is None or frame.plate_header is None or frame.plate_header.timecode is None:
        return None
    got, wanted = frame.header.timecode, frame.plate_header.timecode
    if got is None:
        return f"the header has lost the plate's time code {wanted}", "forward the plate's header"
    if got != wanted:
        return f"the time code is {got} where the plate's is {wanted}", "forward the plate's header"
    return None


def _own(frame: FrameFacts) -> bool:
    """Whether the frame has a time code that no plate can confirm."""
    return (
        frame.header is not None
        and frame.plate_header is not None
        and frame.plate_header.timecode is None
        and frame.header.timecode is not None
    )


def _counts_on(before: FrameFacts, after: FrameFacts) -> bool:
    if before.header is None or after.header is None:
        return True
    rate = after.header.fps
    codes = [_TIMECODE.fullmatch(header.timecode or "") for header in (before.header, after.header)]
    first, second = codes
    if rate is None or rate.denominator != 1 or first is None or second is None:
        return True
    counts = []
    for code in (first, second):
        hours, minutes, seconds, frames = (int(part) for part in code.groups())
        counts.append(((hours * 60 + minutes) * 60 + seconds) * int(rate) + frames)
    day = 24 * 3600 * int(rate)
    return (counts[1] - counts[0]) % day == (after.number - before.number) % day
