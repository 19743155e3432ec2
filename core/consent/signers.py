"""Whether all who must sign a record did, with keys that the studio trusts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from doublure.core.consent.denial import Reason
from doublure.core.consent.document import Document
from doublure.core.consent.proofs import proves
from doublure.core.consent.trust import FaultError, Trust


def check_signers(document: Document, trust: Trust, now: datetime) -> datetime:
    """Until when a record's signatures count.

    A person's record needs the subject (or, for a minor and for an estate, and at will otherwise, the representative)
    and the producer; a synthetic person's needs the maker. Every signature that is there must hold,
    and no two may be of one key: two parties agree.

    Raises:
        FaultError: a key is not trusted for it, a signature does not fit, or one that is needed is missing.
    """
    record, path = document.data, document.path
    until, roles = trust.until, set()
    keys: dict[str, str] = {}
    for proof in record["proofs"]:
        role = proof["role"]
        if role in roles:
            raise FaultError(Reason.RECORD_UNSOUND, f"the {role} signed twice", path)
        scope = record["project"]["id"] if role == "producer" else record["subject"]["id"]
        until = min(until, trust.accept(proof, scope, now, path))
        if not proves(record, proof):
            raise FaultError(
                Reason.RECORD_ALTERED, f"the record was changed after the {role} signed it", path
            )
        if proof["key"] in keys:
            raise FaultError(Reason.KEY_ROLE, f"one key signed as {keys[proof['key']]} and as {role}", path)
        keys[proof["key"]] = role
        roles.add(role)
    for needed in _needed(record):
        if not roles & needed:
            raise FaultError(
                Reason.PROOF_MISSING, f"the signature of the {' or '.join(sorted(needed))} is missing", path
            )
    return until


def _needed(record: Mapping[str, Any]) -> list[set[str]]:
    """One of each set must have signed."""
    if record["kind"] == "synthetic":
        return [{"maker"}]
    subject = record["subject"]
    for_subject = {"representative"}
    if not (subject["minor"] or subject["deceased"]):
        for_subject.add("subject")
    return [for_subject, {"producer"}]
