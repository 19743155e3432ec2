"""Names of numbered files: which frames a pattern means, and where each lies."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import fileseq

from doublure.core.errors import DoublureError


@dataclass(frozen=True)
class Sequence:
    """Numbered files (or one plain file) of one pattern.

    Attributes:
        pattern: what the user wrote.
        explicit: the frame numbers the user named, ascending, or None: those on the disk.
    """

    pattern: str
    explicit: tuple[int, ...] | None
    _names: fileseq.FileSequence

    @classmethod
    def parse(cls, pattern: str | os.PathLike[str], frames: str | None = None) -> Sequence:
        """A sequence from a pattern in fileseq syntax; nothing is looked up on the disk yet.

        Args:
            pattern: ``plate.1001-1048#.exr``, ``plate.####.exr``, ``plate.%04d.exr`` or one file. ``#`` alone
                stands for four digits, several for as many digits as there are; negative numbers are allowed.
            frames: a range ("1001-1048", "1001-1100x2", "1,5,9") that replaces the pattern's own.

        Raises:
            DoublureError: an unreadable pattern or range, or fractional frame numbers.
        """
        text = os.fspath(pattern)
        # fileseq gives every # four digits; artists write #### for four.
        written = re.sub(r"#{2,}", lambda hashes: "@" * len(hashes[0]), text)
        try:
            names = fileseq.FileSequence(written)
            chosen = fileseq.FrameSet(frames) if frames is not None else names.frameSet()
        except (fileseq.FileSeqException, ValueError) as error:
            raise DoublureError(
                f"the frame range {frames!r} cannot be understood"
                if frames is not None and isinstance(error, fileseq.ParseException) and _readable(written)
                else "the file pattern cannot be understood",
                file=text,
                remedy="write it like plate.####.exr with frames like 1001-1048 or 1001-1100x2",
            ) from error
        if chosen is None:
            return cls(text, None, names)
        if not chosen:
            raise DoublureError(
                "the frame range is empty", file=text, remedy="name frames like 1001-1048 or 1001-1100x2"
            )
        if any(number != int(number) for number in chosen):
            raise DoublureError("frame numbers must be whole", file=text, remedy="name whole frames")
        return cls(text, tuple(sorted({int(number) for number in chosen})), names)

    @property
    def numbered(self) -> bool:
        """False for one plain file without a number in its name."""
        return bool(self._names.padding())

    @cached_property
    def numbers(self) -> list[int]:
        """The frame numbers, ascending: those named, else those on the disk; a plain file is frame 1.

        Raises:
            DoublureError: no such files, a hole between them, or two files of one number.
        """
        if self.explicit is not None:
            if not self.numbered and len(self.explicit) != 1:
                raise DoublureError(
                    f"one file cannot be {len(self.explicit)} frames",
                    file=self.pattern,
                    remedy="put #### where the frame number belongs",
                )
            return list(self.explicit)
        return self._found() if self.numbered else [1]

    def path(self, number: int) -> Path:
        """Where frame ``number`` lies, whether it exists or not."""
        return Path(self._names.frame(number)) if self.numbered else Path(self.pattern)

    def _found(self) -> list[int]:
        folder = Path(self._names.dirname() or ".")
        if not folder.is_dir():
            raise DoublureError(f"there is no folder {folder}", file=self.pattern, remedy="check the path")
        shape = re.compile(
            re.escape(self._names.basename()) + r"(-?\d+)" + re.escape(self._names.extension()), re.ASCII
        )
        names: dict[int, str] = {}
        for name in sorted(entry.name for entry in os.scandir(folder)):
            match = shape.fullmatch(name)
            if not match:
                continue
            number = int(match[1])
            if number in names:
                raise DoublureError(
                    f"two files have this number, {names[number]} and {name}",
                    file=self.pattern,
                    frame=number,
                    remedy="remove one",
                )
            names[number] = name
        numbers = sorted(number for number, name in names.items() if name == self.path(number).name)
        if not numbers:
            raise DoublureError(
                "no file matches the pattern", file=self.pattern, remedy="check the name and its digits"
            )
        self._refuse_hole(numbers)
        return numbers

    def _refuse_hole(self, numbers: list[int]) -> None:
        steps = [after - before for before, after in pairwise(numbers)]
        for before, step in zip(numbers, steps, strict=False):
            if step != min(steps):
                missing = before + min(steps)
                raise DoublureError(
                    "the frame is missing",
                    file=self.path(missing),
                    frame=missing,
                    remedy="render it, or name the frames to use",
                )


def _readable(pattern: str) -> bool:
    try:
        fileseq.FileSequence(pattern)
    except (fileseq.FileSeqException, ValueError):
        return False
    return True
