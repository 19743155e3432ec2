"""Revocation lists, made and issued anew: entries are added, never taken out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from doublure.core.consent.document import read_document
from doublure.core.consent.issue import checked
from doublure.core.consent.keys import SigningKey
from doublure.core.consent.proofs import proves, signed
from doublure.core.consent.schema import REVOCATIONS, check_schema
from doublure.core.consent.timestamp import format_time, parse_time
from doublure.core.consent.trust import short
from doublure.core.errors import DoublureError


def new_list(name: str) -> dict[str, Any]:
    """The body of an empty list, not yet issued."""
    return {"schema": f"doublure.{REVOCATIONS}/1", "list": name, "revoked": [], "strikes": []}


def read_list(path: Path, public: str) -> dict[str, Any]:
    """A list that is to be issued anew.

    Args:
        path: its file.
        public: the key that must have signed it, so that nobody gets an altered list signed.

    Raises:
        DoublureError: missing, unsound, altered, or signed with another key.
    """
    document = read_document(path)
    check_schema(document, REVOCATIONS)
    proofs = document.data["proofs"]
    if len(proofs) != 1 or proofs[0]["key"] != public or not proves(document.data, proofs[0]):
        raise DoublureError(
            f"the revocation list does not bear a fitting signature of {short(public)}",
            file=path,
            remedy="take the list from its source again, or sign with the key that signed it",
        )
    return dict(document.data)


def revoked(
    body: Mapping[str, Any], record: str, reason: str, now: datetime, superseded_by: str | None = None
) -> dict[str, Any]:
    """The list with one more entry; twice the same entry is one.

    Args:
        body: of a list.
        record: the record's id.
        reason: withdrawn, superseded, breach or error.
        now: the entry's ``at``.
        superseded_by: the id of the record that replaces it.
    """
    entry = {"record": record, "at": format_time(now), "reason": reason}
    if superseded_by is not None:
        entry["superseded_by"] = superseded_by
    known = [{**old, "at": entry["at"]} for old in body["revoked"]]
    return {**body, "revoked": [*body["revoked"], *([] if entry in known else [entry])]}


def struck(body: Mapping[str, Any], union: str, now: datetime) -> dict[str, Any]:
    """The list with a strike of ``union`` from now on. Raises DoublureError where it lasts already."""
    if any(strike["union"] == union and strike["until"] is None for strike in body["strikes"]):
        raise DoublureError(f"{union} strikes already", remedy="end that strike first")
    return {**body, "strikes": [*body["strikes"], {"union": union, "from": format_time(now), "until": None}]}


def strike_over(body: Mapping[str, Any], union: str, now: datetime) -> dict[str, Any]:
    """The list with the strike of ``union`` ended now. Raises DoublureError where none lasts."""
    if not any(strike["union"] == union and strike["until"] is None for strike in body["strikes"]):
        raise DoublureError(f"no strike of {union} lasts", remedy="check the union")
    ended = [
        {**strike, "until": format_time(now)}
        if strike["union"] == union and strike["until"] is None
        else strike
        for strike in body["strikes"]
    ]
    return {**body, "strikes": ended}


def issued(body: Mapping[str, Any], next_update: datetime, key: SigningKey, now: datetime) -> dict[str, Any]:
    """The list, dated and signed by the registrar.

    Raises:
        DoublureError: ``next_update`` is not later than ``now``, or the list was issued later than ``now`` before.
    """
    if next_update <= now:
        raise DoublureError("the list would be stale at once", remedy="give it more days")
    if "issued" in body and parse_time(body["issued"]) > now:
        raise DoublureError(
            f"the list was issued at {body['issued']}, which is still to come", remedy="check the clock"
        )
    dated = {**body, "issued": format_time(now), "next_update": format_time(next_update), "proofs": []}
    return checked(signed(dated, "registrar", key, now), REVOCATIONS)
