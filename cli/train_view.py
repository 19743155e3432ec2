"""A training on a terminal: one table that is drawn anew about once a second."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from doublure.core.swap.train import Progress

_BARS = "▁▂▃▄▅▆▇█"
_KEPT = 32
_WIDE_GAP = 3.0
"""dB between trained and held-out detail from which a model knows its footage by heart."""


class TrainView:
    """A context manager to be called with every line of a training's log."""

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, refresh_per_second=2, transient=False)
        self._losses: list[float] = []
        self._measured: list[Progress] = []
        self._verdict: Progress | None = None
        self._unsaved: str | None = None

    def __enter__(self) -> TrainView:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def __call__(self, line: Progress) -> None:
        self._losses = [*self._losses, line.loss][-_KEPT:]
        if line.held_out is not None:
            self._measured = [*self._measured, line][-_KEPT:]
        if line.trained is not None:
            # Every checkpoint that is written is measured, if only on what it was trained on.
            self._unsaved = None
        if line.detector is not None:
            self._verdict = line
        if line.unsaved is not None:
            self._unsaved = line.unsaved
        self._live.update(self._drawn(line))

    def _drawn(self, line: Progress) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(style="dim")
        table.add_column()
        table.add_row(f"{100 * line.share:.0f} %", ProgressBar(total=1.0, completed=line.share, width=60))
        left = line.seconds * (1 - line.share) / line.share if line.share > 0 else None
        table.add_row("step", f"{line.step}   {line.images_per_second:.0f} images/s")
        table.add_row("time", f"{clock(line.seconds)}   {'-' if left is None else clock(left)} left")
        table.add_row("loss", f"{line.loss:.4f}   {sparkline(self._losses)}")
        if self._measured:
            table.add_row("hero's detail", self._detail())
        if self._verdict is not None and (found := self._verdict.detector) is not None:
            told = "it cannot tell" if found.undetected else "it tells"
            table.add_row(
                "detector", f"{found} of {found.count} faces held out: {told} (step {self._verdict.step})"
            )
        if self._unsaved is not None:
            table.add_row("not saved", Text(self._unsaved, style="bold red"))
        return table

    def _detail(self) -> Text:
        last = self._measured[-1]
        trained, held_out = last.trained or 0.0, last.held_out or 0.0
        gap = trained - held_out
        best = max(self._measured, key=lambda one: one.held_out or 0.0)
        out = Text(
            f"held out {held_out:.2f} dB   {sparkline([one.held_out or 0.0 for one in self._measured])}   "
        )
        out.append(f"trained {trained:.2f} dB, gap {gap:.2f} dB", style="bold red" if gap > _WIDE_GAP else "")
        if best is not last:
            out.append(f"   best {best.held_out:.2f} dB at step {best.step}")
        return out


def sparkline(values: list[float]) -> str:
    """Numbers as a row of bars, the least the lowest; equal ones all low."""
    low, high = min(values), max(values)
    step = (high - low) / (len(_BARS) - 1)
    return "".join(_BARS[round((value - low) / step)] if step > 0 else _BARS[0] for value in values)


def clock(seconds: float) -> str:
    """``1:02:03``, hours, minutes and seconds."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
