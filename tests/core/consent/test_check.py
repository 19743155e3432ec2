from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from consent.studio import (
    ID,
    MODEL,
    NOW,
    OTHER,
    OTHER_ID,
    PICTURES,
    Studio,
    pinned,
    seeded_key,
    synthetic_body,
    use,
)
from doublure.core.consent.check import require, require_all
from doublure.core.consent.denial import ConsentDenied, Reason
from doublure.core.consent.document import document_bytes
from doublure.core.consent.trust import KEEPER
from doublure.core.consent.use import Role
from doublure.core.errors import DoublureError

DESK, OFFICE = "the trust desk of Northlight", "the rights office of Northlight"
SECOND = timedelta(seconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_clean_record_is_granted_and_tells_what_provenance_needs(studio):
    grant = studio.check().grant
    assert (grant.record, grant.kind, grant.person, grant.part, grant.role) == (
        ID,
        "likeness",
        "mara",
        "hero",
        "publish",
    )
    assert grant.disclosure["label"] == "end-credit"
    assert grant.contact == OFFICE


@pytest.mark.parametrize("role", Role)
def test_each_role_that_is_permitted_is_granted(studio, role):
    assert studio.check(use(role=role, references={"mara": (PICTURES,)})).grant.role is role


def test_a_grant_lasts_until_the_first_file_that_it_rests_on_ends(studio):
    assert studio.check().grant.until == at("2026-11-30T12:00:00")  # the list, by the record's maximum age
    assert studio.reasons(now=at("2026-11-30T12:00:00")) == [Reason.LIST_STALE]


@pytest.mark.parametrize(
    ("entry", "until"),
    [
        ("record", "2026-11-26T00:00:00Z"),
        ("key", "2026-11-27T00:00:00Z"),
        ("registrar", "2026-11-28T00:00:00Z"),
    ],
)
def test_a_grant_ends_with_validity_and_with_each_key(studio, entry, until):
    if entry == "record":
        studio.record["validity"]["until"] = until
    else:
        studio.pin("mara" if entry == "key" else "registrar")["until"] = until
    assert studio.write().check().grant.until == at(until[:-1])


def test_a_subject_or_a_representative_may_sign_for_a_grown_up(studio):
    studio.signers = {"representative": "agent", "producer": "producer"}
    assert studio.write().check().grant
    studio.signers["subject"] = "mara"
    assert studio.write().check().grant


def test_a_synthetic_person_needs_the_maker_alone_and_no_list(studio):
    studio.record, studio.signers = synthetic_body(), {"maker": "maker"}
    studio.list_path.unlink()
    studio.trust["lists"] = {}
    assert studio.write().check().grant.kind == "synthetic"


def test_a_synthetic_person_still_needs_a_pinned_maker(studio):
    studio.record, studio.signers = synthetic_body(), {"maker": "stranger"}
    assert studio.write().reasons() == [Reason.KEY_UNKNOWN]
    studio.signers = {"producer": "producer"}
    assert studio.write().reasons() == [Reason.PROOF_MISSING]


@pytest.mark.parametrize("state", ["minor", "deceased"])
def test_one_who_cannot_sign_needs_a_representative(studio, state):
    studio.record["subject"][state] = True
    studio.record["rights_holder"] = {"id": "office", "basis": "guardian" if state == "minor" else "estate"}
    if state == "deceased":
        studio.record["replica"]["category"] = "post-mortem"
    assert studio.write().reasons() == [Reason.PROOF_MISSING]
    studio.signers = {"representative": "agent", "producer": "producer"}
    assert studio.write().check().grant


Spoil = Callable[[Studio], None]


def _set(*path: str | int, to: object) -> Callable[[dict], None]:
    def spoil(data: dict) -> None:
        for part in path[:-1]:
            data = data[part]
        data[path[-1]] = to

    return spoil


def _record(*path: str | int, to: object) -> Spoil:
    return lambda studio: _set(*path, to=to)(studio.record)


def _trust(*path: str | int, to: object) -> Spoil:
    return lambda studio: _set(*path, to=to)(studio.trust)


def _list(*path: str | int, to: object) -> Spoil:
    return lambda studio: _set(*path, to=to)(studio.list)


def _pin(label: str, field: str, to: object) -> Spoil:
    return lambda studio: studio.pin(label).__setitem__(field, to)


def _without(label: str) -> Spoil:
    return lambda studio: studio.trust["keys"].remove(studio.pin(label))


def _revoke(**over: str) -> Spoil:
    entry = {"record": ID, "at": "2026-11-01T00:00:00Z", "reason": "withdrawn", **over}
    return lambda studio: studio.list["revoked"].append(entry)


def _strike(**over: str | None) -> Spoil:
    entry = {"union": "sag-aftra", "from": "2026-11-24T12:00:00Z", "until": None, **over}
    return lambda studio: studio.list["strikes"].append(entry)


def _signers(**signers: str) -> Spoil:
    return lambda studio: setattr(studio, "signers", signers)


FAULTS: list[tuple[str, Spoil, Reason]] = [
    ("the trust file lacks a field", lambda s: s.trust.pop("contact"), Reason.TRUST_UNSOUND),
    ("a key is pinned twice", lambda s: s.trust["keys"].append(s.pin("mara")), Reason.TRUST_UNSOUND),
    ("the trust file ends now", _trust("until", to="2026-11-24T12:00:00Z"), Reason.TRUST_EXPIRED),
    ("the trust file begins later", _trust("issued", to="2026-11-24T12:00:01Z"), Reason.FUTURE),
    ("the record has an unknown field", _record("extra", to=1), Reason.RECORD_UNSOUND),
    ("the record is of another version", _record("schema", to="doublure.likeness/2"), Reason.RECORD_UNSOUND),
    (
        "the record names a day that is none",
        _record("issued", to="2026-02-30T00:00:00Z"),
        Reason.RECORD_UNSOUND,
    ),
    (
        "the description says too little",
        _record("replica", "description", to="a face"),
        Reason.RECORD_UNSOUND,
    ),
    ("the record is not revocable", _record("revocation", to=None), Reason.RECORD_UNSOUND),
    (
        "the agreement is not separate",
        _record("attestation", "separately_signed", to=False),
        Reason.RECORD_UNSOUND,
    ),
    ("the name is readable", _record("subject", "name", to="Mara Doe"), Reason.RECORD_UNSOUND),
    ("nobody signed", _signers(), Reason.PROOF_MISSING),
    ("the subject did not sign", _signers(producer="producer"), Reason.PROOF_MISSING),
    ("the producer did not sign", _signers(subject="mara"), Reason.PROOF_MISSING),
    ("a stranger signed", _signers(subject="stranger", producer="producer"), Reason.KEY_UNKNOWN),
    ("a key was taken out of the trust file", _without("producer"), Reason.KEY_UNKNOWN),
    (
        "the producer signed as the subject",
        _signers(subject="producer", producer="producer"),
        Reason.KEY_ROLE,
    ),
    ("the double signed for the hero", _signers(subject="double", producer="producer"), Reason.KEY_SCOPE),
    ("the producer's key is for another project", _pin("producer", "for", ["other"]), Reason.KEY_SCOPE),
    ("a key ends now", _pin("mara", "until", "2026-11-24T12:00:00Z"), Reason.KEY_EXPIRED),
    ("a key begins after it signed", _pin("mara", "from", "2026-09-02T00:00:01Z"), Reason.KEY_EXPIRED),
    ("a signature is from the future", lambda s: setattr(s, "signed_at", NOW + SECOND), Reason.FUTURE),
    ("the record is from the future", _record("issued", to="2026-11-24T12:00:01Z"), Reason.FUTURE),
    ("the record begins later", _record("validity", "from", to="2026-11-24T12:00:01Z"), Reason.NOT_YET_VALID),
    ("the record ends now", _record("validity", "until", to="2026-11-24T12:00:00Z"), Reason.EXPIRED),
    ("the trust file knows no such list", _trust("lists", to={}), Reason.LIST_MISSING),
    ("the list is elsewhere", _trust("lists", "north", to="none.json"), Reason.LIST_MISSING),
    ("the list lacks a field", lambda s: s.list.pop("strikes"), Reason.LIST_UNSOUND),
    ("a stranger signed the list", lambda s: setattr(s, "registrar", "stranger"), Reason.LIST_UNTRUSTED),
    ("the producer signed the list", lambda s: setattr(s, "registrar", "producer"), Reason.LIST_UNTRUSTED),
    ("the registrar is for another list", _pin("registrar", "for", ["south"]), Reason.LIST_UNTRUSTED),
    ("the registrar's key ended", _pin("registrar", "until", "2026-11-24T00:00:00Z"), Reason.LIST_UNTRUSTED),
    ("the record names another list", _record("revocation", "list", to="south"), Reason.LIST_MISSING),
    ("the list is from the future", _list("issued", to="2026-11-24T12:00:01Z"), Reason.FUTURE),
    ("the next list is due now", _list("next_update", to="2026-11-24T12:00:00Z"), Reason.LIST_STALE),
    ("the record wants a younger list", _record("revocation", "max_age_hours", to=24), Reason.LIST_STALE),
    ("the record is revoked", _revoke(), Reason.REVOKED),
    ("the record is revoked from tomorrow", _revoke(at="2026-11-25T00:00:00Z"), Reason.REVOKED),
    ("the record is replaced", _revoke(reason="superseded", superseded_by=OTHER_ID), Reason.SUPERSEDED),
    ("a strike begins now", _strike(), Reason.SUSPENDED),
    ("a strike ends in a second", _strike(until="2026-11-24T12:00:01Z"), Reason.SUSPENDED),
    ("the record is for another hero", _record("subject", "id", to="agnes"), Reason.KEY_SCOPE),
    ("another may drive", _record("drivers", to=["other", "double?"]), Reason.PERSON),
    ("the record is for another shot", _record("project", "shots", to=["sq020_*", "SQ010_*"]), Reason.SHOT),
    ("no model is consented to", _record("replica", "models", to=[]), Reason.MODEL),
    ("another model is consented to", _record("replica", "models", 0, "sha256", to=OTHER), Reason.MODEL),
    ("publishing is not permitted", _record("permissions", "actions", to=["render"]), Reason.ROLE),
    ("publishing is prohibited too", _record("prohibitions", "actions", to=["publish"]), Reason.PROHIBITED),
    ("the medium is not permitted", _record("permissions", "media", to=["streaming"]), Reason.MEDIA),
    ("the medium is prohibited too", _record("prohibitions", "media", to=["theatrical"]), Reason.PROHIBITED),
    ("every medium is prohibited", _record("prohibitions", "media", to=["any"]), Reason.PROHIBITED),
    ("a territory is not permitted", _record("permissions", "territory", to=["DE"]), Reason.TERRITORY),
    ("a territory is prohibited", _record("prohibitions", "territory", to=["FR"]), Reason.PROHIBITED),
    ("the scene is excluded", _record("prohibitions", "content", to=["violence"]), Reason.CONTENT),
    ("the screen time is too long", _record("permissions", "max_screen_seconds", to=12), Reason.SCREEN_TIME),
    (
        "another approval is needed",
        _record("permissions", "approvals", to=["final-look", "vfx"]),
        Reason.APPROVAL,
    ),
]


@pytest.mark.parametrize(("spoil", "reason"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_one_fault_in_the_files_gives_its_reason_and_no_other(studio, spoil, reason):
    spoil(studio)
    assert studio.write().reasons() == [reason]


USES: list[tuple[str, dict, Reason]] = [
    ("project", {"project": "other"}, Reason.PROJECT),
    ("case of the project", {"project": "Demo"}, Reason.PROJECT),
    ("shot", {"shot": "sq020_sh0100"}, Reason.SHOT),
    ("a shot that only begins like one", {"shot": "xsq010_sh0100"}, Reason.SHOT),
    ("no shot", {"shot": None}, Reason.UNSTATED),
    ("hero", {"hero": "agnes"}, Reason.PERSON),
    ("driver", {"driver": "other"}, Reason.PERSON),
    ("no driver", {"driver": None}, Reason.UNSTATED),
    ("model", {"model": OTHER}, Reason.MODEL),
    ("no model", {"model": None}, Reason.UNSTATED),
    ("pictures", {"references": {"mara": (PICTURES, OTHER)}}, Reason.REFERENCE),
    ("no pictures in training", {"role": Role.TRAIN}, Reason.UNSTATED),
    (
        "another's pictures in training",
        {"role": Role.TRAIN, "references": {"x": (PICTURES,)}},
        Reason.UNSTATED,
    ),
    ("medium", {"media": ("theatrical", "radio")}, Reason.MEDIA),
    ("prohibited medium", {"media": ("gaming",)}, Reason.PROHIBITED),
    ("all media, some prohibited", {"media": ("any",)}, Reason.PROHIBITED),
    ("no medium", {"media": None}, Reason.UNSTATED),
    ("an empty list of media", {"media": ()}, Reason.UNSTATED),
    ("the world, a part of it prohibited", {"territory": ("world",)}, Reason.PROHIBITED),
    ("prohibited territory", {"territory": ("AQ",)}, Reason.PROHIBITED),
    ("no territory", {"territory": None}, Reason.UNSTATED),
    ("excluded content", {"content": ("nudity",)}, Reason.CONTENT),
    ("no content stated", {"content": None}, Reason.UNSTATED),
    ("screen time", {"seconds": 60.5}, Reason.SCREEN_TIME),
    ("no screen time", {"seconds": None}, Reason.UNSTATED),
    ("approval", {"approvals": ()}, Reason.APPROVAL),
]


@pytest.mark.parametrize(("over", "reason"), [u[1:] for u in USES], ids=[u[0] for u in USES])
def test_one_fault_in_the_use_gives_its_reason_and_no_other(studio, over, reason):
    assert studio.reasons(use(**over)) == [reason]


def test_rendering_states_neither_where_it_is_shown_nor_what_but_what_it_states_is_checked(studio):
    blank = {
        "role": Role.RENDER,
        "media": None,
        "territory": None,
        "content": None,
        "seconds": None,
        "approvals": (),
    }
    assert studio.check(use(**blank)).grant
    assert studio.reasons(use(**blank | {"media": ("gaming",)})) == [Reason.PROHIBITED]


def test_all_media_cover_each_that_is_not_prohibited(studio):
    studio.record["permissions"]["media"] = ["any"]
    assert studio.write().check(use(media=("radio",))).grant
    assert studio.reasons(use(media=("gaming",))) == [Reason.PROHIBITED]


def test_every_ground_is_told_not_only_the_first(studio):
    found = studio.reasons(use(project="other", shot="x", model=OTHER), now=at("2027-09-01T00:00:00"))
    assert set(found) == {Reason.EXPIRED, Reason.LIST_STALE, Reason.PROJECT, Reason.SHOT, Reason.MODEL}


def test_a_strike_of_another_union_or_one_that_is_over_suspends_nothing(studio):
    assert studio.check().grant
    studio.record["validity"]["suspended_in_strike_of"] = ["equity"]
    assert studio.write().reasons() == [Reason.SUSPENDED]


def test_a_withdrawal_counts_more_than_a_replacement(studio):
    for spoil in (_revoke(), _revoke(reason="superseded", superseded_by=OTHER_ID)):
        spoil(studio)
    assert studio.write().reasons() == [Reason.REVOKED]


def test_a_record_changed_after_signing_is_denied(studio):
    text = studio.record_path.read_text()
    studio.record_path.write_text(text.replace("2027-09-01", "2037-09-01"))
    assert studio.reasons() == [Reason.RECORD_ALTERED]


def test_a_trust_file_changed_after_signing_is_denied(studio):
    text = studio.trust_path.read_text()
    studio.trust_path.write_text(text.replace('"double"', '"mara"', 1))
    assert studio.reasons() == [Reason.TRUST_ALTERED]


def test_a_list_of_another_name_is_denied(studio):
    studio.list["list"] = "south"
    studio.pin("registrar")["for"] = ["*"]
    assert studio.write().reasons() == [Reason.LIST_OTHER]


def test_a_signature_under_another_role_does_not_count(studio):
    """The role is part of what is signed."""
    studio.pin("mara")["roles"] = ["subject", "representative"]
    studio.write()
    text = studio.record_path.read_text()
    studio.record_path.write_text(text.replace('"role": "subject"', '"role": "representative"'))
    assert studio.reasons() == [Reason.RECORD_ALTERED]


def test_the_same_role_twice_is_denied(studio):
    data = json.loads(studio.record_path.read_text())
    data["proofs"].append(data["proofs"][0])
    studio.record_path.write_bytes(document_bytes(data))
    assert studio.reasons() == [Reason.RECORD_UNSOUND]


def test_one_key_does_not_sign_for_two_parties(studio):
    studio.pin("mara").update({"roles": ["subject", "producer"], "for": ["mara", "demo"]})
    studio.signers = {"subject": "mara", "producer": "mara"}
    assert studio.write().reasons() == [Reason.KEY_ROLE]


def test_an_extra_signature_that_is_not_trusted_denies(studio):
    studio.signers["representative"] = "stranger"
    assert studio.write().reasons() == [Reason.KEY_UNKNOWN]


@pytest.mark.parametrize(
    ("file", "reason"), [("record", Reason.RECORD_MISSING), ("trust", Reason.TRUST_MISSING)]
)
def test_absence_denies(studio, file, reason):
    path = getattr(studio, f"{file}_path")
    path.unlink()
    assert studio.reasons() == [reason]
    given = {"record": studio.record_path, "trust": studio.trust_path, file: None}
    with pytest.raises(ConsentDenied) as caught:
        require(use(), given["record"], given["trust"], NOW)
    assert caught.value.reason is reason


def test_a_list_given_by_path_is_used_instead_of_the_trust_files(studio, tmp_path):
    assert studio.reasons(revocations=tmp_path / "none.json") == [Reason.LIST_MISSING]
    studio.trust["lists"] = {}
    assert studio.write().check(revocations=studio.list_path).grant


def test_a_pinned_studio_key_refuses_another_studios_trust_file(studio, monkeypatch):
    good, bad = seeded_key("studio").public, seeded_key("stranger").public
    assert studio.check(root=good).grant
    assert studio.reasons(root=bad) == [Reason.TRUST_ROOT]
    monkeypatch.setenv("DOUBLURE_TRUST_ROOT", bad)
    assert studio.reasons() == [Reason.TRUST_ROOT]
    monkeypatch.setenv("DOUBLURE_TRUST_ROOT", "")
    assert studio.reasons() == [Reason.TRUST_ROOT]


def test_a_trust_file_not_signed_by_the_studio_alone_is_denied(studio):
    studio.trust_path.write_bytes(document_bytes(studio.trust))
    assert studio.reasons() == [Reason.TRUST_ALTERED]


def test_the_sentence_has_the_file_the_reason_and_whom_to_ask(studio):
    with pytest.raises(ConsentDenied) as caught:
        require(use(model=OTHER), studio.record_path, studio.trust_path, NOW)
    assert str(studio.record_path) in str(caught.value)
    assert f"{OTHER[:12]}… is not one that the record consents to" in str(caught.value)
    assert str(caught.value).endswith(f"ask {OFFICE}.")


def test_a_record_that_is_not_trusted_does_not_say_whom_to_ask(studio):
    studio.signers = {"subject": "stranger", "producer": "producer"}
    assert studio.write().check().denials[0].ask == DESK
    studio.trust_path.unlink()
    assert studio.check().denials[0].ask == KEEPER


def test_time_zones_are_understood_and_a_time_without_one_is_refused(studio):
    assert studio.check(now=NOW.astimezone(timezone(timedelta(hours=9)))).grant
    with pytest.raises(DoublureError, match="no time zone"):
        studio.check(now=NOW.replace(tzinfo=None))


def test_hero_and_driver_must_both_have_a_record(studio):
    both = [studio.record_path, studio.driver_path]
    grants = require_all(use(), both, studio.trust_path, NOW)
    assert [(grant.part, grant.person) for grant in grants] == [("hero", "mara"), ("driver", "double")]
    for records, missing in ((both[:1], "driver"), (both[1:], "hero"), ([], "hero")):
        with pytest.raises(ConsentDenied, match=f"no record of the {missing}") as caught:
            require_all(use(), records, studio.trust_path, NOW)
        assert caught.value.reason is Reason.RECORD_MISSING
        assert caught.value.ask == (OFFICE if records else DESK)


def test_of_several_records_each_must_grant(studio):
    studio.driver["permissions"]["actions"] = ["train"]
    studio.write()
    with pytest.raises(ConsentDenied) as caught:
        require_all(use(), [studio.record_path, studio.driver_path], studio.trust_path, NOW)
    assert [denial.reason for denial in caught.value.denials] == [Reason.ROLE]


def test_no_record_and_no_trust_file_denies(studio):
    with pytest.raises(ConsentDenied) as caught:
        require_all(use(), [], None, NOW)
    assert {denial.reason for denial in caught.value.denials} == {Reason.RECORD_MISSING}


def test_training_asks_each_person_about_their_own_pictures(studio):
    asked = use(
        role=Role.TRAIN, shot=None, model=None, references={"mara": (PICTURES,), "double": (PICTURES,)}
    )
    assert require_all(asked, [studio.record_path, studio.driver_path], studio.trust_path, NOW)
    asked = use(role=Role.TRAIN, shot=None, model=MODEL, references={"mara": (PICTURES,), "double": (OTHER,)})
    with pytest.raises(ConsentDenied, match="of double are not a set"):
        require_all(asked, [studio.record_path, studio.driver_path], studio.trust_path, NOW)


def test_the_cast_needs_records_too_and_nobody_elses_pictures_are_used(studio, tmp_path):
    both = [studio.record_path, studio.driver_path]
    pictures = {"mara": (PICTURES,), "double": (PICTURES,), "agnes": (PICTURES,)}
    asked = use(role=Role.TRAIN, cast=("agnes",), references=pictures)
    for over in (asked, use(role=Role.TRAIN, references=pictures)):
        with pytest.raises(ConsentDenied, match=r"no record of .*'agnes'"):
            require_all(over, both, studio.trust_path, NOW)
    cast = Studio(tmp_path / "cast")
    (tmp_path / "cast").mkdir()
    cast.record["subject"] |= {"id": "agnes", "part": "cast"}
    del cast.record["drivers"]
    cast.trust["keys"].append(pinned("agnes", "subject", "agnes"))
    cast.signers["subject"] = "agnes"
    cast.write()
    records = [*both, cast.record_path]
    assert [grant.part for grant in require_all(asked, records, cast.trust_path, NOW)] == [
        "hero",
        "driver",
        "cast",
    ]
    with pytest.raises(ConsentDenied, match="agnes as cast, who has no part"):
        require_all(use(), records, cast.trust_path, NOW)


def test_a_key_for_all_projects_is_pinned_by_a_glob(studio):
    studio.trust["keys"].remove(studio.pin("producer"))
    studio.trust["keys"].append(pinned("producer", "producer", "*"))
    assert studio.write().check().grant


def test_every_reason_has_a_test_here():
    here = {reason for *_, reason in [*FAULTS, *USES]}
    alone = {
        Reason.TRUST_MISSING,
        Reason.TRUST_ALTERED,
        Reason.TRUST_ROOT,
        Reason.RECORD_MISSING,
        Reason.RECORD_ALTERED,
        Reason.LIST_OTHER,
    }
    assert here | alone == set(Reason)
