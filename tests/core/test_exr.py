from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.exr import COMPRESSIONS, read_exr, read_header, write_exr
from doublure.core.frame import Attribute, Frame
from doublure.core.window import Window

METADATA = {
    "smpte:TimeCode": Attribute("timecode", (0x01020304, 0x55)),
    "FramesPerSecond": Attribute("rational", (24000, 1001)),
    "DateTime": Attribute("string", "2024:01:01 10:00:00"),
    "Artist": Attribute("string", "somebody"),
    "Copyright": Attribute("string", "the studio"),
    "ImageDescription": Attribute("string", "a comment\nof two lines, café"),
    "show/shot": Attribute("string", "abc_010"),
    "focalLength": Attribute("float", 35.0),
    "take": Attribute("int", 7),
    "notes": Attribute("string[2]", ("a", "b")),
    "lensOffset": Attribute("vector", (1.0, 2.0, 3.0)),
    "worldToCamera": Attribute("matrix", tuple(float(value) for value in range(16))),
    "smpte:KeyCode": Attribute("keycode", (1, 2, 3, 4, 5, 6, 7)),
}


def noise(channels: int, height: int, width: int) -> torch.Tensor:
    """Values that half holds exactly, below 0 and far above 1 included."""
    random = torch.Generator().manual_seed(3)
    return (torch.randn(channels, height, width, generator=random) * 10).half().float()


def plate(height: int = 14, width: int = 22, channels: tuple[str, ...] = ("R", "G", "B", "A")) -> Frame:
    data = Window(-5, -3, width - 5, height - 3)
    return Frame(
        noise(len(channels), height, width), channels, data, Window.of_size(12, 8), "ACEScg", number=1003
    )


def write_raw(path: Path, pixels: np.ndarray, kind: str = "float", **attributes: object) -> None:
    spec = oiio.ImageSpec(pixels.shape[1], pixels.shape[0], pixels.shape[2], oiio.TypeDesc(kind))
    for name, value in attributes.items():
        spec.attribute(name, value)
    sink = oiio.ImageOutput.create(str(path))
    assert sink.open(str(path), spec)
    assert sink.write_image(pixels)
    assert sink.close()


def test_reading_and_writing_twice_changes_nothing_at_all(tmp_path: Path) -> None:
    before = replace(
        plate(channels=("R", "G", "B", "A", "matte", "depth.Z")), pixel_aspect=2.0, metadata=METADATA
    )
    write_exr(tmp_path / "a.exr", before)
    first = read_exr(tmp_path / "a.exr", number=1003)
    write_exr(tmp_path / "b.exr", first)
    second = read_exr(tmp_path / "b.exr", number=1003)
    assert first.channels == before.channels
    assert torch.equal(first.pixels, before.pixels)
    assert (first.data, first.display, first.pixel_aspect) == (before.data, before.display, 2.0)
    assert {name: first.metadata[name] for name in METADATA} == METADATA
    assert torch.equal(second.pixels, first.pixels)
    assert replace(second, path=None, pixels=first.pixels) == replace(first, path=None)
    assert (tmp_path / "a.exr").read_bytes() == (tmp_path / "b.exr").read_bytes()


def test_equal_frames_give_equal_files_because_no_date_is_invented(tmp_path: Path) -> None:
    write_exr(tmp_path / "a.exr", plate())
    assert "DateTime" not in read_header(tmp_path / "a.exr").metadata
    assert b"capDate" not in (tmp_path / "a.exr").read_bytes()


def test_float_keeps_every_bit(tmp_path: Path) -> None:
    frame = plate().with_pixels(plate().pixels * 1.2345678 + 1e-7)
    write_exr(tmp_path / "a.exr", frame, half=False)
    assert torch.equal(read_exr(tmp_path / "a.exr").pixels, frame.pixels)
    assert set(read_header(tmp_path / "a.exr").formats) == {"float"}


def test_half_rounds_to_the_nearest_half(tmp_path: Path) -> None:
    frame = plate().with_pixels(plate().pixels * 1.2345678)
    write_exr(tmp_path / "a.exr", frame)
    assert torch.equal(read_exr(tmp_path / "a.exr").pixels, frame.pixels.half().float())


