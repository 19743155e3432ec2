"""What a check that permits hands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from doublure.core.consent.use import Role


@dataclass(frozen=True)
class Grant:
    """A record permits a use, now.

    Attributes:
        record: the record's id.
        kind: ``likeness`` or ``synthetic``.
        person, part: whose record it is, and as what: ``hero``, ``driver`` or ``cast``.
        role: the use's.
        path, sha256: the record's file and the hash of its bytes, for the provenance of what is made.
        until: the first moment at which the same check may deny by time alone: work that takes longer asks again.
        disclosure: the duties of whoever publishes (``c2pa``, ``label``, ``jurisdictions``).
        contact: whom to ask about the record.
    """

    record: str
    kind: str
    person: str
    part: str
    role: Role
    path: Path
    sha256: str
    until: datetime
    disclosure: Mapping[str, Any]
    contact: str
