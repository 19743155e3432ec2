from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bench.stage_consent import Office
from doublure.cli.main import main
from doublure.core.exr import read_exr, write_exr
from doublure.core.frame import Frame
from doublure.core.sequence import Sequence
from doublure.core.swap.checkpoint import load_model
from doublure.core.swap.faceset import pictures_digest

FACE = Path(__file__).resolve().parents[1] / "data" / "face.exr"


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("footage")
    face = read_exr(FACE)
    for number in range(1, 9):
        write_exr(folder / f"a.{number}.exr", Frame.from_rgb(face.rgb * number, face.space, number=number))
    return str(folder / "a.#.exr").replace("#", "1-8@")


@pytest.fixture(scope="module")
def pictures(footage: str) -> str:
    return pictures_digest([Sequence.parse(footage)])


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.delenv("DOUBLURE_TRUST_ROOT", raising=False)
    return Office(tmp_path_factory.mktemp("consent"))


def issue(
    office: Office, pictures: str, *, part: str = "hero", person: str = "ada", **fields: object
) -> Path:
    replica = {"reference_sets": [{"name": "all", "sha256": pictures}]}
    return office.record(person, part, **{"replica": replica, **fields})


@pytest.fixture
def agreed(office: Office, pictures: str) -> list[str]:
    """The arguments that name everybody's consent."""
    records = [
        issue(office, pictures, part=part, person=person)
        for part, person in (("hero", "ada"), ("driver", "ben"))
    ]
    return ["--consent", *map(str, records), "--trust", str(office.trust), "--project", office.project]


