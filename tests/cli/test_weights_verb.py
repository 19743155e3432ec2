from __future__ import annotations

import json
from pathlib import Path

import pytest

from doublure.cli.main import main
from doublure.core.weights import PACKS


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No weights, and nothing is downloaded."""
    monkeypatch.setenv("DOUBLURE_WEIGHTS", str(tmp_path))


def test_list_tells_every_file_and_that_it_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["weights"]
    assert {row["pack"] for row in rows} == set(PACKS)
    assert not any(row["present"] for row in rows)


def test_fetch_that_cannot_be_done_exits_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "fetch"]) == 1
    assert "weight file is not there" in capsys.readouterr().err


def test_an_unknown_pack_exits_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "fetch", "nothing"]) == 1
    assert "no weight pack nothing" in capsys.readouterr().err
