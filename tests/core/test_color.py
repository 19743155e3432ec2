from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from doublure.core.color import (
    CONFIG,
    WORKING,
    acescct_encode,
    config,
    convert,
    interop_id_of_space,
    resolve_space,
    space_of_interop_id,
    to_working,
)
from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.core.window import Window


def colour(channels: int = 3, space: str = WORKING, height: int = 5, width: int = 7) -> Frame:
    pixels = torch.randn(channels, height, width, generator=torch.Generator().manual_seed(1)) * 4
    if channels == 4:
        pixels[3] = 1.0
    return Frame.from_rgb(pixels, space)


def test_converting_to_its_own_space_returns_the_very_pixels() -> None:
    frame = colour()
    assert convert(frame, "ACEScg").pixels is frame.pixels
    assert convert(frame, "lin_ap1").pixels is frame.pixels
    assert convert(replace(frame, space="ACES - ACEScg"), "ACEScg").space == "ACEScg"


@pytest.mark.parametrize("channels", [3, 4])
def test_conversion_matches_the_closed_form_and_leaves_its_input_alone(channels: int) -> None:
    frame = colour(channels)
    before = frame.pixels.clone()
    out = convert(frame, "ACEScct")
    assert out.space == "ACEScct"
    assert torch.allclose(out.rgb, acescct_encode(frame.rgb), atol=3e-6)
    assert torch.equal(frame.pixels, before)


def test_there_and_back_is_the_same_below_0_and_far_above_1() -> None:
    frame = colour(4)
    frame.pixels[0, 0, 0] = 40.0
    back = to_working(convert(frame, "ACEScct"))
    assert torch.allclose(back.pixels, frame.pixels, rtol=1e-4, atol=1e-5)


def test_linear_conversion_keeps_highlights_and_negatives() -> None:
    white = Frame.from_rgb(torch.full((3, 2, 2), 40.0), "Linear Rec.709 (sRGB)")
    assert torch.allclose(to_working(white).rgb, torch.tensor(40.0), rtol=1e-4)
    blue = Frame.from_rgb(torch.tensor([0.0, 0.0, 1.0]).reshape(3, 1, 1), "ACEScg")
    assert float(convert(blue, "Linear Rec.709 (sRGB)").rgb.min()) < 0


def test_alpha_and_extra_channels_are_untouched_bit_for_bit() -> None:
    window = Window.of_size(7, 5)
    pixels = torch.randn(6, 5, 7, generator=torch.Generator().manual_seed(2))
    frame = Frame(pixels, ("B", "matte", "R", "A", "G", "depth.Z"), window, window, WORKING)
    out = convert(frame, "ACEScct")
    assert out.channels == frame.channels
    for name in ("matte", "A", "depth.Z"):
        assert torch.equal(out.channel(name), frame.channel(name))


def test_partly_covered_colour_is_converted_unpremultiplied() -> None:
    straight, alpha = torch.full((3, 1, 4), 0.5), torch.tensor([1e-3, 0.25, 0.75, 1.0])
    frame = Frame.from_rgb(torch.cat([straight * alpha, alpha.reshape(1, 1, 4)]), WORKING)
    out = convert(frame, "ACEScct")
    assert torch.allclose(out.rgb / alpha, acescct_encode(straight), rtol=1e-4)


def test_alpha_0_keeps_black_black_and_converts_emission_as_it_is() -> None:
    pixels = torch.zeros(4, 1, 2)
    pixels[:3, 0, 1] = 2.0
    out = convert(Frame.from_rgb(pixels, WORKING), "ACEScct")
    assert out.rgb[:, 0, 0].eq(0).all()
    assert torch.allclose(out.rgb[:, 0, 1], acescct_encode(torch.full((3,), 2.0)), atol=1e-6)


def test_alpha_above_1_is_taken_as_covered() -> None:
    pixels = torch.full((4, 1, 1), 2.0)
    assert torch.allclose(convert(Frame.from_rgb(pixels, WORKING), "ACEScct").rgb, acescct_encode(pixels[:3]))


