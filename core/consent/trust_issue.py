"""Trust files, made and changed: each change is a new issue, signed by the studio."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from doublure.core.consent.document import read_document
from doublure.core.consent.issue import checked
from doublure.core.consent.keys import SigningKey
from doublure.core.consent.proofs import signed
from doublure.core.consent.schema import TRUST, check_schema
from doublure.core.consent.timestamp import format_time
from doublure.core.consent.trust import short, studio_proof
from doublure.core.errors import DoublureError


def new_trust(studio: str, contact: str, until: datetime, key: SigningKey, now: datetime) -> dict[str, Any]:
    """A trust file without keys and lists, signed. Raises DoublureError where a field is wrong."""
    body = {
        "schema": f"doublure.{TRUST}/1",
        "studio": studio,
        "contact": contact,
        "issued": format_time(now),
        "until": format_time(until),
        "keys": [],
        "lists": {},
        "proofs": [],
    }
    return _signed(body, key, now)


def read_trust(path: Path, key: SigningKey) -> dict[str, Any]:
    """A trust file that is to be changed.

    Raises:
        DoublureError: unsound, altered, or signed with another key than ``key``: who changes it must own it.
    """
    document = read_document(path)
    check_schema(document, TRUST)
    proof = studio_proof(document)
    if proof["key"] != key.public:
        raise DoublureError(
            f"the trust file is signed with {short(proof['key'])}, not with this key",
            file=path,
            remedy="use the studio's key",
        )
    return dict(document.data)


def with_key(
    data: Mapping[str, Any], entry: Mapping[str, Any], key: SigningKey, now: datetime
) -> dict[str, Any]:
    """The trust file with a key's entry added, or replaced where the key stands there already; signed anew."""
    others = [old for old in data["keys"] if old["key"] != entry["key"]]
    return _signed({**data, "keys": [*others, dict(entry)]}, key, now)


def without_key(data: Mapping[str, Any], public: str, key: SigningKey, now: datetime) -> dict[str, Any]:
    """The trust file without a key; signed anew. Raises DoublureError where the key is not in it."""
    others = [old for old in data["keys"] if public not in (old["key"], old["label"])]
    if len(others) == len(data["keys"]):
        raise DoublureError(f"there is no key {public!r:.80} in the trust file", remedy="check its label")
    return _signed({**data, "keys": others}, key, now)


def with_list(
    data: Mapping[str, Any], name: str, file: str, key: SigningKey, now: datetime
) -> dict[str, Any]:
    """The trust file saying where a revocation list lies, relative to it; signed anew."""
    return _signed({**data, "lists": {**data["lists"], name: file}}, key, now)


def extended(data: Mapping[str, Any], until: datetime, key: SigningKey, now: datetime) -> dict[str, Any]:
    """The trust file valid until another moment; signed anew."""
    return _signed({**data, "until": format_time(until)}, key, now)


def _signed(body: Mapping[str, Any], key: SigningKey, now: datetime) -> dict[str, Any]:
    return checked(signed({**body, "issued": format_time(now), "proofs": []}, "studio", key, now), TRUST)
