"""The stage's command line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.stage.__main__ import default_workers, hero_span, main

TAKE = ["--driver-seed", "1", "--hero-seed", "2", "--frames", "1001", "--hero-frames", "0"]


def _told(capsys: pytest.CaptureFixture[str], words: list[str]) -> str:
    assert main(words) == 1
    told = capsys.readouterr().err.strip()
    assert len(told.splitlines()) == 1
    return told


def test_missing_assets_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("mitsuba")
    status = main(
        ["cast", "--assets", str(tmp_path), "--out", str(tmp_path / "o"), "--people", "1", "--frames", "1"]
    )
    assert status == 1
    assert "ict_facekit.npz" in capsys.readouterr().err


def test_a_take_without_assets_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("mitsuba")
    words = ["--assets", str(tmp_path), "--out", str(tmp_path / "o"), *TAKE]
    assert "ict_facekit.npz" in _told(capsys, words)


def test_the_assets_can_be_named_by_the_environment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("mitsuba")
    monkeypatch.setenv("DOUBLURE_STAGE_ASSETS", str(tmp_path / "there"))
    assert "there" in _told(capsys, ["--out", str(tmp_path / "o"), *TAKE])


def test_a_missing_mitsuba_is_told_with_the_extra(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "doublure[stage]" in _told(capsys, ["--out", str(tmp_path), *TAKE])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--take", "dance"], "there is no take 'dance'"),
        (["--frames", "9-1"], "lower number first"),
        (["--frames", "abc"], "not a range"),
        (["--size", "5"], "size of 5"),
        (["--samples", "0"], "too few"),
        (["--shutter", "2"], "shutter"),
        (["--workers", "0"], "workers"),
        (["--driver-seed", "x"], "driver-seed"),
        (["--what"], "--what"),
    ],
)
def test_bad_words_are_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert message in _told(capsys, ["--out", str(tmp_path), *TAKE, *words])


@pytest.mark.parametrize(("text", "count"), [("24", 24), ("0", 0), ("", 0), ("3-5", 3)])
def test_hero_frames_are_a_count_or_a_range(text: str, count: int) -> None:
    assert len(hero_span(text)) == count


def test_there_is_a_worker_for_every_core_that_has_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1 <= default_workers() <= (os.cpu_count() or 1)
    monkeypatch.setattr("bench.stage.__main__.WORKER_BYTES", 1e18)
    assert default_workers() == 1
