from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.stage_consent import CONTACT, LIST, Office
from doublure.core.consent.denial import ConsentDenied
from doublure.core.consent.training import TrainingConsent, as_header

PEOPLE = [("hero", "ada"), ("hero", "eve"), ("driver", "ben"), ("driver", "bob"), ("cast", "cy")]
PICTURES = {person: [hashlib.sha256(person.encode()).hexdigest()] for _, person in PEOPLE}
MODEL = hashlib.sha256(b"model").hexdigest()


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.delenv("DOUBLURE_TRUST_ROOT", raising=False)
    return Office(tmp_path)


def issue(office: Office, part: str, person: str, **fields: object) -> Path:
    sets = [{"name": "set", "sha256": digest} for digest in PICTURES[person]]
    return office.record(person, part, **{"replica": {"reference_sets": sets}, **fields})


def consent(office: Office, *, without: str = "", **of_eve: object) -> TrainingConsent:
    """Everybody's but one's; the fields are those of the second hero's record."""
    records = tuple(
        issue(office, part, person, **(of_eve if person == "eve" else {}))
        for part, person in PEOPLE
        if person != without
    )
    return TrainingConsent(records, office.trust, office.project)


def reasons(asked: TrainingConsent, *arguments: object, **more: object) -> list[str]:
    with pytest.raises(ConsentDenied) as denied:
        asked.require(*arguments, **more)
    assert f"ask {CONTACT}." in str(denied.value)
    return [denial.reason.value for denial in denied.value.denials]


def test_everybody_grants_once_whatever_the_number_of_pairs(office: Office) -> None:
    grants = consent(office).require(PEOPLE, PICTURES)
    assert sorted(grant.person for grant in grants) == ["ada", "ben", "bob", "cy", "eve"]
    assert {grant.role for grant in grants} == {"train"}


@pytest.mark.parametrize("missing", [person for _, person in PEOPLE])
@pytest.mark.parametrize("pictures", [None, PICTURES], ids=["before", "after"])
def test_one_without_a_record_denies_all(
    office: Office, missing: str, pictures: dict[str, list[str]] | None
) -> None:
    assert set(reasons(consent(office, without=missing), PEOPLE, pictures)) == {"record-missing"}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"project": {"id": "other", "title": "Other", "shots": ["*"]}}, "project"),
        ({"drivers": ["ben"]}, "person"),
        ({"permissions": {"actions": ["render"]}}, "role"),
        ({"prohibitions": {"actions": ["train"]}}, "prohibited"),
        (
            {"validity": {"from": "2020-01-01T00:00:00Z", "until": "2020-01-02T00:00:00Z"}},
            "expired",
        ),
        ({"revocation": {"list": LIST, "max_age_hours": 24}}, "list-missing"),
        ({"replica": {}}, "reference"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
@pytest.mark.parametrize("pictures", [None, PICTURES], ids=["before", "after"])
def test_every_ground_is_told_before_and_after_the_pictures_are_known(
    office: Office, fields: dict[str, object], reason: str, pictures: dict[str, list[str]] | None
) -> None:
    assert set(reasons(consent(office, **fields), PEOPLE, pictures)) == {reason}


def test_every_set_of_a_person_must_be_agreed_to(office: Office) -> None:
    more = {**PICTURES, "cy": [*PICTURES["cy"], MODEL]}
    assert set(reasons(consent(office), PEOPLE, more)) == {"reference"}


def test_the_model_that_it_goes_on_from_must_be_agreed_to(office: Office) -> None:
    assert set(reasons(consent(office), PEOPLE, PICTURES, MODEL)) == {"model"}


def test_a_record_of_somebody_else_denies(office: Office) -> None:
    asked = consent(office)
    assert "person" in reasons(asked, [each for each in PEOPLE if each[1] != "cy"], PICTURES)


@pytest.mark.parametrize("part", ["hero", "driver"])
def test_without_a_hero_or_a_driver_nothing_is_granted(office: Office, part: str) -> None:
    with pytest.raises(ConsentDenied, match="a hero and a driver are not stated"):
        consent(office).require([each for each in PEOPLE if each[0] != part], PICTURES)


def test_a_revocation_counts_at_the_next_question(office: Office) -> None:
    office.list_revoked()
    asked = consent(office, revocation={"list": LIST, "max_age_hours": 24})
    eve = next(grant for grant in asked.require(PEOPLE, PICTURES) if grant.person == "eve")
    office.list_revoked(eve.record)
    assert set(reasons(asked, PEOPLE, PICTURES)) == {"revoked"}


def test_a_stale_list_denies(office: Office) -> None:
    office.list_revoked()
    asked = consent(office, revocation={"list": LIST, "max_age_hours": 24})
    later = datetime.now(UTC) + timedelta(hours=24)
    assert set(reasons(asked, PEOPLE, PICTURES, now=later)) == {"list-stale"}


def test_an_altered_byte_denies(office: Office) -> None:
    asked = consent(office)
    path = asked.records[-1]
    path.write_bytes(path.read_bytes().replace(b'"world"', b'"DE"'))
    assert set(reasons(asked, PEOPLE, PICTURES)) == {"record-altered"}


def test_without_a_trust_file_nothing_is_granted(office: Office) -> None:
    with pytest.raises(ConsentDenied, match=r"no trust file is given\); ask whoever keeps"):
        replace(consent(office), trust=None).require(PEOPLE, PICTURES)


def test_the_header_of_a_model_names_record_person_part_and_hash(office: Office) -> None:
    asked = consent(office)
    [ada] = [each for each in as_header(asked.require(PEOPLE, PICTURES)) if each["person"] == "ada"]
    assert ada["part"] == "hero"
    assert ada["sha256"] == hashlib.sha256(asked.records[0].read_bytes()).hexdigest()
    assert ada["record"].startswith("urn:uuid:")
