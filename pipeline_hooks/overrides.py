"""Warnings that somebody accepts: always with a name and a reason, and always recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from doublure.core.check.finding import Finding
from doublure.core.errors import DoublureError
from doublure.pipeline_hooks.required import ABSOLUTE

_SHORTEST = 8


@dataclass(frozen=True)
class Override:
    """One person accepts the warnings of one validator.

    Attributes:
        validator: class name of the validator. reason: at least eight characters. user: who answers for it.
    """

    validator: str
    reason: str
    user: str

    @classmethod
    def parse(cls, text: str, user: str | None) -> Override:
        """From ``Validator=reason``.

        Raises:
            DoublureError: no user, no or too short a reason, or a validator whose findings nobody can accept.
        """
        name, _, reason = (part.strip() for part in text.partition("="))
        if not user or not user.strip():
            raise DoublureError(f"nobody answers for overriding {name}", remedy="give --user NAME")
        if len(reason) < _SHORTEST:
            raise DoublureError(
                f"overriding {name} needs a reason",
                remedy=f"write {name}=why, in {_SHORTEST} letters or more",
            )
        if name in ABSOLUTE:
            raise DoublureError(f"{name} cannot be overridden", remedy="mend what it found")
        return cls(name, reason, user.strip())


@dataclass(frozen=True)
class Accepted:
    """A warning and who accepted it."""

    finding: Finding
    override: Override


def refuse_unknown(overrides: Sequence[Override], validators: Sequence[str]) -> None:
    """Raise DoublureError for an override of a validator that does not exist."""
    for override in overrides:
        if override.validator not in validators:
            raise DoublureError(
                f"there is no validator {override.validator}", remedy="see docs/publish.md for their names"
            )


def split(
    name: str, findings: Sequence[Finding], overrides: Sequence[Override]
) -> tuple[list[Finding], list[Accepted]]:
    """(those that block, those that were accepted): an error always blocks, a warning where nobody accepted it."""
    mine = next((override for override in overrides if override.validator == name), None)
    if mine is None or name in ABSOLUTE:
        return list(findings), []
    blocking = [finding for finding in findings if finding.level == "error"]
    return blocking, [Accepted(finding, mine) for finding in findings if finding.level != "error"]
