from __future__ import annotations

import pytest

from consent.studio import ID, NOW, record_body
from doublure.core.consent.draft import new_record
from doublure.core.consent.names import name_fits
from doublure.core.errors import DoublureError


def fields(**over: object) -> dict:
    return record_body(**over)


def test_a_record_given_as_a_draft_becomes_a_new_one_without_signatures():
    record, opening = new_record(fields(proofs=[{"role": "subject"}]), NOW)
    assert record["id"] != ID
    assert record["issued"] == "2026-11-24T12:00:00Z"
    assert record["proofs"] == []
    assert opening is None


def test_two_records_have_two_ids():
    assert new_record(fields(), NOW)[0]["id"] != new_record(fields(), NOW)[0]["id"]


def test_what_is_left_out_permits_nothing():
    draft = fields()
    for part in ("permissions", "prohibitions", "disclosure", "supersedes"):
        del draft[part]
    for part in ("models", "reference_sets"):
        del draft["replica"][part]
    record, _ = new_record(draft, NOW)
    assert (
        record["permissions"]["actions"]
        == record["permissions"]["media"]
        == record["replica"]["models"]
        == []
    )


def test_the_name_is_sealed_and_the_opening_is_not_in_the_record():
    record, opening = new_record(fields(), NOW, "Mara Doe")
    assert name_fits(record["subject"]["name_seal"], opening, "mara doe")
    assert opening not in str(record)


@pytest.mark.parametrize("text", ["for Mara  DOE only", "mara.doe@northlight.example", "MaraDoe"])
def test_a_readable_name_is_refused(text):
    with pytest.raises(DoublureError, match="stands readable"):
        new_record(fields(contact=text), NOW, "Mara Doe")


@pytest.mark.parametrize(
    "field", ["subject", "rights_holder", "licensee", "project", "validity", "contact", "attestation"]
)
def test_what_only_people_know_has_no_default(field):
    draft = fields()
    del draft[field]
    with pytest.raises(DoublureError, match="is wrong at"):
        new_record(draft, NOW)


def test_a_validity_that_ends_before_it_begins_is_refused():
    draft = fields()
    draft["validity"]["from"] = draft["validity"]["until"]
    with pytest.raises(DoublureError, match="before it begins"):
        new_record(draft, NOW)


def test_a_draft_is_not_changed():
    draft = fields()
    new_record(draft, NOW, "Mara Doe")
    assert draft == fields()
