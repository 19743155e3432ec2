from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from bench.stage_consent import Office
from doublure.core.consent.denial import ConsentDenied
from doublure.core.consent.exporting import ExportConsent

MODEL = hashlib.sha256(b"model").hexdigest()


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.delenv("DOUBLURE_TRUST_ROOT", raising=False)
    return Office(tmp_path, shots=("sq010_*",))


def agreed(office: Office, **of_hero: object) -> ExportConsent:
    replica = {"models": [{"name": "model", "sha256": MODEL}]}
    hero = office.record("ada", "hero", **{"replica": replica, **of_hero})
    driver = office.record("ben", "driver", replica=replica)
    return ExportConsent((hero, driver), office.trust, office.project, ("sq010_0100", "sq010_0200"))


def reason(consent: ExportConsent, driver: str | None = "ben", model: str = MODEL) -> str:
    with pytest.raises(ConsentDenied) as denied:
        consent.require("ada", driver, model)
    return denied.value.denials[0].reason.value


def test_hero_and_driver_grant_once_whatever_the_number_of_shots(office: Office) -> None:
    grants = agreed(office).require("ada", "ben", MODEL)
    assert [(grant.person, grant.role.value) for grant in grants] == [("ada", "render"), ("ben", "render")]


def test_one_shot_that_is_not_permitted_denies(office: Office) -> None:
    assert reason(replace(agreed(office), shots=("sq010_0100", "sq020_0100"))) == "shot"


def test_no_shot_is_not_every_shot(office: Office) -> None:
    assert reason(replace(agreed(office), shots=())) == "unstated"


def test_another_model_denies(office: Office) -> None:
    assert reason(agreed(office), model="1" * 64) == "model"


def test_another_project_denies(office: Office) -> None:
    assert reason(replace(agreed(office), project="other")) == "project"


@pytest.mark.parametrize("kept", [0, 1], ids=["no driver's", "no hero's"])
def test_a_record_that_is_not_given_denies(office: Office, kept: int) -> None:
    consent = agreed(office)
    assert reason(replace(consent, records=(consent.records[kept],))) == "record-missing"


def test_no_record_and_no_trust_file_deny(office: Office) -> None:
    consent = agreed(office)
    assert reason(replace(consent, records=())) == "record-missing"
    assert reason(replace(consent, trust=None)) == "trust-missing"


def test_a_driver_who_is_not_stated_denies(office: Office) -> None:
    assert reason(agreed(office), driver=None) == "unstated"


def test_a_hero_who_permits_training_alone_denies(office: Office) -> None:
    permissions = {"actions": ["train"], "media": [], "territory": [], "approvals": []}
    assert reason(agreed(office, permissions={**permissions, "max_screen_seconds": None})) == "role"
