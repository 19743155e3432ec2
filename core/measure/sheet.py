"""The sheet that measures of a take are written on: a number a frame, one for the shot, or why there is none."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeVar

from doublure.core.errors import DoublureError
from doublure.core.measure.catalogue import MEASURES

T = TypeVar("T")


class Sheet:
    """Numbers of one result.

    Attributes:
        summary: by measure, the shot's number, or None.
        missing: by measure, why ``summary`` has None.
        notes: by measure, what limits a number that is there ("no face was found in 2 of 72 frames").
        frames: one mapping a frame, with ``frame`` and whatever was measured there.
    """

    def __init__(self, numbers: Sequence[int]) -> None:
        self.summary: dict[str, float | None] = {measure.key: None for measure in MEASURES}
        self.missing: dict[str, str] = {measure.key: "it was not measured" for measure in MEASURES}
        self.notes: dict[str, str] = {}
        self.frames: list[dict[str, float | None]] = [{"frame": number} for number in numbers]

    def put(
        self, key: str, shot: float | None, frames: Sequence[float | None] = (), reason: str = ""
    ) -> None:
        """Write one measure: the shot's number, and one a frame where there is such a thing.

        A number that is None or not finite is missing, for ``reason``. Frames without a number, where others have
        one, are noted.
        """
        known = self.summary[key] = _finite(shot)
        reason = reason or "it is not defined for these pictures"
        values = [_finite(value) for value in frames]
        for row, value in zip(self.frames, values, strict=False):
            row[key] = value
        if known is None:
            self.missing[key] = reason
            return
        self.missing.pop(key, None)
        lacking = values.count(None)
        if lacking:
            self.notes[key] = f"{reason} in {lacking} of {len(values)} frames"

    def mean(self, key: str, frames: Sequence[float | None], reason: str) -> None:
        """Write the mean of the frames that have a number; ``reason`` tells why one has none."""
        self.put(key, mean(frames), frames, reason)

    def miss(self, keys: Sequence[str], reason: str) -> None:
        """Say why measures are missing."""
        for key in keys:
            self.put(key, None, (), reason)


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of the finite values, None where there is none."""
    known = [value for value in map(_finite, values) if value is not None]
    return sum(known) / len(known) if known else None


def attempt(measure: Callable[[], T]) -> tuple[T | None, str]:
    """(outcome, ""), or (None, the reason) where these pictures do not let it be measured."""
    try:
        return measure(), ""
    except DoublureError as error:
        return None, error.what


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None
