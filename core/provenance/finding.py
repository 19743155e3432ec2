"""One thing that verification has to say: where, what, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from doublure.core.errors import DoublureError

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """A mismatch (error), or something that could not be looked at (warning).

    Attributes:
        what: the fault, lower case, without a full stop.
        remedy: what the user can do, imperative, without a full stop.
        file: the file concerned, as it is named in frames.json or on the disk; None for the whole.
        frame: the frame number concerned; None where it is no frame.
        level: "error" fails the verification, "warning" does not.
    """

    what: str
    remedy: str
    file: str | None = None
    frame: int | None = None
    level: Level = "error"

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
