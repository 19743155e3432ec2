"""New likeness records, not yet signed."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from doublure.core.consent.issue import checked
from doublure.core.consent.names import fold, seal_name
from doublure.core.consent.schema import LIKENESS
from doublure.core.consent.timestamp import format_time
from doublure.core.errors import DoublureError

_DEFAULTS: Mapping[str, Any] = {
    "kind": "likeness",
    "supersedes": [],
    "subject": {"minor": False, "deceased": False},
    "replica": {"models": [], "reference_sets": []},
    "permissions": {"actions": [], "media": [], "territory": [], "max_screen_seconds": None, "approvals": []},
    "prohibitions": {"actions": [], "media": [], "territory": [], "content": []},
    "validity": {"suspended_in_strike_of": []},
    "disclosure": {"c2pa": True, "label": "none", "jurisdictions": []},
}
"""What a draft need not say. None of it permits anything."""


def new_record(
    fields: Mapping[str, Any], now: datetime, name: str | None = None
) -> tuple[dict[str, Any], str | None]:
    """An unsigned record and the opening of its name's seal.

    Args:
        fields: the record's content, in the shape of ``likeness.schema.json``; what is left out is taken from a
            default that permits nothing. ``schema``, ``id``, ``issued`` and ``proofs`` are always set anew, so that a
            record given here becomes a new one; that one's id goes into ``supersedes`` where the caller puts it.
        now: the record's ``issued``.
        name: the person's legal name, sealed into the record; only for a person's record.

    Returns:
        The record, and the opening (64 hex digits) to be kept with the agreement; None without a name.

    Raises:
        DoublureError: a field is missing or wrong, or the name is readable in one of the fields.
    """
    record = _merged(copy.deepcopy(dict(_DEFAULTS)), fields)
    record |= {
        "schema": f"doublure.{LIKENESS}/1",
        "id": f"urn:uuid:{uuid.uuid4()}",
        "issued": format_time(now),
        "proofs": [],
    }
    record.setdefault("revocation", None)
    opening = None
    if name is not None:
        _keep_out(name, record)
        seal, opening = seal_name(name)
        record["subject"]["name_seal"] = seal
    record = checked(record, LIKENESS)
    first, end = record["validity"]["from"], record["validity"]["until"]
    if first >= end:
        raise DoublureError(f"the validity ends at {end}, before it begins", remedy="correct it")
    return record, opening


def _merged(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in over.items():
        old = base.get(key)
        base[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, Mapping) else value
    return base


def _keep_out(name: str, record: Mapping[str, Any]) -> None:
    """Refuse a record in which the sealed name can be read."""
    folded = fold(name)
    for text in _texts(record):
        plain = fold(text)
        if folded and (folded in plain or folded.replace(" ", "") in _letters(plain)):
            raise DoublureError(
                f"the name that is to be sealed stands readable in {text[:60]!r}",
                remedy="write the pseudonym there",
            )


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)
