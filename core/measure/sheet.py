"""The sheet that measures of a take are written on: a number a frame, one for the shot, or why there is none."""

from __future__ import annotations

import math
from collections.abc import Sequence

from doublure.core.measure.catalogue import MEASURES


class Sheet:
    """Numbers of one result.

    Attributes:
        summary: by measure, the shot's number, or None.
        missing: by measure, why ``summary`` has None.
        notes: by measure, what limits a number that is there ("no face in 2 of 72 frames").
        frames: one mapping a frame, with ``frame`` and whatever was measured there.
    """

    def __init__(self, numbers: Sequence[int]) -> None:
        self.summary: dict[str, float | None] = {measure.key: None for measure in MEASURES}
        self.missing: dict[str, str] = {measure.key: "it was not measured" for measure in MEASURES}
        self.notes: dict[str, str] = {}
        self.frames: list[dict[str, float | None]] = [{"frame": number} for number in numbers]

    def put(
        self,
        key: str,
        shot: float | None,
        frames: Sequence[float | None] = (),
        reason: str = "",
        note: str = "",
    ) -> None:
        """Write one measure: the shot's number, and one a frame where there is such a thing.

        A number that is None or not finite is missing, for ``reason``.
        """
        known = self.summary[key] = _finite(shot)
        if known is None:
            self.missing[key] = reason or "it is not defined for these pictures"
        else:
            self.missing.pop(key, None)
        if note:
            self.notes[key] = note
        for row, value in zip(self.frames, frames, strict=False):
            row[key] = _finite(value)

    def mean(self, key: str, frames: Sequence[float | None], reason: str, note: str = "") -> None:
        """Write the mean of the frames that have a number; ``reason`` where none has, and a note where some lack it."""
        values = [value for value in map(_finite, frames) if value is not None]
        lacking = len(frames) - len(values)
        if lacking and values and not note:
            note = f"{reason} in {lacking} of {len(frames)} frames"
        self.put(key, sum(values) / len(values) if values else None, frames, reason, note)

    def miss(self, keys: Sequence[str], reason: str) -> None:
        """Say why measures are missing."""
        for key in keys:
            self.put(key, None, (), reason)


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None