def test_half_holds_its_extremes_and_denormals(tmp_path: Path) -> None:
    frame = Frame.from_rgb(torch.tensor([65504.0, -65504.0, 6e-8]).half().float().reshape(3, 1, 1), "ACEScg")
    write_exr(tmp_path / "a.exr", frame)
    assert torch.equal(read_exr(tmp_path / "a.exr").pixels, frame.pixels)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 7), (129, 3), (64, 5), (65, 1)])
@pytest.mark.parametrize("channels", [("R", "G", "B"), ("R", "G", "B", "A"), ("matte",), ("A",)])
def test_any_size_and_channel_count_comes_back(
    tmp_path: Path, height: int, width: int, channels: tuple[str, ...]
) -> None:
    frame = plate(height, width, channels)
    write_exr(tmp_path / "a.exr", frame)
    back = read_exr(tmp_path / "a.exr")
    assert back.channels == channels
    assert torch.equal(back.pixels, frame.pixels)


@pytest.mark.parametrize("data", [Window(3, 2, 5, 4), Window(-50, -40, -48, -38), Window(100, 100, 102, 102)])
def test_data_windows_inside_and_outside_the_display_window_survive(tmp_path: Path, data: Window) -> None:
    frame = Frame(noise(3, 2, 2), ("R", "G", "B"), data, Window(1, 1, 11, 9), "ACEScg")
    write_exr(tmp_path / "a.exr", frame)
    back = read_exr(tmp_path / "a.exr")
    assert (back.data, back.display) == (frame.data, frame.display)


def test_permuted_views_write_as_their_values(tmp_path: Path) -> None:
    view = noise(6, 5, 4).permute(2, 1, 0)
    frame = Frame.from_rgb(view, "ACEScg")
    write_exr(tmp_path / "a.exr", frame)
    assert torch.equal(read_exr(tmp_path / "a.exr").pixels, view)


def test_float_depth_and_ids_stay_float_when_colour_is_half(tmp_path: Path) -> None:
    frame = plate(channels=("R", "G", "B", "depth.Z", "crypto00.red"))
    frame = frame.with_channel("depth.Z", torch.full((14, 22), 123456.78))
    write_exr(tmp_path / "a.exr", frame, half=False)
    first = read_exr(tmp_path / "a.exr")
    write_exr(tmp_path / "b.exr", first)
    back, header = read_exr(tmp_path / "b.exr"), read_header(tmp_path / "b.exr")
    assert torch.equal(back.channel("depth.Z"), frame.channel("depth.Z"))
    assert torch.equal(back.rgb, frame.rgb.half().float())
    formats = dict(zip(header.channels, header.formats, strict=True))
    assert formats == {"R": "half", "G": "half", "B": "half", "crypto00.red": "float", "depth.Z": "float"}
    assert b"doublure:" not in (tmp_path / "b.exr").read_bytes()


def test_infinite_depth_is_data_and_passes(tmp_path: Path) -> None:
    frame = plate(channels=("R", "G", "B", "Z")).with_channel("Z", torch.full((14, 22), float("inf")))
    write_exr(tmp_path / "a.exr", frame)
    assert read_exr(tmp_path / "a.exr").channel("Z").isinf().all()


@pytest.mark.parametrize("compression", [*COMPRESSIONS, "zip:9", "dwaa:60"])
def test_every_offered_compression_is_really_written(tmp_path: Path, compression: str) -> None:
    write_exr(tmp_path / "a.exr", plate(), compression=compression)
    assert read_header(tmp_path / "a.exr").compression == compression.partition(":")[0]


@pytest.mark.parametrize("compression", ["htj2k", "lzw", "", "ZIP"])
def test_an_unknown_compression_is_refused_not_replaced(tmp_path: Path, compression: str) -> None:
    with pytest.raises(DoublureError, match="there is no compression"):
        write_exr(tmp_path / "a.exr", plate(), compression=compression)
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("value", [65505.0, -70000.0, 1e30])
def test_a_value_beyond_half_is_refused_with_frame_and_remedy(tmp_path: Path, value: float) -> None:
    frame = plate()
    frame.pixels[1, 2, 3] = value
    with pytest.raises(DoublureError, match=r"frame 1003\): the channel G has 1 value .*write 32-bit float"):
        write_exr(tmp_path / "a.exr", frame)
    write_exr(tmp_path / "a.exr", frame, half=False)
    assert read_exr(tmp_path / "a.exr").pixels[1, 2, 3] == torch.tensor(value)


