"""The check: a use is denied unless a signed, valid, unrevoked record permits every part of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from doublure.core.consent.denial import ConsentDenied, Denial, Reason
from doublure.core.consent.document import Document
from doublure.core.consent.grant import Grant
from doublure.core.consent.permissions import permission_grounds
from doublure.core.consent.revocations import Revocations, load_revocations
from doublure.core.consent.schema import LIKENESS
from doublure.core.consent.scope import scope_grounds
from doublure.core.consent.signers import check_signers
from doublure.core.consent.timestamp import parse_time, utc
from doublure.core.consent.trust import KEEPER, FaultError, Trust, load_trust, open_document
from doublure.core.consent.use import Use

AnyPath = str | os.PathLike[str]


@dataclass(frozen=True)
class Verdict:
    """A grant, or every ground of the denial that was found. Never both, never neither."""

    grant: Grant | None
    denials: tuple[Denial, ...]


def require(
    use: Use,
    record: AnyPath | None,
    trust: AnyPath | None,
    now: datetime,
    *,
    revocations: AnyPath | None = None,
    root: str | None = None,
) -> Grant:
    """The grant of one record for ``use``.

    Args:
        use: what is about to be done.
        record: the record's file; None denies.
        trust: the studio's trust file; None denies.
        now: the moment, with a time zone.
        revocations: the revocation list's file; by default the one that the trust file names for the record's list.
        root: the studio's public key, see :func:`doublure.core.consent.trust.load_trust`.

    Raises:
        ConsentDenied: it is denied; the sentence has the reason and whom to ask, ``denials`` every ground.
        DoublureError: ``now`` has no time zone.
    """
    verdict = evaluate(use, record, trust, now, revocations=revocations, root=root)
    if verdict.grant is None:
        raise ConsentDenied(verdict.denials)
    return verdict.grant


def require_all(
    use: Use,
    records: Sequence[AnyPath],
    trust: AnyPath | None,
    now: datetime,
    *,
    revocations: AnyPath | None = None,
    root: str | None = None,
) -> tuple[Grant, ...]:
    """The grants of all records for ``use``: each must grant, and hero, driver and all of the cast must each
    have one.

    Args and errors are those of :func:`require`.
    """
    grants, denials = evaluate_all(use, records, trust, now, revocations=revocations, root=root)
    if denials:
        raise ConsentDenied(denials)
    return grants


def evaluate_all(
    use: Use,
    records: Sequence[AnyPath],
    trust: AnyPath | None,
    now: datetime,
    *,
    revocations: AnyPath | None = None,
    root: str | None = None,
) -> tuple[tuple[Grant, ...], tuple[Denial, ...]]:
    """As :func:`require_all`, but told instead of raised: grants count only where there are no denials."""
    verdicts = [evaluate(use, r, trust, now, revocations=revocations, root=root) for r in records]
    denials = [denial for verdict in verdicts for denial in verdict.denials]
    grants = tuple(verdict.grant for verdict in verdicts if verdict.grant is not None)
    if not denials:
        denials = list(_uncovered(use, grants, trust, now, root))
    return grants, tuple(denials)


def evaluate(
    use: Use,
    record: AnyPath | None,
    trust: AnyPath | None,
    now: datetime,
    *,
    revocations: AnyPath | None = None,
    root: str | None = None,
) -> Verdict:
    """As :func:`require`, but told instead of raised.

    Files that cannot be trusted end the check at once, since nothing in them counts; after that every ground is told.
    """
    now = utc(now)
    ask = KEEPER
    try:
        if trust is None:
            return _denied(Denial(Reason.TRUST_MISSING, "no trust file is given", None, ask))
        trusted = load_trust(trust, now, root)
        ask = trusted.contact
        if record is None:
            return _denied(Denial(Reason.RECORD_MISSING, "no likeness record is given", None, ask))
        document = open_document(Path(record), LIKENESS, Reason.RECORD_MISSING, Reason.RECORD_UNSOUND)
        signed_until = check_signers(document, trusted, now)
    except FaultError as fault:
        return _denied(Denial(fault.reason, fault.what, fault.file, ask))  # type: ignore[arg-type]
    return _judge(use, document, trusted, now, signed_until, revocations)


def _judge(
    use: Use,
    document: Document,
    trust: Trust,
    now: datetime,
    signed_until: datetime,
    revocations: AnyPath | None,
) -> Verdict:
    record, path, contact = document.data, document.path, document.data["contact"]
    denials = [Denial(reason, what, path, contact) for reason, what in _time_grounds(record, now)]
    until = min(signed_until, parse_time(record["validity"]["until"]))
    if record["revocation"] is not None:
        try:
            listed = _revocations(record, trust, now, revocations)
        except FaultError as fault:
            denials.append(Denial(fault.reason, fault.what, fault.path, trust.contact))
        else:
            denials += [Denial(f.reason, f.what, path, contact) for f in listed.faults(record, now)]
            until = min(until, listed.until, *listed.coming_strikes(record, now))
    grounds = [*scope_grounds(record, use), *permission_grounds(record, use)]
    denials += [Denial(reason, what, path, contact) for reason, what in grounds]
    if denials:
        return _denied(*denials)
    subject = record["subject"]
    grant = Grant(
        record=record["id"],
        kind=record["kind"],
        person=subject["id"],
        part=subject["part"],
        role=use.role,
        path=path,
        sha256=document.sha256,
        until=until,
        disclosure=record["disclosure"],
        contact=contact,
    )
    return Verdict(grant, ())


def _time_grounds(record: Mapping[str, Any], now: datetime) -> Iterator[tuple[Reason, str]]:
    first, end = record["validity"]["from"], record["validity"]["until"]
    if parse_time(record["issued"]) > now:
        yield Reason.FUTURE, f"the record was issued at {record['issued']}, which is still to come"
    if now < parse_time(first):
        yield Reason.NOT_YET_VALID, f"the record counts from {first}"
    if now >= parse_time(end):
        yield Reason.EXPIRED, f"the record counts until before {end} only"


def _revocations(
    record: Mapping[str, Any], trust: Trust, now: datetime, given: AnyPath | None
) -> Revocations:
    name = record["revocation"]["list"]
    path = Path(given) if given is not None else trust.lists.get(name)
    if path is None:
        raise FaultError(
            Reason.LIST_MISSING, f"the trust file does not say where the list {name} is", trust.path
        )
    max_age = timedelta(hours=record["revocation"]["max_age_hours"])
    return load_revocations(path, name, max_age, trust, now)


def _uncovered(
    use: Use, grants: Sequence[Grant], trust: AnyPath | None, now: datetime, root: str | None
) -> Iterator[Denial]:
    """A denial for each person in the use without a record of their part."""
    covered = {(grant.part, grant.person) for grant in grants}
    ask = KEEPER
    if trust is not None and not grants:
        try:
            ask = load_trust(trust, utc(now), root).contact
        except FaultError as fault:
            yield Denial(fault.reason, fault.what, fault.path, ask)
            return
    elif grants:
        ask = grants[0].contact
    needed = [("hero", use.hero), ("driver", use.driver), *(("cast", person) for person in use.cast)]
    for part, person in needed:
        if (part, person) not in covered:
            named = "who is not stated" if person is None else repr(person)
            yield Denial(Reason.RECORD_MISSING, f"no record of the {part} {named} is given", None, ask)
    for person in use.references:
        if person not in {named for _, named in needed}:
            yield Denial(
                Reason.RECORD_MISSING, f"no record of {person!r} is given, whose pictures are used", None, ask
            )


def _denied(*denials: Denial) -> Verdict:
    return Verdict(None, denials)