def test_training_writes_a_model_that_loads_and_names_its_people(
    footage: str, agreed: list[str], office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "m.safetensors"
    people = ["--driver", f"ben={footage}", "--hero", f"ada={footage}", *agreed]
    assert main(["train", *people, "-o", str(out), "--steps", "1", "--batch", "2", "--json"]) == 0
    told = capsys.readouterr()
    said = json.loads(told.out)
    assert said["training"]["steps"] == 1
    assert [each["person"] for each in said["consent"]] == ["ada", "ben"]
    assert f"ada (hero) consents: {office.folder / 'ada.consent.json'}, urn:uuid:" in told.err
    assert load_model(out).heroes == ["ada"]
    assert main(["train", *people, "-o", str(out), "--steps", "2", "--batch", "2", "--resume"]) == 0
    assert load_model(out).training["steps"] == 2


def test_a_network_can_be_of_another_size_and_is_resumed_at_that(
    footage: str, agreed: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "m.safetensors"
    people = [
        "--driver",
        f"ben={footage}",
        "--hero",
        f"ada={footage}",
        *agreed,
        "-o",
        str(out),
        "--batch",
        "2",
    ]
    assert main(["train", *people, "--steps", "1", "--size", "64"]) == 0
    assert load_model(out).network.shape.size == 64
    assert main(["train", *people, "--steps", "2", "--resume"]) == 1
    assert "resume with --size 64" in capsys.readouterr().err
    assert load_model(out).training["steps"] == 1


def test_a_terminal_gets_the_table(
    footage: str,
    agreed: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    people = ["--driver", f"ben={footage}", "--hero", f"ada={footage}", *agreed]
    arguments = ["train", *people, "-o", str(tmp_path / "m.safetensors"), "--steps", "1", "--batch", "2"]
    assert main([*arguments, "--size", "32"]) == 0
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().err)
    assert re.search(r"step +1 +[0-9]+ images/s", shown), shown


@pytest.mark.parametrize(
    "wrong",
    [
        ["--steps", "1", "-o", "m.txt"],
        ["--steps", "1", "-o", "no/such/folder/m.safetensors"],
        ["--steps", "1", "-o", "m.safetensors", "--cast", "nameless.####.exr"],
        ["--steps", "1", "-o", "m.safetensors", "--resume"],
    ],
)
def test_faults_exit_1_with_one_sentence_and_leave_nothing(
    wrong: list[str],
    footage: str,
    agreed: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--driver", f"ben={footage}", "--hero", f"ada={footage}", *agreed, *wrong]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("doublure: ")
    assert not list(tmp_path.iterdir())


def test_a_missing_length_is_a_usage_error(footage: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(["train", "--driver", footage, "--hero", footage, "-o", "m.safetensors"])
    assert left.value.code == 2


def _let_grow_stale(office: Office, pictures: str) -> None:
    office.list_revoked(at=office.begin)
    issue(office, pictures, revocation={"list": "stage", "max_age_hours": 1})


def _revoke(office: Office, pictures: str) -> None:
    office.list_revoked()
    path = issue(office, pictures, revocation={"list": "stage", "max_age_hours": 24})
    office.list_revoked(json.loads(path.read_text())["id"])


def _alter(office: Office, pictures: str) -> None:
    path = issue(office, pictures)
    path.write_bytes(path.read_bytes().replace(b"Doublure", b"Doublura", 1))


def _expire(office: Office, pictures: str) -> None:
    begin, end = (f"{office.begin + timedelta(hours=n):%Y-%m-%dT%H:%M:%SZ}" for n in (0, 1))
    issue(office, pictures, validity={"from": begin, "until": end, "suspended_in_strike_of": []})


DENIALS: dict[str, tuple[Callable[[Office, str], object], list[str], str]] = {
    "missing": (lambda o, p: (o.folder / "ada.consent.json").unlink(), [], "there is no such file"),
    "expired": (_expire, [], "the record counts until before"),
    "revoked": (_revoke, [], "the record was revoked"),
    "stale list": (_let_grow_stale, [], "and stale"),
    "wrong project": (lambda o, p: None, ["--project", "other"], "for project stage, not for 'other'"),
    "wrong person": (
        lambda o, p: (o.folder / "ada.consent.json").write_bytes(issue(o, p, person="eve").read_bytes()),
        [],
        "no consent (the record is for eve as hero, not for 'ada')",
    ),
    "altered byte": (_alter, [], "was changed after the maker signed it"),
    "no trust": (lambda o, p: o.trust.unlink(), [], "there is no such file"),
    "a model to begin with": (
        lambda o, p: None,
        ["--from", "other.safetensors"],
        "is not one that the record",
    ),
}


@pytest.mark.parametrize("wrong", DENIALS)
def test_without_consent_no_picture_is_opened(
    wrong: str,
    agreed: list[str],
    office: Office,
    pictures: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spoil, arguments, sentence = DENIALS[wrong]
    spoil(office, pictures)
    (tmp_path / "work").mkdir()
    (tmp_path / "other.safetensors").write_bytes(b"a model")
    monkeypatch.chdir(tmp_path)
    # Footage that cannot be read: whoever opened it would say so.
    for number in range(1, 9):
        (tmp_path / f"a.{number}.exr").write_bytes(b"no picture")
    people = ["--driver", "ben=a.1-8@.exr", "--hero", "ada=a.1-8@.exr"]
    end = ["-o", "work/m.safetensors", "--steps", "1"]
    assert main(["train", *people, *agreed, *end, *arguments]) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert sentence in told[0]
    assert told[0].endswith(
        "ask whoever keeps the studio's trust file."
        if wrong == "no trust"
        else "ask the maintainers of Doublure."
    )
    assert not list((tmp_path / "work").iterdir())


def test_no_consent_at_all_exits_1_and_tells_whom_to_ask(
    footage: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = ["--driver", f"ben={footage}", "--hero", f"ada={footage}"]
    assert main(["train", *people, "-o", str(tmp_path / "m.safetensors"), "--steps", "1"]) == 1
    told = capsys.readouterr().err
    assert (
        "no consent (no record of the hero 'ada' is given); ask whoever keeps the studio's trust file."
        in told
    )
    assert not list(tmp_path.iterdir())


def test_in_pictures_that_nobody_agreed_to_no_face_is_looked_for(
    footage: str,
    agreed: list[str],
    office: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("doublure.core.swap.faceset.track_frames", lambda *_: pytest.fail("it looked"))
    issue(office, "0" * 64)
    people = ["--driver", f"ben={footage}", "--hero", f"ada={footage}"]
    assert main(["train", *people, *agreed, "-o", str(tmp_path / "m.safetensors"), "--steps", "1"]) == 1
    assert "of ada are not a set that the record consents to" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_set_that_a_record_names_is_printed_by_consent_pictures(
    footage: str, pictures: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["consent", "pictures", footage]) == 0
    assert capsys.readouterr().out == f"{pictures}\n"
    assert main(["consent", "pictures", footage, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"sha256": pictures, "pictures": 8}