@pytest.mark.parametrize("half", [True, False])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_nan_and_infinity_are_refused_on_writing(tmp_path: Path, value: float, half: bool) -> None:
    frame = plate()
    frame.pixels[2, 2, 3] = value
    with pytest.raises(
        DoublureError, match=r"a.exr \(frame 1003\).*B is NaN or infinite in 1 pixel, first at \(-2, -1\)"
    ):
        write_exr(tmp_path / "a.exr", frame, half=half)
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("kind", ["half", "float"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_nan_and_infinity_are_refused_on_reading_with_count_and_place(
    tmp_path: Path, kind: str, value: float
) -> None:
    pixels = np.ones((70, 6, 3), np.float32)
    pixels[65:, 4, 1] = value
    write_raw(tmp_path / "a.exr", pixels, kind, colorInteropID="lin_ap1_scene")
    with pytest.raises(
        DoublureError,
        match=r"a.exr \(frame 7\).*G is NaN or infinite in 5 pixels, first at \(4, 65\)",
    ):
        read_exr(tmp_path / "a.exr", number=7)


def test_huge_finite_floats_are_not_mistaken_for_infinity(tmp_path: Path) -> None:
    frame = Frame.from_rgb(torch.full((3, 8, 8), 3e38), "ACEScg")
    write_exr(tmp_path / "a.exr", frame, half=False)
    assert torch.equal(read_exr(tmp_path / "a.exr").pixels, frame.pixels)


def test_a_truncated_file_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.exr"
    write_exr(path, plate(300, 40))
    path.write_bytes(path.read_bytes()[:-4000])
    with pytest.raises(DoublureError, match=r"frame 9\): .*truncated: render or copy it again"):
        read_exr(path, number=9)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x76\x2f\x31\x01\x02\x00\x00\x00"])
def test_what_is_no_exr_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.exr").write_bytes(content)
    with pytest.raises(DoublureError, match=r"a.exr \(frame 2\): the file cannot be"):
        read_exr(tmp_path / "a.exr", number=2)


def test_another_format_under_the_name_exr_is_named(tmp_path: Path) -> None:
    write_raw(tmp_path / "a.png", np.zeros((2, 2, 3), np.uint8), "uint8")
    (tmp_path / "a.png").rename(tmp_path / "a.exr")
    with pytest.raises(DoublureError, match="the file is png, not OpenEXR"):
        read_exr(tmp_path / "a.exr", space="ACEScg")


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match=r"none\.exr: there is no such file"):
        read_exr(tmp_path / "none.exr")


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="there is no such file"):
        read_exr(tmp_path)


def test_several_parts_are_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "a.exr")
    specs = tuple(oiio.ImageSpec(4, 4, count, oiio.HALF) for count in (3, 1))
    sink = oiio.ImageOutput.create(path)
    assert sink.open(path, specs)
    assert sink.write_image(np.ones((4, 4, 3), np.float16))
    assert sink.open(path, specs[1], "AppendSubimage")
    assert sink.write_image(np.ones((4, 4, 1), np.float16))
    assert sink.close()
    with pytest.raises(DoublureError, match="several parts; write its layers as one part"):
        read_exr(path, space="ACEScg")


def test_integer_channels_are_refused_because_floats_do_not_hold_them(tmp_path: Path) -> None:
    path = str(tmp_path / "a.exr")
    spec = oiio.ImageSpec(4, 4, 2, oiio.FLOAT)
    spec.channelnames = ("R", "id")
    spec.channelformats = (oiio.TypeDesc("half"), oiio.TypeDesc("uint"))
    sink = oiio.ImageOutput.create(path)
    assert sink.open(path, spec)
    assert sink.write_image(np.ones((4, 4, 2), np.float32))
    assert sink.close()
    with pytest.raises(DoublureError, match="the channel id holds uint numbers"):
        read_exr(path, space="ACEScg")


