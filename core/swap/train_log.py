"""What a training says of itself while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from doublure.core.swap.detector import Verdict


@dataclass(frozen=True)
class Progress:
    """One line of the training log.

    Attributes:
        step: optimiser steps so far.
        share: of the training done, 0–1.
        seconds: spent training so far, earlier runs included.
        images_per_second: of this run.
        loss: mean since the last line.
        trained, held_out: heroes' reconstruction detail in dB on frames trained on and on the held-out block; None
            between measurements. Their gap is overfitting.
        detector: what the detector could tell; None between its verdicts.
        unsaved: why the last checkpoint could not be written, one sentence; None where it could.
    """

    step: int
    share: float
    seconds: float
    images_per_second: float
    loss: float
    trained: float | None = None
    held_out: float | None = None
    detector: Verdict | None = None
    unsaved: str | None = None


class Log:
    """Passes at most about one line a second on."""

    def __init__(self, report: Callable[[Progress], None] | None) -> None:
        self.report, self.last = report, 0.0
        self.losses: list[float] = []
        self.line: Progress | None = None

    def add(self, line: Progress) -> None:
        """A step."""
        self.losses.append(line.loss)
        self.line = line
        if time.monotonic() - self.last > 1.0:
            self._emit(line)

    def measured(self, figures: dict[str, float]) -> None:
        """A checkpoint, and what it reaches."""
        if self.line is not None:
            self._emit(replace(self.line, trained=figures.get("trained"), held_out=figures.get("held_out")))

    def unsaved(self, why: str) -> None:
        """A checkpoint that could not be written."""
        if self.line is not None:
            self._emit(replace(self.line, unsaved=why))

    def judged(self, found: Verdict) -> None:
        """A verdict of the detector."""
        if self.line is not None:
            self._emit(replace(self.line, detector=found))

    def _emit(self, line: Progress) -> None:
        if self.report is not None:
            mean = sum(self.losses) / len(self.losses) if self.losses else line.loss
            self.report(replace(line, loss=mean))
        self.losses, self.last = [], time.monotonic()
