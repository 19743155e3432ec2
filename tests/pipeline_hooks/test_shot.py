from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from doublure.core.errors import DoublureError
from doublure.pipeline_hooks.shot import load_shot
from tests.pipeline_hooks.shots import TOML


def load(folder: Path, text: str = TOML):  # type: ignore[no-untyped-def]
    (folder / "shot.toml").write_text(text)
    return load_shot(folder / "shot.toml")


def test_frames_are_the_cut_with_its_handles(tmp_path: Path) -> None:
    shot = load(tmp_path)
    assert shot.numbers == tuple(range(1001, 1009))
    assert shot.cut == (1003, 1004, 1005, 1006)
    assert shot.seconds == pytest.approx(4 / 24)


def test_paths_are_relative_to_the_shot_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    shot = load(tmp_path)
    assert shot.track == tmp_path / "track.json"
    assert Path(shot.result).parent == tmp_path / "comp"
    assert shot.records[0] == tmp_path / "mara.consent.json"
    assert shot.folder == tmp_path / "publish/demo/sq010_sh0100/v003"


def test_a_rate_may_be_a_fraction(tmp_path: Path) -> None:
    assert load(tmp_path, TOML.replace("fps = 24", 'fps = "24000/1001"')).fps == Fraction(24000, 1001)
    assert load(tmp_path, TOML.replace("fps = 24", "fps = 23.976")).fps == Fraction(24000, 1001)


def test_what_is_not_stated_of_a_use_stays_unstated(tmp_path: Path) -> None:
    shot = load(tmp_path, TOML.replace("content = [], ", ""))
    assert shot.content is None
    assert load(tmp_path).content == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('project = "demo"\n', "", "shot.project is missing"),
        ('project = "demo"', "project = 3", "shot.project is not a text"),
        ('project = "demo"', 'project = ""', "shot.project is empty"),
        ('project = "demo"', 'project = ".."', "other characters"),
        ('version = "v003"', 'version = "../v003"', "other characters"),
        ('frames = "1003-1006"', 'frames = "a-b"', "cannot be understood"),
        ('frames = "1003-1006"', 'frames = ""', "is empty"),
        ("handles = [2, 2]", "handles = [2]", "two numbers"),
        ("handles = [2, 2]", "handles = [2, -1]", "two numbers"),
        ("handles = [2, 2]", "handles = [true, 1]", "two numbers"),
        ("fps = 24", "fps = 0", "not a rate"),
        ("fps = 24", "fps = true", "not a rate"),
        ("fps = 24", "fps = nan", "not a rate"),
        ("fps = 24", 'fps = "1/0"', "not a rate"),
        ("[track]", "[trakc]", "track is missing"),
        (
            'model = "hero.safetensors"',
            'model = "hero.safetensors"\nmodle = "x"',
            "swap.modle is not a known key",
        ),
        ("[plate]", "[extra]\nx = 1\n[plate]", "extra is not a known key"),
        ("{version}", "{version.__class__}", "another word in braces"),
        ('records = ["mara.consent.json", "double.consent.json"]', 'records = [""]', "list of texts"),
        ("content = []", "content = [1]", "list of texts"),
        ("[shot]", "[shot", "not TOML"),
    ],
)
def test_a_fault_is_told_with_the_file_and_the_key(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in TOML
    with pytest.raises(DoublureError, match=r"shot\.toml") as error:
        load(tmp_path, TOML.replace(old, new))
    assert told in str(error.value)


def test_a_missing_shot_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="there is no such file"):
        load_shot(tmp_path / "none.toml")
