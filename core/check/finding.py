"""What a check found wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One fault.

    Attributes:
        frame: its number; None where it is the whole shot's.
        what: the fault, lower case, without a full stop.
        remedy: what to do, imperative, without a full stop.
        level: an "error" must be mended; a "warning" may be accepted by somebody who says why.
    """

    frame: int | None
    what: str
    remedy: str
    level: Level = "error"

    def __str__(self) -> str:
        place = "" if self.frame is None else f"frame {self.frame}: "
        return f"{place}{self.what}; {self.remedy}."


def counted(count: int, noun: str) -> str:
    """ "1 pixel", "2 pixels"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
