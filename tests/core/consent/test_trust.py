from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from consent.studio import NOW, OTHER_ID, Studio, pinned, seeded_key
from doublure.core.consent.denial import Reason
from doublure.core.consent.document import document_bytes
from doublure.core.consent.proofs import signed
from doublure.core.consent.trust import FaultError, load_trust

SECOND = timedelta(seconds=1)


def proof(name: str = "mara", role: str = "subject", created: str = "2026-09-02T00:00:00Z") -> dict:
    return {"role": role, "key": seeded_key(name).public, "created": created}


def reason_of(call) -> Reason:
    with pytest.raises(FaultError) as caught:
        call()
    return caught.value.reason


def test_the_paths_of_lists_are_relative_to_the_trust_file(studio, tmp_path):
    assert load_trust(studio.trust_path, NOW).lists == {"north": tmp_path / "revocations.json"}


def test_it_counts_from_its_issue_until_before_its_end(studio):
    issued, until = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    assert load_trust(studio.trust_path, issued).until == until
    assert load_trust(studio.trust_path, until - SECOND)
    assert reason_of(lambda: load_trust(studio.trust_path, until)) is Reason.TRUST_EXPIRED
    assert reason_of(lambda: load_trust(studio.trust_path, issued - SECOND)) is Reason.FUTURE


def test_a_key_counts_in_its_role_for_its_scope_and_its_time(studio):
    trust = load_trust(studio.trust_path, NOW)
    assert trust.accept(proof(), "mara", NOW, studio.record_path) == datetime(2028, 1, 1, tzinfo=UTC)
    for other, scope, now, reason in (
        (proof("stranger"), "mara", NOW, Reason.KEY_UNKNOWN),
        (proof(role="producer"), "mara", NOW, Reason.KEY_ROLE),
        (proof(), "double", NOW, Reason.KEY_SCOPE),
        (proof(), "marathon", NOW, Reason.KEY_SCOPE),
        (proof(created="2026-11-24T12:00:01Z"), "mara", NOW, Reason.FUTURE),
        (proof(created="2025-12-31T23:59:59Z"), "mara", NOW, Reason.KEY_EXPIRED),
        (proof(), "mara", datetime(2028, 1, 1, tzinfo=UTC), Reason.KEY_EXPIRED),
    ):
        assert reason_of(lambda p=other, s=scope, n=now: trust.accept(p, s, n, studio.record_path)) is reason


def test_the_studios_own_key_signs_no_records(studio):
    """Whoever keeps the trust file does not thereby speak for people."""
    studio.signers["subject"] = "studio"
    assert studio.write().reasons() == [Reason.KEY_UNKNOWN]


def test_a_role_of_the_studio_cannot_be_pinned(studio):
    studio.trust["keys"].append(pinned("x", "studio", "*"))
    assert studio.write().reasons() == [Reason.TRUST_UNSOUND]


def test_two_signatures_are_refused(studio):
    twice = signed(
        signed(studio.trust, "studio", seeded_key("studio"), NOW), "producer", seeded_key("x"), NOW
    )
    studio.trust_path.write_bytes(document_bytes(twice))
    assert reason_of(lambda: load_trust(studio.trust_path, NOW)) is Reason.TRUST_ALTERED


def test_a_record_is_no_trust_file_and_a_list_is_no_record(studio):
    assert reason_of(lambda: load_trust(studio.record_path, NOW)) is Reason.TRUST_UNSOUND
    studio.record_path.write_bytes(studio.list_path.read_bytes())
    assert studio.reasons() == [Reason.RECORD_UNSOUND]


def test_another_record_with_the_signatures_of_this_one_is_denied(studio: Studio):
    studio.record_path.write_bytes(document_bytes({**read(studio), "id": OTHER_ID}))
    assert studio.reasons() == [Reason.RECORD_ALTERED]


def read(studio: Studio) -> dict:
    data: dict = json.loads(studio.record_path.read_text())
    return data
