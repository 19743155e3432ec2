from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from consent.studio import NOW, Studio, seeded_key
from doublure.core.consent.denial import Reason
from doublure.core.consent.document import document_bytes
from doublure.core.consent.proofs import signed
from doublure.core.consent.revocations import Revocations, load_revocations
from doublure.core.consent.trust import FaultError, load_trust

ISSUED = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND, WEEK, YEAR = timedelta(seconds=1), timedelta(days=7), timedelta(days=365)


def load(studio: Studio, now: datetime, max_age: timedelta = WEEK) -> Revocations:
    return load_revocations(studio.list_path, "north", max_age, load_trust(studio.trust_path, now), now)


def test_it_is_fresh_until_before_the_records_maximum_age(studio):
    assert load(studio, ISSUED + WEEK - SECOND).until == ISSUED + WEEK
    with pytest.raises(FaultError) as caught:
        load(studio, ISSUED + WEEK)
    assert caught.value.reason is Reason.LIST_STALE


def test_it_is_fresh_until_before_its_own_next_update(studio):
    due = datetime(2026, 12, 23, 12, tzinfo=UTC)
    assert load(studio, due - SECOND, YEAR).until == due
    with pytest.raises(FaultError) as caught:
        load(studio, due, YEAR)
    assert caught.value.reason is Reason.LIST_STALE


def test_a_strike_suspends_from_its_first_second_until_before_its_end(studio):
    studio.list["strikes"] = [
        {"union": "sag-aftra", "from": "2026-11-24T12:00:00Z", "until": "2026-11-25T12:00:00Z"}
    ]
    studio.write()
    for now, found in (
        (NOW - SECOND, []),
        (NOW, [Reason.SUSPENDED]),
        (NOW + timedelta(days=1) - SECOND, [Reason.SUSPENDED]),
        (NOW + timedelta(days=1), []),
    ):
        assert studio.reasons(now=now) == found


def test_a_grant_lasts_until_a_strike_that_is_announced(studio):
    studio.list["strikes"].append({"union": "sag-aftra", "from": "2026-11-25T00:00:00Z", "until": None})
    assert studio.write().check().grant.until == datetime(2026, 11, 25, tzinfo=UTC)


def test_a_list_without_a_signature_or_with_two_is_refused(studio):

    once = signed(studio.list, "registrar", seeded_key("registrar"), ISSUED)
    for data in (studio.list, signed(once, "producer", seeded_key("producer"), ISSUED)):
        studio.list_path.write_bytes(document_bytes(data))
        assert studio.reasons() == [Reason.LIST_UNTRUSTED]


def test_an_older_issue_counts_while_it_is_fresh(studio):
    """What no list can prevent: so a record names a maximum age."""
    older = studio.list_path.read_bytes()
    studio.list["revoked"].append(
        {"record": studio.record["id"], "at": "2026-11-24T11:00:00Z", "reason": "withdrawn"}
    )
    assert studio.write().reasons() == [Reason.REVOKED]
    studio.list_path.write_bytes(older)
    assert studio.check().grant
    assert studio.reasons(now=ISSUED + WEEK) == [Reason.LIST_STALE]
