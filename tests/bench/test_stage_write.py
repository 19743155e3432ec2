"""The stage's files and command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest

from bench.stage.__main__ import main
from bench.stage.llvm import llvm_version
from bench.stage.settings import parse_span
from bench.stage.write import timecode, write_exr
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
    status = main(
        ["cast", "--assets", str(tmp_path), "--out", str(tmp_path / "o"), "--people", "1", "--frames", "1"]
    )
    assert status == 1
    assert "ict_facekit.npz" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "version"), [("libLLVM.so.19.1", 19.1), ("libLLVM-16.so.1", 16), ("libLLVM.so", 0)]
)
def test_library_versions_are_read_from_names(name: str, version: float) -> None:
    assert llvm_version(name) == version
