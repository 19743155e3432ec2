"""A published version whose consent has ended: told apart from one that was changed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from doublure.cli.main import main
from doublure.core.consent.timestamp import format_time
from doublure.core.provenance.consent_today import consent_today
from doublure.core.provenance.record import Record
from doublure.pipeline_hooks.gate import run_gate
from tests.core.check.damages import Comp
from tests.core.consent.studio import ID
from tests.pipeline_hooks.people import People
from tests.pipeline_hooks.shots import Shot, clone


@pytest.fixture(scope="module")
def version(clean: tuple[Shot, Comp], tmp_path_factory: pytest.TempPathFactory) -> Shot:
    shot = clone(clean[0], tmp_path_factory.mktemp("published") / "shot")
    assert run_gate(shot.file).ok
    return shot


@pytest.fixture
def published(version: Shot, tmp_path: Path) -> Shot:
    """The version as it lies there, and the studio's files beside it, to be changed."""
    return clone(version, tmp_path / "shot")


def verify(shot: Shot, *more: str) -> int:
    return main(
        ["verify", str(shot.published), "--allow-test", "--trust", str(shot.folder / "trust.json"), *more]
    )


def test_without_a_trust_file_consent_is_not_asked(
    published: Shot, capsys: pytest.CaptureFixture[str]
) -> None:
    published.people(lambda people: people.revoke(ID))
    assert main(["verify", str(published.published), "--allow-test", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["consent"] == {"asked": False, "holds": None, "denials": []}


def test_consent_that_still_holds_is_said(published: Shot, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(published) == 0
    assert "consent still holds" in capsys.readouterr().out


def _stale(people: People) -> None:
    people.list |= {"issued": format_time(people.now - timedelta(days=20))}


def _strike(people: People) -> None:
    begun = format_time(people.now - timedelta(days=3))
    people.list["strikes"].append({"union": "sag-aftra", "from": begun, "until": None})


def _key_gone(people: People) -> None:
    people.trust["keys"] = [one for one in people.trust["keys"] if one["label"] != "producer"]


ENDED = {
    "revoked": lambda people: people.revoke(ID),
    "list-stale": _stale,
    "suspended": _strike,
    "key-unknown": _key_gone,
}


@pytest.mark.parametrize("reason", ENDED)
def test_consent_that_has_ended_is_told_with_its_reason_and_whom_to_ask(
    published: Shot, capsys: pytest.CaptureFixture[str], reason: str
) -> None:
    published.people(ENDED[reason])
    assert verify(published, "--json") == 3
    told = json.loads(capsys.readouterr().out)
    assert told["ok"]
    assert told["findings"] == []
    assert not told["consent"]["holds"]
    assert reason in [one["reason"] for one in told["consent"]["denials"]]
    assert all(one["ask"] for one in told["consent"]["denials"])
    assert verify(published) == 3
    said = capsys.readouterr()
    assert f"consent ({reason})" in said.err
    assert "verified, 8 frames" in said.out
    assert "consent holds no longer" in said.out


def test_a_change_is_1_whatever_the_consent_says(published: Shot) -> None:
    published.people(ENDED["revoked"])
    record = published.published / "consent/1_mara.consent.json"
    data = record.read_bytes()
    record.unlink()
    record.write_bytes(data.replace(b"The Demo", b"The Dome"))
    assert verify(published) == 1


def test_nobody_can_say_that_it_holds_where_the_trust_file_is_missing(published: Shot) -> None:
    (published.folder / "trust.json").unlink()
    assert verify(published) == 3


def test_time_alone_ends_it(published: Shot) -> None:
    folder = published.published / "provenance"
    arguments: dict[str, Any] = {"folder": folder, "record": Record.load(folder / "frames.json")}
    arguments["trust"] = published.folder / "trust.json"
    assert consent_today(now=datetime.now(UTC), **arguments) == ()
    later = consent_today(now=datetime.now(UTC) + timedelta(days=350), **arguments)
    assert "expired" in [one.reason.value for one in later]


def test_a_version_that_lists_no_record_of_the_driver_is_denied(published: Shot) -> None:
    folder = published.published / "provenance"
    (published.published / "consent/2_double.consent.json").unlink()
    found = consent_today(
        folder, Record.load(folder / "frames.json"), published.folder / "trust.json", datetime.now(UTC)
    )
    assert "record-missing" in [one.reason.value for one in found]


@pytest.mark.parametrize(
    ("more", "said"),
    [(["--revocations", "x.json"], "needs --trust"), (["MOVIE", "--trust", "t.json"], "a movie alone")],
)
def test_what_cannot_be_asked_is_refused(
    published: Shot, capsys: pytest.CaptureFixture[str], more: list[str], said: str
) -> None:
    movie = next((published.published / "provenance").glob("*.mp4"))
    path = movie if more[0] == "MOVIE" else published.published
    assert main(["verify", str(path), *[one for one in more if one != "MOVIE"]]) == 1
    assert said in capsys.readouterr().err
