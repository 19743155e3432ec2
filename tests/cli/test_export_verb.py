from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from bench.stage_consent import Office
from doublure.cli.export import KNOBS
from doublure.cli.main import main
from doublure.core.swap.checkpoint import save_model
from doublure.core.swap.export_hero import KEY, hero_crop
from doublure.gizmos.nk.parser import parse
from doublure.gizmos.nk.syntax import Node
from tests.core.swap.exported import tiny_swapper
from tests.core.swap.test_export_torchscript import loaded


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "m.safetensors"
    save_model(path, tiny_swapper().model)
    return path


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.delenv("DOUBLURE_TRUST_ROOT", raising=False)
    return Office(tmp_path / "consent")


@pytest.fixture
def agreed(office: Office, model: Path) -> list[str]:
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    replica = {"models": [{"name": model.name, "sha256": digest}]}
    records = [
        office.record(person, part, replica=replica) for person, part in (("ada", "hero"), ("ben", "driver"))
    ]
    told = ["--consent", *map(str, records), "--trust", str(office.trust), "--project", office.project]
    return [*told, "--shot", "sq010"]


def test_torchscript_is_written_with_its_origin_and_its_nuke_script(
    model: Path, agreed: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "ada.pt"
    assert main(["export", str(model), "--torchscript", str(out), *agreed, "--json"]) == 0
    told = capsys.readouterr()
    assert "ada (hero) consents: " in told.err
    said = json.loads(told.out)
    assert said["files"] == [str(out), str(out.with_suffix(".nk"))]
    files = {KEY: ""}
    loaded(out, files)
    origin = json.loads(files[KEY])
    assert origin["model"] == hashlib.sha256(model.read_bytes()).hexdigest()
    assert [(each["person"], len(each["sha256"])) for each in origin["consent"]] == [("ada", 64), ("ben", 64)]
    assert (origin["project"], origin["shots"], origin["size"]) == ("stage", ["sq010"], 32)
    (node,) = parse(out.with_suffix(".nk").read_text())
    assert isinstance(node, Node)
    assert node.value("torchScriptFile") == out.as_posix()


def test_the_knobs_of_the_script_are_floats_of_the_module_at_its_own_values() -> None:
    module = hero_crop(tiny_swapper())
    assert {name: getattr(module, name) for name in KNOBS} == {name: knob[0] for name, knob in KNOBS.items()}


def test_without_consent_nothing_is_written(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(model), "--torchscript", str(tmp_path / "ada.pt")]) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "no consent (no record of the hero 'ada' is given); ask " in told[0]
    assert not list(tmp_path.glob("*ada*"))


def test_a_revoked_record_denies(
    model: Path, agreed: list[str], office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    office.list_revoked()
    path = office.record(
        "ada",
        "hero",
        replica={"models": [{"name": model.name, "sha256": digest}]},
        revocation={"list": "stage", "max_age_hours": 24},
    )
    office.list_revoked(json.loads(path.read_text())["id"])
    assert main(["export", str(model), "--torchscript", str(tmp_path / "ada.pt"), *agreed]) == 1
    assert "the record was revoked" in capsys.readouterr().err
    assert not list(tmp_path.glob("ada*"))


def test_a_driver_of_another_name_needs_a_record_of_his_own(
    model: Path, agreed: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "ada.pt")
    assert main(["export", str(model), "--torchscript", out, *agreed, "--driver", "bob"]) == 1
    assert "the record is for ben as driver, not for 'bob'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ([], "nothing is to be written"),
        (["--torchscript", "a.txt"], "does not end in .pt"),
        (["--onnx", "a.pt"], "does not end in .onnx"),
        (["--torchscript", "no/such/a.pt"], "does not exist"),
        (["--torchscript", "a.pt", "--hero", "zoe"], "trained for ada"),
    ],
)
def test_faults_exit_1_with_one_sentence_and_leave_nothing(
    wrong: list[str],
    sentence: str,
    model: Path,
    agreed: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("doublure.core.swap.export_onnx.find_spec", lambda name: True)
    assert main(["export", str(model), *wrong, *agreed]) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert sentence in told[0]
    assert not list(tmp_path.glob("a.*"))


def test_a_model_that_is_broken_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m.safetensors").write_bytes(b"no model")
    out = str(tmp_path / "a.pt")
    assert main(["export", str(tmp_path / "m.safetensors"), "--torchscript", out]) == 1
    assert "not a readable model" in capsys.readouterr().err
