"""What a validator raises: AYON's own error where AYON is, else ours."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

from doublure.core.check.finding import Finding

_AYON = ("ayon_core.pipeline.publish", "ayon_core.pipeline")
_TOLD = 6
"""Findings told in the message; all of them are in the description."""


class BlockedError(Exception):
    """A validator found something.

    Args:
        message: one line a finding, frames named. title: the validator's label. description: Markdown, all findings.
    """

    def __init__(self, message: str, title: str, description: str) -> None:
        super().__init__(message)
        self.message, self.title, self.description = message, title, description


def blocked(label: str, doc: str, findings: Sequence[Finding]) -> Exception:
    """The error for findings, at least one."""
    told = sentences(findings)
    message = "\n".join(told[:_TOLD])
    if len(told) > _TOLD:
        message += f"\nand {len(told) - _TOLD} more"
    description = f"{doc.strip()}\n\n" + "\n".join(f"- {line}" for line in told)
    return blocked_class()(message, label, description)


def sentences(findings: Sequence[Finding]) -> list[str]:
    """One sentence a finding; alike ones of several frames in one, with their frames as ranges."""
    frames: dict[tuple[str, str, str], list[int]] = {}
    for one in findings:
        numbers = frames.setdefault((one.what, one.remedy, one.level), [])
        if one.frame is not None:
            numbers.append(one.frame)
    out = []
    for (what, remedy, level), numbers in frames.items():
        place = f"{'frame' if len(numbers) == 1 else 'frames'} {ranges(numbers)}: " if numbers else ""
        start = "warning: " if level == "warning" else ""
        out.append(f"{start}{place}{what}; {remedy}.")
    return out


def ranges(numbers: Sequence[int]) -> str:
    """ "1001-1004, 1009"."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def blocked_class() -> type[Exception]:
    """AYON's ``PublishValidationError`` in a host of AYON's, else ``BlockedError``."""
    for name in _AYON:
        try:
            found: type[Exception] = importlib.import_module(name).PublishValidationError
        except (ImportError, AttributeError):
            # Not an AYON host, or one that has it in the other place.
            continue
        return found
    return BlockedError
