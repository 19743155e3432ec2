from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.scoreboard import _driver
from bench.stage_consent import Office, issue_for_model, swap_params
from bench.standard_set import SMALL_ROOT
from doublure.core.consent.check import require_all
from doublure.core.consent.denial import ConsentDenied
from doublure.core.consent.use import Role, Use
from doublure.core.errors import DoublureError
from doublure.core.swap.train import model_digest
from tests.nodes.service.comps import model


@pytest.fixture(autouse=True)
def unpinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOUBLURE_TRUST_ROOT", raising=False)


def test_everybody_in_a_model_gets_a_record_of_the_model_and_their_pictures(tmp_path: Path) -> None:
    made = model(tmp_path / "m.safetensors")
    office = Office(tmp_path / "consent", "demo")
    records = issue_for_model(office, made, {"hero": 23, "double": 30})
    use = Use(
        Role.TRAIN,
        project="demo",
        hero="hero",
        driver="double",
        model=model_digest(made),
        references={"hero": ("1" * 64,), "double": ("0" * 64,)},
    )
    assert len(require_all(use, records, office.trust, datetime.now(UTC))) == 2


def test_a_person_without_a_seed_is_refused(tmp_path: Path) -> None:
    made = model(tmp_path / "m.safetensors")
    with pytest.raises(DoublureError, match="the model knows 'double', who has no seed"):
        issue_for_model(Office(tmp_path / "consent"), made, {"hero": 23})


def test_no_key_is_left_behind_and_none_is_used_twice(tmp_path: Path) -> None:
    made = model(tmp_path / "m.safetensors")
    one, other = (swap_params(tmp_path / name, made, driver="double") for name in ("one", "other"))
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == [
        "double.consent.json",
        "hero.consent.json",
        "trust.json",
    ]
    use = Use(
        Role.RENDER,
        project="stage",
        hero="hero",
        driver="double",
        shot="take",
        model=model_digest(made),
    )
    records = [one["consent"], one["driver_consent"]]
    require_all(use, records, one["trust"], datetime.now(UTC))
    with pytest.raises(ConsentDenied, match="is not in the trust file"):
        require_all(use, records, other["trust"], datetime.now(UTC))


def test_the_maker_is_trusted_for_those_people_alone(tmp_path: Path) -> None:
    office = Office(tmp_path)
    trust = office.trust
    record = office.record("eve", "hero")
    before = trust.read_bytes()
    office.record("adam", "hero")
    assert trust.read_bytes() != before
    trust.write_bytes(before)
    use = Use(Role.RENDER, project="stage", hero="adam", driver="ben", shot="take", model="0" * 64)
    with pytest.raises(ConsentDenied, match="is not trusted to sign as maker for adam"):
        require_all(use, [record.with_name("adam.consent.json")], trust, office.begin + timedelta(hours=1))


def test_the_scoreboard_names_a_take_s_double_by_the_stage_s_seed() -> None:
    assert _driver(SMALL_ROOT / "hardkey") == "p33"
