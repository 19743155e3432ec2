from __future__ import annotations

import json
from pathlib import Path

import pytest

from doublure.cli.main import main
from doublure.core.exr import read_exr, write_exr
from doublure.core.frame import Frame
from doublure.core.swap.checkpoint import load_model

FACE = Path(__file__).resolve().parents[1] / "data" / "face.exr"


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("footage")
    face = read_exr(FACE)
    for number in range(1, 9):
        write_exr(folder / f"a.{number}.exr", Frame.from_rgb(face.rgb * number, face.space, number=number))
    return str(folder / "a.#.exr").replace("#", "1-8@")


def test_training_writes_a_model_that_loads_and_names_its_people(
    footage: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "m.safetensors"
    people = ["--driver", f"ben={footage}", "--hero", f"ada={footage}"]
    assert main(["train", *people, "-o", str(out), "--steps", "1", "--batch", "2", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["training"]["steps"] == 1
    assert load_model(out).heroes == ["ada"]
    assert main(["train", *people, "-o", str(out), "--steps", "2", "--batch", "2", "--resume"]) == 0
    assert load_model(out).training["steps"] == 2


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
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--driver", f"ben={footage}", "--hero", footage, *wrong]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("doublure: ")
    assert not list(tmp_path.iterdir())


def test_a_missing_length_is_a_usage_error(footage: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(["train", "--driver", footage, "--hero", footage, "-o", "m.safetensors"])
    assert left.value.code == 2
