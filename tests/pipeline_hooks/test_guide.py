from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from doublure.core.errors import DoublureError
from doublure.pipeline_hooks.guide import with_table
from doublure.pipeline_hooks.profile import load_profile, profile_names
from doublure.pipeline_hooks.required import ABSOLUTE, VALIDATORS
from doublure.pipeline_hooks.shot import load_shot

GUIDE = Path(__file__).resolve().parents[2] / "docs/publish.md"
TEXT = GUIDE.read_text(encoding="utf-8")
EXAMPLES = [block.split("```")[0] for block in TEXT.split("```toml\n")[1:]]


def test_the_table_of_plugins_is_todays() -> None:
    assert with_table(TEXT) == TEXT, "write it anew: python -m doublure.pipeline_hooks.guide"


def test_every_validator_and_what_nobody_may_accept_is_told() -> None:
    for name in VALIDATORS:
        (row,) = [row for row in TEXT.splitlines() if row.startswith(f"| `{name}` |")]
        assert ("| never |" in row) == (name in ABSOLUTE)


def test_every_profile_is_told() -> None:
    assert all(f"| `{name}` |" in TEXT for name in profile_names())


def test_the_shot_file_of_the_guide_is_sound(tmp_path: Path) -> None:
    (tmp_path / "shot.toml").write_text(EXAMPLES[0])
    shot = load_shot(tmp_path / "shot.toml")
    assert len(shot.numbers) == 48
    assert str(shot.folder) == "/show/publish/demo/sq010_sh0100/v003"


def test_the_profile_of_the_guide_is_sound(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(EXAMPLES[1])
    found = load_profile("own.toml", tmp_path)
    assert found.kitsu is not None
    assert found.warnings == set(tomllib.loads(EXAMPLES[1])["levels"]["warnings"])


def test_a_guide_without_the_markers_is_told() -> None:
    with pytest.raises(DoublureError, match="markers"):
        with_table("nothing")
