from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.stage_consent import Office
from doublure.cli.main import main
from doublure.core.display import display_view
from doublure.core.exr import read_exr
from doublure.core.faceset.folder import SetFolder
from doublure.core.swap.checkpoint import load_model

HERO = Path(__file__).resolve().parents[2] / "examples" / "hero"
TEXTURE = "sRGB - Texture"


@pytest.fixture(scope="module")
def made(hero_set: SetFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set of ten frames of the example's hero."""
    out = tmp_path_factory.mktemp("sets") / "ada"
    shutil.copytree(hero_set.path, out)
    return out


def test_the_second_run_adds_nothing_and_tells_the_same(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["faceset", f"{HERO}/hero.1-10####.exr", "-o", str(made), "--no-identity", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["pictures"] == {"new": 0, "known": 10, "failed": []}
    assert told["used"] == told["faces"] == 10
    assert any("turned to the picture's left" in gap for gap in told["coverage"]["missing"])


def test_what_is_missing_is_printed_for_people(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["faceset", "-o", str(made)]) == 0
    told = capsys.readouterr()
    assert "missing:\n- " in told.out
    assert f"{made}: 10 of 10 faces are used (0 pictures new, 0 known)" in told.err


def test_three_pictures_are_too_few_and_it_says_what_is_needed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "set"
    assert main(["faceset", f"{HERO}/hero.1-3####.exr", "-o", str(out), "--no-identity"]) == 1
    said = capsys.readouterr().err
    assert "only 3 faces can be used; training needs at least 8 that differ" in said


def test_a_png_needs_a_declared_space(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = display_view(read_exr(HERO / "hero.0013.exr"))
    cv2.imwrite(str(tmp_path / "a.png"), picture[..., ::-1])
    command = ["faceset", str(tmp_path / "a.png"), "-o", str(tmp_path / "set"), "--no-identity"]
    assert main(command) == 1
    assert 'does not say its colour space; name it with --space, for example --space "sRGB' in (
        capsys.readouterr().err
    )
    main([*command, "--space", TEXTURE, "--json"])
    assert json.loads(capsys.readouterr().out)["faces"] == 1


def test_a_set_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["faceset", "-o", str(tmp_path / "none")]) == 1
    assert "there is no such set; name pictures to make it from." in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_somebody_else_is_named_with_his_frames_and_is_a_fault(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "ada"
    shutil.copytree(made, out)
    for path in (out / "pictures" / "hero").glob("*.json"):
        record = json.loads(path.read_text())
        who = 2 if path.stem in ("0004", "0005") else 1
        descriptor = np.random.default_rng(who).normal(size=128)
        record["faces"][0]["identity"] = (0.5 * descriptor / np.linalg.norm(descriptor)).tolist()
        path.write_text(json.dumps(record))
    assert main(["faceset", "-o", str(out)]) == 1
    said = capsys.readouterr().err
    assert (
        "person 2 is somebody else: 2 faces, left out: hero/0004.0, hero/0005.0; leave them out of the"
        in said
    )
    main(["faceset", "-o", str(out), "--allow-others"])
    assert "or pass --allow-others" not in capsys.readouterr().err


def test_a_set_can_be_trained_on_with_its_own_consent(
    made: Path,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("DOUBLURE_TRUST_ROOT", raising=False)
    office = Office(tmp_path_factory.mktemp("consent"))
    assert main(["consent", "pictures", str(made)]) == 0
    sets = capsys.readouterr().out.strip()
    records = [
        office.record(who, part, replica={"reference_sets": [{"name": "all", "sha256": sets}]})
        for part, who in (("hero", "ada"), ("driver", "ben"))
    ]
    agreed = ["--consent", *map(str, records), "--trust", str(office.trust), "--project", office.project]
    people = ["--driver", f"ben={made}", "--hero", f"ada={made}"]
    end = ["-o", str(tmp_path / "m.safetensors"), "--steps", "1", "--batch", "2"]
    assert main(["train", *people, *agreed, *end]) == 0
    assert load_model(tmp_path / "m.safetensors").people[0]["sha256"] == sets
    assert main(["train", *people, "--hero", f"ada={HERO}/hero.####.exr", *agreed, *end]) == 1
    assert "ada is given a set and something else" in capsys.readouterr().err
