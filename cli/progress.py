"""Progress on standard error: a bar on a terminal, ``Progress: NN%`` lines for a farm's log."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any


class Progress:
    """A context manager to be called with ``(phase, done, total)``.

    Args:
        main: the phase whose lines read ``Progress: NN%``, which farm managers look for; the others carry
            their own name.
    """

    def __init__(self, main: str) -> None:
        self._main = main
        self._last: tuple[str, int] | None = None
        self._bar: Any = None
        self._task: tuple[str, Any] | None = None

    def __enter__(self) -> Progress:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
            )
            self._bar = Bar(*columns, console=Console(stderr=True))
            self._bar.start()
        return self

    def __call__(self, phase: str, done: int, total: int) -> None:
        if self._bar is not None:
            if self._task is None or self._task[0] != phase:
                self._task = (phase, self._bar.add_task(phase, total=total))
            self._bar.update(self._task[1], completed=done, total=total)
            return
        percent = 100 * done // max(total, 1)
        if self._last != (phase, percent):
            self._last = (phase, percent)
            name = "Progress" if phase == self._main else phase.capitalize()
            print(f"{name}: {percent}%", file=sys.stderr, flush=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
