from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest

from doublure.core.errors import DoublureError
from doublure.core.scan.raw_frame import read_raw
from doublure.core.window import Window
from tests.core.scan.conftest import pixels, write


def test_pixels_come_as_the_file_holds_them(tmp_path: Path) -> None:
    values = pixels()
    values[2, 3, 0], values[4, 5, 1] = np.nan, np.inf
    found = read_raw(write(tmp_path / "a.exr", values), 1)
    assert found.half
    assert found.pixels.dtype == np.float16
    assert np.array_equal(found.pixels.transpose(1, 2, 0).view(np.int16), values.view(np.int16))


def test_float_files_stay_float(tmp_path: Path) -> None:
    values = pixels().astype(np.float32) * np.float32(1.0001)
    found = read_raw(write(tmp_path / "a.exr", values), 1)
    assert not found.half
    assert np.array_equal(found.pixels.transpose(1, 2, 0), values)


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.exr", pixels())
    assert read_raw(path, 1).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_header_says_what_a_delivery_asks(tmp_path: Path) -> None:
    attributes = {
        "smpte:TimeCode": ("timecode", (0x01020304, 0)),
        "FramesPerSecond": ("rational", (24000, 1001)),
        "doublure/key": "abc",
        "cameraModel": "a camera",
    }
    header = read_raw(
        write(tmp_path / "a.exr", pixels(), at=(-2, -1), compression="piz", **attributes), 1
    ).header
    assert header.compression == "piz"
    assert header.data == Window(-2, -1, 22, 15)
    assert header.display == Window(0, 0, 24, 16)
    assert header.timecode == "01:02:03:04"
    assert header.fps == Fraction(24000, 1001)
    assert header.own == {"key": "abc"}
    assert "cameraModel" in header.other
    assert header.space == "ACEScg"
    assert header.format_of("G") == "half"
    assert header.format_of("A") is None
    assert not header.lossy


def test_an_aces_container_names_its_space_without_an_id(tmp_path: Path) -> None:
    primaries = ("float[8]", (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767))
    said = {"colorInteropID": None, "compression": "none", "acesImageContainerFlag": 1}
    path = write(tmp_path / "a.exr", pixels(), chromaticities=primaries, **said)
    header = read_raw(path, 1).header
    assert header.aces_container
    assert header.space == "ACES2065-1"
    assert header.chromaticities == pytest.approx(primaries[1])


def test_dwa_is_lossy(tmp_path: Path) -> None:
    assert read_raw(write(tmp_path / "a.exr", pixels(), compression="dwaa:45"), 1).header.lossy


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.98])
def test_a_file_cut_short_is_an_error_that_names_its_frame(tmp_path: Path, keep: float) -> None:
    path = write(tmp_path / "a.exr", pixels())
    data = path.read_bytes()
    path.write_bytes(data[: int(keep if keep > 1 else keep * len(data))])
    with pytest.raises(DoublureError, match=r"a\.exr \(frame 7\)"):
        read_raw(path, 7)


def test_a_missing_file_and_another_format_are_errors(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="missing"):
        read_raw(tmp_path / "none.exr", 1)
    text = tmp_path / "text.exr"
    text.write_text("not a picture")
    with pytest.raises(DoublureError, match=r"cannot be read|not OpenEXR"):
        read_raw(text, 1)


def test_a_file_of_very_many_channels_is_read_whole(tmp_path: Path) -> None:
    names = ["R", "G", "B", *(f"aov{n:03d}" for n in range(200))]
    spec = oiio.ImageSpec(5, 4, len(names), oiio.HALF)
    spec.channelnames = tuple(names)
    values = np.random.default_rng(1).random((4, 5, len(names))).astype(np.float16)
    out = oiio.ImageOutput.create(str(tmp_path / "a.exr"))
    assert out.open(str(tmp_path / "a.exr"), spec)
    assert out.write_image(values)
    out.close()
    found = read_raw(tmp_path / "a.exr", 1)
    for name, plane in zip(names, values.transpose(2, 0, 1), strict=True):
        assert np.array_equal(found.channel(name), plane)