def test_permuted_and_broadcast_pixels_convert_like_contiguous_ones() -> None:
    frame = colour(4)
    view = frame.pixels.permute(1, 2, 0).contiguous().permute(2, 0, 1)
    assert torch.equal(convert(frame.with_pixels(view), "ACEScct").pixels, convert(frame, "ACEScct").pixels)
    flat = Frame.from_rgb(torch.full((1, 1, 1), 0.5).expand(3, 4, 4), WORKING)
    assert convert(flat, "ACEScct").rgb.unique().numel() == 1
    assert flat.pixels.eq(0.5).all()


def test_one_pixel_converts() -> None:
    frame = Frame.from_rgb(torch.full((3, 1, 1), 0.18), WORKING)
    assert float(convert(frame, "ACEScct").pixels[0, 0, 0]) == pytest.approx(0.4135884, abs=1e-5)


def test_a_frame_without_colour_only_changes_its_spaces_name() -> None:
    window = Window.of_size(2, 2)
    matte = Frame(torch.rand(1, 2, 2), ("matte",), window, window, WORKING)
    out = convert(matte, "ACEScct")
    assert out.pixels is matte.pixels
    assert out.space == "ACEScct"


def test_incomplete_colour_is_a_sentence() -> None:
    window = Window.of_size(2, 2)
    with pytest.raises(DoublureError, match="there is no channel G"):
        convert(Frame(torch.rand(1, 2, 2), ("R",), window, window, WORKING), "ACEScct")


def test_data_is_never_converted() -> None:
    data = colour(3, "Raw")
    assert to_working(data) is data
    with pytest.raises(DoublureError, match="data space Raw"):
        convert(colour(), "Raw")


@pytest.mark.parametrize(("name", "close"), [("acescgg", "ACEScg"), ("Linear ARRI Wide Gamut", "Gamut 4")])
def test_an_unknown_space_names_the_close_ones(name: str, close: str) -> None:
    with pytest.raises(DoublureError, match=close):
        convert(colour(), name)


def test_nothing_close_still_has_a_remedy() -> None:
    with pytest.raises(DoublureError, match=r"'zzzz' in the colour configuration; .+\."):
        resolve_space("zzzz")


@pytest.mark.parametrize(
    ("space", "interop_id"),
    [
        ("ACEScg", "lin_ap1_scene"),
        ("ACES2065-1", "lin_ap0_scene"),
        ("Linear Rec.709 (sRGB)", "lin_rec709_scene"),
        ("sRGB Encoded Rec.709 (sRGB)", "srgb_rec709_scene"),
        ("ACEScct", "ocio:acescct_ap1_scene"),
        ("Raw", "data"),
    ],
)
def test_interop_ids_and_spaces_name_each_other(space: str, interop_id: str) -> None:
    assert interop_id_of_space(space) == interop_id
    assert space_of_interop_id(interop_id) == space


def test_every_space_with_an_id_is_found_again_by_it() -> None:
    for space in config().getColorSpaceNames():
        interop_id = interop_id_of_space(space)
        assert interop_id is None or space_of_interop_id(interop_id) == space


@pytest.mark.parametrize("interop_id", ["unknown", "lin_martian_scene", ""])
def test_an_unknown_id_has_no_space(interop_id: str) -> None:
    assert space_of_interop_id(interop_id) is None


def test_the_configuration_is_pinned_and_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCIO", raising=False)
    assert "studio-config-v4.0.0_aces-v2.0_ocio-v2.5" in CONFIG
    assert config() is config()


def test_the_users_configuration_is_used_where_it_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.ocio"
    path.write_text(
        "ocio_profile_version: 2\nroles: {default: house}\n"
        "file_rules:\n  - !<Rule> {name: Default, colorspace: house}\n"
        "displays:\n  d:\n    - !<View> {name: v, colorspace: house}\n"
        "colorspaces:\n  - !<ColorSpace> {name: house, aliases: [lin_ap1_scene]}\n"
    )
    monkeypatch.setenv("OCIO", str(path))
    assert list(config().getColorSpaceNames()) == ["house"]
    assert space_of_interop_id("lin_ap1_scene") == "house"
    assert interop_id_of_space("house") == "lin_ap1_scene"


def test_a_broken_configuration_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCIO", str(tmp_path / "none.ocio"))
    with pytest.raises(DoublureError, match=r"none.ocio: the colour configuration cannot be loaded"):
        config()