def test_tiled_files_read_like_scanline_ones(tmp_path: Path) -> None:
    path = str(tmp_path / "a.exr")
    spec = oiio.ImageSpec(70, 50, 3, oiio.HALF)
    spec.tile_width = spec.tile_height = 32
    values = noise(50, 70, 3).half()
    sink = oiio.ImageOutput.create(path)
    assert sink.open(path, spec)
    assert sink.write_image(values.numpy())
    assert sink.close()
    assert torch.equal(read_exr(path, space="ACEScg").pixels, values.float().permute(2, 0, 1))


def test_a_file_that_names_no_space_is_refused_until_one_is_named(tmp_path: Path) -> None:
    write_exr(tmp_path / "a.exr", plate(), interop=False)
    with pytest.raises(DoublureError, match="does not say its colour space"):
        read_exr(tmp_path / "a.exr")
    assert read_exr(tmp_path / "a.exr", space="Linear Rec.709 (sRGB)").space == "Linear Rec.709 (sRGB)"


def test_an_unknown_interop_id_is_refused(tmp_path: Path) -> None:
    write_raw(tmp_path / "a.exr", np.ones((2, 2, 3), np.float32), colorInteropID="lin_martian_scene")
    with pytest.raises(DoublureError, match="'lin_martian_scene'; name the space"):
        read_exr(tmp_path / "a.exr")


def test_an_unknown_space_is_refused_on_reading(tmp_path: Path) -> None:
    write_exr(tmp_path / "a.exr", plate())
    with pytest.raises(DoublureError, match="did you mean ACEScg"):
        read_exr(tmp_path / "a.exr", space="ACEScgg")


def test_the_id_follows_the_space_and_stale_colour_statements_are_dropped(tmp_path: Path) -> None:
    chromaticities = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
    path = str(tmp_path / "a.exr")
    spec = oiio.ImageSpec(2, 2, 3, oiio.HALF)
    spec.attribute("chromaticities", oiio.TypeDesc("float[8]"), chromaticities)
    spec.attribute("colorInteropID", "lin_rec709_scene")
    sink = oiio.ImageOutput.create(path)
    assert sink.open(path, spec)
    assert sink.write_image(np.ones((2, 2, 3), np.float16))
    assert sink.close()
    assert b"chromaticities" in Path(path).read_bytes()
    frame = read_exr(path)
    assert frame.space == "Linear Rec.709 (sRGB)"
    write_exr(tmp_path / "b.exr", replace(frame, space="ACEScg"))
    content = (tmp_path / "b.exr").read_bytes()
    assert read_header(tmp_path / "b.exr").interop_id == "lin_ap1_scene"
    assert b"chromaticities" not in content
    assert b"lin_rec709_scene" not in content


def test_what_the_reader_invents_is_not_written_back(tmp_path: Path) -> None:
    write_exr(tmp_path / "a.exr", plate())
    content = (tmp_path / "a.exr").read_bytes()
    metadata = read_header(tmp_path / "a.exr").metadata
    assert set(metadata) == {"screenWindowCenter", "screenWindowWidth"}
    assert b"oiio:" not in content


def test_an_existing_file_is_replaced_whole(tmp_path: Path) -> None:
    write_exr(tmp_path / "a.exr", plate(30, 30))
    write_exr(tmp_path / "a.exr", plate(2, 2))
    assert read_exr(tmp_path / "a.exr").data.width == 2
    assert os.listdir(tmp_path) == ["a.exr"]


def test_a_frame_without_pixels_is_refused(tmp_path: Path) -> None:
    empty = Frame(torch.zeros(3, 0, 4), ("R", "G", "B"), Window(0, 0, 4, 0), Window.of_size(4, 4), "ACEScg")
    with pytest.raises(DoublureError, match="the frame has no pixels"):
        write_exr(tmp_path / "a.exr", empty)


def test_pixels_with_a_gradient_are_written(tmp_path: Path) -> None:
    pixels = noise(3, 4, 4).requires_grad_()
    write_exr(tmp_path / "a.exr", Frame.from_rgb(pixels, "ACEScg"))
    assert torch.equal(read_exr(tmp_path / "a.exr").pixels, pixels.detach())
