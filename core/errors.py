"""The one error that reaches a user: what went wrong, in which file and frame, and what to do about it."""

from __future__ import annotations

import os


class DoublureError(Exception):
    """A failure told in one sentence.

    Args:
        what: the fault, lower case, without a full stop ("the file is truncated").
        file: the file concerned, if any.
        frame: the frame number concerned, if any.
        remedy: what the user can do, imperative, without a full stop ("render it again").

    ``str()`` reads ``plate.1003.exr (frame 1003): the file is truncated; render it again.``
    """

    def __init__(
        self,
        what: str,
        *,
        file: str | os.PathLike[str] | None = None,
        frame: int | None = None,
        remedy: str | None = None,
    ) -> None:
        self.what, self.file, self.frame, self.remedy = what, file, frame, remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        place = os.fspath(self.file) if self.file is not None else ""
        if self.frame is not None:
            place = f"{place} (frame {self.frame})" if place else f"frame {self.frame}"
        sentence = f"{place}: {self.what}" if place else self.what
        return f"{sentence}; {self.remedy}." if self.remedy else f"{sentence}."
