"""One thing that verification has to say: where, what, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from doublure.core.check import finding as check
from doublure.core.check.finding import Level
from doublure.core.errors import DoublureError


@dataclass(frozen=True)
class Finding(check.Finding):
    """A mismatch (error), or something that could not be looked at (warning).

    Attributes:
        file: the file concerned, as it is named in frames.json or on the disk; None for the whole.
    """

    file: str | None = None

    def __str__(self) -> str:
        return str(DoublureError(self.what, file=self.file, frame=self.frame, remedy=self.remedy))

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the attributes."""
        return {
            "level": self.level,
            "file": self.file,
            "frame": self.frame,
            "what": self.what,
            "remedy": self.remedy,
        }


def finding(
    what: str, remedy: str, file: str | None = None, frame: int | None = None, level: Level = "error"
) -> Finding:
    """A finding about a file."""
    return Finding(frame, what, remedy, level, file)
