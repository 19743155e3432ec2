"""The stage's files and command line."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest

from bench.stage.__main__ import default_workers, hero_span, main
from bench.stage.base.llvm import llvm_version
from bench.stage.settings import parse_span
from bench.stage.workers import report_progress
from bench.stage.write import remove_partials, timecode, write_exr
from doublure.core.errors import DoublureError


def test_frames_carry_windows_metadata_and_extra_channels(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).normal(1, 3, (6, 10, 4)).astype(np.float32)
    write_exr(
        tmp_path / "a.0001.exr",
        pixels,
        channels=("R", "G", "B", "matte"),
        origin=(-1, -1),
        display=(8, 4),
        attributes={"smpte:TimeCode": timecode(1001), "framesPerSecond": (24, 1), "doublure/take": "t"},
    )
    image = oiio.ImageBuf(str(tmp_path / "a.0001.exr"))
    spec = image.spec()
    assert (spec.x, spec.y, spec.full_width, spec.full_height) == (-1, -1, 8, 4)
    assert list(spec.channelnames) == ["R", "G", "B", "matte"]
    assert spec.getattribute("colorInteropID") == "lin_ap1_scene"
    assert spec.getattribute("doublure/take") == "t"
    assert np.allclose(image.get_pixels(oiio.FLOAT), pixels, rtol=1e-3, atol=1e-3)


def test_no_temporary_file_is_left(tmp_path: Path) -> None:
    write_exr(tmp_path / "a.0001.exr", np.ones((4, 4, 3), np.float32))
    assert [p.name for p in tmp_path.iterdir()] == ["a.0001.exr"]


def test_frame_1001_is_41_seconds_and_17_frames() -> None:
    assert timecode(1001)[0] == 0x00004117


@pytest.mark.parametrize(
    ("text", "numbers"), [("3", [3]), ("1-3", [1, 2, 3]), ("1,5-6", [1, 5, 6]), ("1-9x4", [1, 5, 9])]
)
def test_ranges_are_read(text: str, numbers: list[int]) -> None:
    assert parse_span(text) == numbers


def test_a_bad_range_is_one_sentence() -> None:
    with pytest.raises(DoublureError, match="write it like 1-160"):
        parse_span("x-3")


def test_missing_assets_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("mitsuba")
    status = main(
        ["cast", "--assets", str(tmp_path), "--out", str(tmp_path / "o"), "--people", "1", "--frames", "1"]
    )
    assert status == 1
    assert "ict_facekit.npz" in capsys.readouterr().err


TAKE = ["--driver-seed", "1", "--hero-seed", "2", "--frames", "1001", "--hero-frames", "0"]


def _told(capsys: pytest.CaptureFixture[str], words: list[str]) -> str:
    assert main(words) == 1
    told = capsys.readouterr().err.strip()
    assert len(told.splitlines()) == 1
    return told


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


def test_some_channels_can_be_full_floats(tmp_path: Path) -> None:
    pixels = np.full((4, 5, 2), 1.0001, np.float32)
    write_exr(tmp_path / "a.0001.exr", pixels, channels=("matte", "position.X"), full=("position.X",))
    image = oiio.ImageBuf(str(tmp_path / "a.0001.exr"))
    assert list(image.spec().channelnames) == ["matte", "position.X"]
    assert np.array_equal(image.get_pixels(oiio.FLOAT)[0, 0], np.float32([1.0, 1.0001]))


def test_a_picture_with_nan_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="NaN"):
        write_exr(tmp_path / "a.0001.exr", np.full((4, 4, 3), np.nan, np.float32))
    assert list(tmp_path.iterdir()) == []


def test_what_killed_runs_left_is_removed_but_not_what_is_being_written(tmp_path: Path) -> None:
    old, own = tmp_path / "a.0001.exr.4194999.partial", tmp_path / f"a.0002.exr.{os.getpid()}.partial"
    for file in (old, own, tmp_path / "a.0003.exr"):
        file.touch()
    remove_partials(tmp_path)
    assert not old.exists()
    assert own.exists()
    assert (tmp_path / "a.0003.exr").exists()


def test_progress_is_told_once_per_percent() -> None:
    lines: list[str] = []
    tell = report_progress(400, lines.append)
    for done in range(401):
        tell(done)
    assert lines[0] == "Progress: 0%\n"
    assert lines[-1] == "Progress: 100%\n"
    assert len(lines) == 101


@pytest.mark.parametrize(
    ("name", "version"), [("libLLVM.so.19.1", 19.1), ("libLLVM-16.so.1", 16), ("libLLVM.so", 0)]
)
def test_library_versions_are_read_from_names(name: str, version: float) -> None:
    assert llvm_version(name) == version


def test_the_same_pixels_are_the_same_file(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).random((6, 6, 3)).astype(np.float32)
    write_exr(tmp_path / "a.exr", pixels)
    time.sleep(1.1)
    write_exr(tmp_path / "b.exr", pixels)
    assert (tmp_path / "a.exr").read_bytes() == (tmp_path / "b.exr").read_bytes()


def test_there_is_a_worker_for_every_core_that_has_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1 <= default_workers() <= (os.cpu_count() or 1)
    monkeypatch.setattr("bench.stage.__main__.WORKER_BYTES", 1e18)
    assert default_workers() == 1
