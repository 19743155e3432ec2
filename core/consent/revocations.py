"""Revocation lists: what counts no more, and which strikes suspend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from doublure.core.consent.denial import Reason
from doublure.core.consent.proofs import proves
from doublure.core.consent.schema import REVOCATIONS
from doublure.core.consent.timestamp import parse_time
from doublure.core.consent.trust import FaultError, Trust, open_document


@dataclass(frozen=True)
class Revocations:
    """A list that counts now.

    Attributes:
        path: its file.
        until: the first moment at which it is stale for the record that asked.
        revoked: record id -> its entry.
        strikes: the entries of strikes.
    """

    path: Path
    until: datetime
    revoked: Mapping[str, Mapping[str, Any]]
    strikes: tuple[Mapping[str, Any], ...]

    def faults(self, record: Mapping[str, Any], now: datetime) -> Iterator[FaultError]:
        """What the list says against a record."""
        entry = self.revoked.get(record["id"])
        if entry is not None and "superseded_by" in entry:
            yield FaultError(
                Reason.SUPERSEDED,
                f"the record was replaced by {entry['superseded_by']} at {entry['at']}",
                self.path,
            )
        elif entry is not None:
            yield FaultError(
                Reason.REVOKED, f"the record was revoked at {entry['at']} ({entry['reason']})", self.path
            )
        for strike in self._strikes_of(record):
            end = strike["until"]
            if parse_time(strike["from"]) <= now and (end is None or now < parse_time(end)):
                yield FaultError(
                    Reason.SUSPENDED,
                    f"the record is suspended: {strike['union']} strikes since {strike['from']}",
                    self.path,
                )

    def coming_strikes(self, record: Mapping[str, Any], now: datetime) -> list[datetime]:
        """When strikes that suspend a record begin, of those still to come."""
        begins = [parse_time(strike["from"]) for strike in self._strikes_of(record)]
        return [begin for begin in begins if begin > now]

    def _strikes_of(self, record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        unions = record["validity"]["suspended_in_strike_of"]
        return [strike for strike in self.strikes if strike["union"] in unions]


def load_revocations(path: Path, name: str, max_age: timedelta, trust: Trust, now: datetime) -> Revocations:
    """Read and check a revocation list.

    Args:
        path: the file.
        name: the list that the record names.
        max_age: the record's; the list counts while ``issued <= now < min(next_update, issued + max_age)``.
        trust: pins the registrar's key.
        now: UTC.

    Raises:
        FaultError: missing, unsound, another list, not signed by a trusted registrar, from the future, or stale.
    """
    document = open_document(path, REVOCATIONS, Reason.LIST_MISSING, Reason.LIST_UNSOUND)
    data = document.data
    proofs = data["proofs"]
    if len(proofs) != 1 or proofs[0]["role"] != "registrar" or not proves(data, proofs[0]):
        raise FaultError(
            Reason.LIST_UNTRUSTED, "the revocation list does not bear a registrar's fitting signature", path
        )
    try:
        trusted = trust.accept(proofs[0], data["list"], now, path)
    except FaultError as fault:
        reason = fault.reason if fault.reason is Reason.FUTURE else Reason.LIST_UNTRUSTED
        raise FaultError(reason, fault.what, path) from fault
    if data["list"] != name:
        raise FaultError(
            Reason.LIST_OTHER, f"the record names the list {name}, and this is {data['list']}", path
        )
    issued, next_update = parse_time(data["issued"]), parse_time(data["next_update"])
    if issued > now:
        raise FaultError(
            Reason.FUTURE, "the revocation list was issued at a time that is still to come", path
        )
    until = min(next_update, issued + max_age)
    if now >= until:
        raise FaultError(Reason.LIST_STALE, f"the revocation list is of {data['issued']} and stale", path)
    revoked: dict[str, Mapping[str, Any]] = {}
    for entry in data["revoked"]:
        # Of two entries the harder one counts: a record that was replaced may still be withdrawn.
        if entry["record"] not in revoked or "superseded_by" not in entry:
            revoked[entry["record"]] = entry
    return Revocations(path, min(until, trusted), revoked, tuple(data["strikes"]))
