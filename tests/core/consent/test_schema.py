from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import doublure.core.consent.schema as schema
from consent.studio import OTHER, driver_body, record_body, synthetic_body
from doublure.core.consent.document import Document, UnsoundError
from doublure.core.consent.schema import LIKENESS, check_schema

FILES = sorted(Path(schema.__file__).parent.glob("*.schema.json"))


def check(data: dict) -> None:
    check_schema(Document(data, Path("a.json"), ""), LIKENESS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_published_schema_is_a_schema(path):
    Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("body", [record_body, driver_body, synthetic_body])
def test_a_sound_record_of_each_kind_passes(body):
    check(body())


def required(data: dict, place: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for key, value in data.items():
        found.append((*place, key))
        if isinstance(value, dict):
            found += required(value, (*place, key))
    return found


@pytest.mark.parametrize("place", required(record_body()), ids="/".join)
def test_no_field_may_be_left_out(place):
    data = record_body()
    inner = data
    for part in place[:-1]:
        inner = inner[part]
    del inner[place[-1]]
    with pytest.raises(UnsoundError):
        check(data)


PLACES = [place for place in required(record_body()) if place[-1] not in ("proofs",)]


@pytest.mark.parametrize("place", PLACES, ids="/".join)
def test_no_field_may_be_of_another_type(place):
    data = record_body()
    inner = data
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = 0.5
    with pytest.raises(UnsoundError):
        check(data)


BAD = {
    "an id that is a name": ("subject", "id", "Mara Doe"),
    "an id with a line end": ("subject", "id", "mara\n"),
    "a hash with a line end": ("attestation", "document_sha256", OTHER + "\n"),
    "an unknown union": ("validity", "suspended_in_strike_of", ["teamsters"]),
    "a boundless list age": ("revocation", "max_age_hours", 100_000),
    "a shot glob that runs over": ("project", "shots", ["sq010_*\n"]),
    "no shots": ("project", "shots", []),
    "a title that turns the writing": ("project", "title", "The \u202eomeD"),
    "a title with an escape sequence": ("project", "title", "The \x1b[31mDemo"),
    "a territory in small letters": ("permissions", "territory", ["de"]),
    "no screen time at all": ("permissions", "max_screen_seconds", 0),
    "true for a number": ("permissions", "max_screen_seconds", True),
    "a person's record without a seal": ("subject", "name_seal", None),
    "a made-up basis": ("rights_holder", "basis", "maker"),
    "a person called synthetic": ("replica", "category", "synthetic"),
    "a minor without a guardian": ("subject", "minor", True),
    "a dead without an estate": ("subject", "deceased", True),
}


@pytest.mark.parametrize(("part", "field", "value"), BAD.values(), ids=BAD)
def test_a_record_that_says_what_it_must_not_is_refused(part, field, value):
    data = record_body()
    data[part][field] = value
    with pytest.raises(UnsoundError, match=r"a\.json: the file is wrong at"):
        check(data)


def test_a_synthetic_person_has_no_name_and_no_agreement():
    for spoil in (
        lambda d: d["subject"].update(name_seal=OTHER),
        lambda d: d.update(record_body(), kind="synthetic"),
    ):
        data = synthetic_body()
        spoil(data)
        with pytest.raises(UnsoundError):
            check(data)


def test_a_record_of_a_person_cannot_be_passed_off_as_synthetic_by_its_kind():
    with pytest.raises(UnsoundError):
        check(record_body(kind="synthetic"))


def test_heroes_name_drivers_and_drivers_name_heroes():
    for body, wrong in ((record_body(), "heroes"), (driver_body(), "drivers")):
        with pytest.raises(UnsoundError):
            check({**body, wrong: ["x"]})


def test_a_long_fault_is_told_shortly():
    with pytest.raises(UnsoundError) as caught:
        check(record_body(contact=["x" * 100_000]))
    assert len(str(caught.value)) < 400
