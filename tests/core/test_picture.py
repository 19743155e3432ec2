from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import OpenImageIO as oiio
import pytest
import torch

from doublure.core.color import resolve_space
from doublure.core.errors import DoublureError
from doublure.core.exr import write_exr
from doublure.core.frame import Frame
from doublure.core.picture import pixels_digest, read_picture
from doublure.core.sequence import Sequence
from doublure.core.swap.faceset import pictures_digest

TEXTURE = "sRGB - Texture"


def still(path: Path, pixels: np.ndarray, **attributes: int) -> Path:
    """An 8-bit picture of (H, W, C) values."""
    spec = oiio.ImageSpec(pixels.shape[1], pixels.shape[0], pixels.shape[2], "uint8")
    for name, value in attributes.items():
        spec.attribute(name, value)
    out = oiio.ImageOutput.create(str(path))
    out.open(str(path), spec)
    out.write_image(pixels)
    out.close()
    return path


@pytest.fixture
def ramp() -> np.ndarray:
    return np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg"])
def test_a_still_is_read_in_the_space_it_is_declared_to_be_in(
    tmp_path: Path, ramp: np.ndarray, suffix: str
) -> None:
    frame = read_picture(still(tmp_path / f"a.{suffix}", ramp), space=TEXTURE, number=7)
    assert frame.space == resolve_space(TEXTURE)
    assert frame.number == 7
    assert tuple(frame.rgb.shape) == (3, 4, 6)
    if suffix != "jpg":
        assert torch.allclose(frame.rgb, torch.from_numpy(ramp).permute(2, 0, 1) / 255, atol=1e-6)


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg"])
def test_a_still_without_a_space_is_refused_with_the_option_that_helps(
    tmp_path: Path, ramp: np.ndarray, suffix: str
) -> None:
    with pytest.raises(DoublureError, match=r"does not say its colour space; name it with --space"):
        read_picture(still(tmp_path / f"a.{suffix}", ramp))


def test_the_space_that_an_exr_names_comes_before_the_declared_one(tmp_path: Path) -> None:
    write_exr(tmp_path / "a.exr", Frame.from_rgb(torch.rand(3, 4, 4), "ACEScg"))
    assert read_picture(tmp_path / "a.exr", space=TEXTURE).space == "ACEScg"


def test_an_exr_that_names_none_has_the_declared_one(tmp_path: Path) -> None:
    write_exr(tmp_path / "a.exr", Frame.from_rgb(torch.rand(3, 4, 4), "ACEScg"), interop=False)
    assert read_picture(tmp_path / "a.exr", space="ACES2065-1").space == "ACES2065-1"
    with pytest.raises(DoublureError, match="does not say its colour space"):
        read_picture(tmp_path / "a.exr")


def test_a_picture_is_turned_as_the_camera_was_held(tmp_path: Path, ramp: np.ndarray) -> None:
    frame = read_picture(still(tmp_path / "a.tif", ramp, Orientation=6), space=TEXTURE)
    assert tuple(frame.rgb.shape) == (3, 6, 4)
    turned = cv2.rotate(ramp, cv2.ROTATE_90_CLOCKWISE)
    assert torch.allclose(frame.rgb, torch.from_numpy(turned).permute(2, 0, 1) / 255, atol=1e-6)


def test_transparency_does_not_darken_the_colour(tmp_path: Path) -> None:
    pixels = np.full((4, 4, 4), 200, np.uint8)
    pixels[..., 3] = 10
    frame = read_picture(still(tmp_path / "a.png", pixels, **{"oiio:UnassociatedAlpha": 1}), space=TEXTURE)
    assert torch.allclose(frame.rgb, torch.full((3, 4, 4), 200 / 255))


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_a_picture_cut_short_is_named(tmp_path: Path, suffix: str) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
    path = still(tmp_path / f"a.{suffix}", pixels)
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(DoublureError, match=rf"a\.{suffix}: the picture cannot be read"):
        read_picture(path, space=TEXTURE)


def test_a_grey_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="grey"):
        read_picture(still(tmp_path / "a.png", np.zeros((4, 4, 1), np.uint8)), space=TEXTURE)


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match=r"\.gif is no kind of picture"):
        read_picture(tmp_path / "a.gif")


def test_a_picture_is_named_as_records_name_a_sequence_of_it(tmp_path: Path) -> None:
    write_exr(tmp_path / "a.exr", Frame.from_rgb(torch.rand(3, 4, 4), "ACEScg"))
    frame = read_picture(tmp_path / "a.exr")
    assert pixels_digest(frame) == pictures_digest([Sequence.parse(tmp_path / "a.exr")])
