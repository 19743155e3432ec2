"""Why a use is denied, and whom to ask about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from doublure.core.errors import DoublureError


class Reason(StrEnum):
    """Every ground on which a use is denied. ``docs/consent.md`` explains each."""

    TRUST_MISSING = "trust-missing"
    TRUST_UNSOUND = "trust-unsound"
    TRUST_ALTERED = "trust-altered"
    TRUST_ROOT = "trust-root"
    TRUST_EXPIRED = "trust-expired"
    RECORD_MISSING = "record-missing"
    RECORD_UNSOUND = "record-unsound"
    RECORD_ALTERED = "record-altered"
    PROOF_MISSING = "proof-missing"
    KEY_UNKNOWN = "key-unknown"
    KEY_ROLE = "key-role"
    KEY_SCOPE = "key-scope"
    KEY_EXPIRED = "key-expired"
    FUTURE = "future"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    LIST_MISSING = "list-missing"
    LIST_UNSOUND = "list-unsound"
    LIST_UNTRUSTED = "list-untrusted"
    LIST_OTHER = "list-other"
    LIST_STALE = "list-stale"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    SUSPENDED = "suspended"
    PERSON = "person"
    PROJECT = "project"
    SHOT = "shot"
    MODEL = "model"
    REFERENCE = "reference"
    ROLE = "role"
    PROHIBITED = "prohibited"
    MEDIA = "media"
    TERRITORY = "territory"
    CONTENT = "content"
    SCREEN_TIME = "screen-time"
    APPROVAL = "approval"
    UNSTATED = "unstated"


@dataclass(frozen=True)
class Denial:
    """One ground.

    Attributes:
        reason: its kind, for programs.
        what: one clause for people, lower case, without a full stop.
        file: the record, trust file or revocation list concerned.
        ask: whom to ask: the contact of the record or, before that is trusted, of the studio.
    """

    reason: Reason
    what: str
    file: Path | None
    ask: str

    def __str__(self) -> str:
        place = f"{self.file}: " if self.file is not None else ""
        return f"{place}{self.what}; ask {self.ask}."


class ConsentDenied(DoublureError):  # noqa: N818 - a verdict more than an error
    """The use is not consented to. ``denials`` holds every ground that was found, the first one is told.

    Args:
        denials: at least one.
    """

    def __init__(self, denials: tuple[Denial, ...]) -> None:
        self.denials = denials
        first = denials[0]
        self.reason, self.ask = first.reason, first.ask
        super().__init__(f"no consent ({first.what})", file=first.file, remedy=f"ask {first.ask}")
