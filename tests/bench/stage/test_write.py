"""The stage's files."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest

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


def test_the_same_pixels_are_the_same_file(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).random((6, 6, 3)).astype(np.float32)
    write_exr(tmp_path / "a.exr", pixels)
    time.sleep(1.1)
    write_exr(tmp_path / "b.exr", pixels)
    assert (tmp_path / "a.exr").read_bytes() == (tmp_path / "b.exr").read_bytes()


def test_a_light_beyond_half_float_is_not_written_as_infinity(tmp_path: Path) -> None:
    pixels = np.full((4, 4, 2), 1e6, np.float32)
    write_exr(tmp_path / "a.0001.exr", pixels, channels=("R", "Z"), full=("Z",))
    found = oiio.ImageBuf(str(tmp_path / "a.0001.exr")).get_pixels(oiio.FLOAT)
    assert found[..., 0].max() == 65504
    assert found[..., 1].max() == 1e6
