from __future__ import annotations

import os
from pathlib import Path

import pytest

from doublure.nodes.service.colour import configured, own


@pytest.mark.parametrize(("value", "inside"), [("/b.ocio", "/b.ocio"), ("", None), (None, "/a.ocio")])
def test_the_configuration_holds_within_the_block_alone(
    monkeypatch: pytest.MonkeyPatch, value: str | None, inside: str | None
) -> None:
    monkeypatch.setenv("OCIO", "/a.ocio")
    with configured(value):
        assert os.environ.get("OCIO") == inside
    assert os.environ["OCIO"] == "/a.ocio"


def test_what_was_not_set_is_unset_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCIO", raising=False)
    with configured("/b.ocio"):
        assert own() == "/b.ocio"
    assert own() == ""


def test_a_relative_path_is_made_whole_and_a_built_in_name_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OCIO", "show.ocio")
    assert own() == str(tmp_path / "show.ocio")
    monkeypatch.setenv("OCIO", "ocio://default")
    assert own() == "ocio://default"
