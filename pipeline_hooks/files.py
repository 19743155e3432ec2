"""Which files of a numbered pattern lie on the disk, whatever is wrong with their names."""

from __future__ import annotations

import os
import re
from pathlib import Path

from doublure.core.pattern import Sequence

_LONG = (11111111, 22222222)
"""More digits than any pattern pads to, and no digit alike: what two such names share is no part of the number."""


def files_on_disk(pattern: Sequence) -> list[tuple[int, Path]]:
    """(number, file) of every file whose name differs from the pattern's in the number alone, in order.

    A number written with other digits counts too, and so a number may come twice; holes are no fault here.
    Empty where the folder does not exist.

    Raises: DoublureError where the pattern has no frame number.
    """
    if not pattern.numbered:
        path = pattern.path(1)
        return [(1, path)] if path.is_file() else []
    example = pattern.path(_LONG[0])
    before, after = _around(example.name, pattern.path(_LONG[1]).name)
    shape = re.compile(f"{re.escape(before)}(-?[0-9]+){re.escape(after)}")
    folder = example.parent
    if not folder.is_dir():
        return []
    found = []
    for name in sorted(entry.name for entry in os.scandir(folder)):
        match = shape.fullmatch(name)
        if match is not None:
            found.append((int(match[1]), folder / name))
    # The properly named one first where a number comes twice.
    return sorted(found, key=lambda one: (one[0], one[1] != pattern.path(one[0]), one[1].name))


def _around(one: str, other: str) -> tuple[str, str]:
    """What stands before and after the number in two names that share no digit of it."""
    alike = [a == b for a, b in zip(one, other, strict=True)]
    first = alike.index(False)
    last = len(alike) - alike[::-1].index(False)
    return one[:first], one[last:]
