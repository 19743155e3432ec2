"""Pixels on their way to the service and back: any bounds, rows, scales and channels."""

from __future__ import annotations

import numpy as np
import pytest

from tests.nodes.ofx.conftest import MakeHost
from tests.nodes.ofx.driver import OK, UNTOUCHED, FakeService, Pixels


def picture(height: int, width: int, channels: int = 4, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).uniform(-1, 40, (height, width, channels)).astype(np.float32)


def doubled(pixels: Pixels) -> Pixels:
    result = pixels * np.float32(2)
    result[..., 3:] = pixels[..., 3:]
    return result


@pytest.mark.parametrize("negative", [0, 1])
@pytest.mark.parametrize("padding", [0, 20])
@pytest.mark.parametrize(("width", "height"), [(64, 48), (1, 1), (7, 5), (33, 1)])
def test_a_picture_comes_back_pixel_for_pixel(
    host: MakeHost, fake: FakeService, negative: int, padding: int, width: int, height: int
) -> None:
    started = host(negative_rows=negative, padding=padding, width=width, height=height)
    pixels = picture(height, width)
    instance, box = started.swap(pixels)
    status, result = started.render(instance, box)
    assert status == OK
    np.testing.assert_array_equal(result, doubled(pixels))


def test_overscan_lies_outside_the_display_window(host: MakeHost, fake: FakeService) -> None:
    started = host(width=64, height=48)
    pixels = picture(48 + 11 + 5, 64 + 21 + 8)
    instance, box = started.swap(pixels, at=(-21, -11))
    status, result = started.render(instance, box)
    assert status == OK
    np.testing.assert_array_equal(result, doubled(pixels))
    sent = fake.last("render")["inputs"][0]
    assert sent["display"] == [0, 0, 64, 48]
    # 5 rows above the display window, 11 below; y down.
    assert sent["data"] == [-21, -5, 72, 59]
    assert fake.last("render")["output"]["window"] == [-21, -5, 72, 59]


def test_a_plate_that_is_smaller_than_the_project_has_its_own_display_window(
    host: MakeHost, fake: FakeService
) -> None:
    started = host(width=200, height=100)
    instance, box = started.swap(picture(48, 64))
    started.render(instance, box)
    sent = fake.last("render")["inputs"][0]
    assert sent["display"] == sent["data"] == [0, 0, 64, 48]


def test_the_clips_own_format_goes_before_the_project(host: MakeHost, fake: FakeService) -> None:
    started = host(width=200, height=100)
    instance, box = started.swap(picture(50, 70), at=(-3, -1))
    started.command("clipset", instance, "Source", "OfxImageClipPropFormat", "i", 0, 0, 64, 48)
    started.render(instance, box)
    sent = fake.last("render")["inputs"][0]
    assert sent["display"] == [0, 0, 64, 48]
    assert sent["data"] == [-3, -1, 67, 49]


def test_without_a_project_the_region_of_definition_is_the_display_window(
    host: MakeHost, fake: FakeService
) -> None:
    started = host(project=0)
    instance, box = started.swap(picture(20, 30), at=(5, 9))
    started.render(instance, box)
    sent = fake.last("render")["inputs"][0]
    assert sent["display"] == sent["data"] == [0, 0, 30, 20]


@pytest.mark.parametrize("options", [{}, {"no_picture_region": 1}, {"pixel_regions": 1}])
@pytest.mark.parametrize("project", [0, 1])
def test_at_half_scale_the_display_window_is_half_as_large_whatever_the_host_means_by_regions(
    host: MakeHost, fake: FakeService, options: dict[str, int], project: int
) -> None:
    """Where they are wrongly in pixels, the project's size is too."""
    by = 2 if "pixel_regions" in options else 1
    started = host(width=64 // by, height=48 // by, project=project, **options)
    instance, box = started.swap(picture(24, 32), scale=0.5)
    assert started.render(instance, box, scale=0.5)[0] == OK
    sent = fake.last("render")["inputs"][0]
    assert sent["display"] == sent["data"] == [0, 0, 32, 24]


@pytest.mark.parametrize("no_region", [0, 1])
def test_a_proxy_with_overscan_has_the_projects_display_window(
    host: MakeHost, fake: FakeService, no_region: int
) -> None:
    started = host(width=64, height=48, no_picture_region=no_region)
    instance, box = started.swap(picture(26, 34), at=(-1, -1), scale=0.5)
    assert started.render(instance, box, scale=0.5)[0] == OK
    assert fake.last("render")["inputs"][0]["display"] == [0, 0, 32, 24]


def test_at_half_scale_windows_are_half_as_large(host: MakeHost, fake: FakeService) -> None:
    started = host(width=64, height=48)
    instance, box = started.swap(picture(26, 34), at=(-1, -1), scale=0.5)
    status, _ = started.render(instance, box, scale=0.5)
    assert status == OK
    request = fake.last("render")
    assert request["scale"] == 0.5
    assert request["inputs"][0]["display"] == [0, 0, 32, 24]
    assert request["inputs"][0]["data"] == [-1, -1, 33, 25]


def test_only_the_render_window_is_written(host: MakeHost, fake: FakeService) -> None:
    started = host()
    pixels = picture(48, 64)
    instance, box = started.swap(pixels)
    status, result = started.render(instance, box, window=(10, 8, 30, 20))
    assert status == OK
    expected = np.full_like(pixels, UNTOUCHED)
    expected[48 - 20 : 48 - 8, 10:30] = doubled(pixels)[48 - 20 : 48 - 8, 10:30]
    np.testing.assert_array_equal(result, expected)


def test_an_empty_render_window_is_no_work(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance, box = started.swap(picture(8, 8))
    status, result = started.render(instance, box, window=(3, 3, 3, 6))
    assert status == OK
    assert (result == UNTOUCHED).all()
    assert fake.starts == 0


def test_rgb_comes_back_as_rgb(host: MakeHost, fake: FakeService) -> None:
    started = host()
    pixels = picture(48, 64, 3)
    instance, box = started.swap(pixels)
    status, result = started.render(instance, box, channels=3)
    assert status == OK
    np.testing.assert_array_equal(result, pixels * np.float32(2))
    assert fake.last("render")["inputs"][0]["channels"] == ["R", "G", "B"]


def test_a_result_with_alpha_can_be_made_of_rgb(host: MakeHost, fake: FakeService) -> None:
    started = host()
    pixels = picture(48, 64, 3)
    instance, box = started.swap(pixels)
    status, result = started.render(instance, box, channels=4)
    assert status == OK
    np.testing.assert_array_equal(result[..., :3], pixels * np.float32(2))
    assert (result[..., 3] == 1).all()


def test_a_picture_that_the_service_passes_through_is_taken_from_where_it_lies(
    host: MakeHost, fake: FakeService
) -> None:
    fake.set_mode("passes")
    started = host(negative_rows=1)
    pixels = picture(48, 64)
    instance, box = started.swap(pixels)
    status, result = started.render(instance, box)
    assert status == OK
    np.testing.assert_array_equal(result, pixels)


@pytest.mark.parametrize("channels", [1, 4])
def test_a_matte_is_one_plane_whatever_its_rows(host: MakeHost, fake: FakeService, channels: int) -> None:
    """Some hosts give an Alpha picture rows as long as RGBA's."""
    fake.set_mode("matte")
    started = host(padding=16 * 12)
    instance = started.create("blend")
    box = started.connect(instance, "Source", picture(12, 16))
    started.connect(instance, "Face", picture(12, 16, seed=1))
    matte = picture(12, 16, channels, seed=2)
    started.connect(instance, "Occlusion", matte)
    status, result = started.render(instance, box)
    assert status == OK
    for channel in range(4):
        np.testing.assert_array_equal(result[..., channel], matte[..., -1])
    inputs = fake.last("render")["inputs"]
    assert [item["name"] for item in inputs] == ["plate", "face", "occlusion"]
    assert inputs[2]["channels"] == ["A"]


def test_every_input_is_handed_over_in_the_window_of_source(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance = started.create("blend")
    box = started.connect(instance, "Source", picture(48, 64))
    started.connect(instance, "Face", picture(10, 100, seed=1), at=(-20, 30))
    assert started.render(instance, box)[0] == OK
    inputs = fake.last("render")["inputs"]
    assert inputs[0]["data"] == inputs[1]["data"] == [0, 0, 64, 48]


def test_infinities_and_not_a_number_survive(host: MakeHost, fake: FakeService) -> None:
    started = host()
    pixels = picture(4, 4)
    pixels[0, 0, :3] = (np.inf, -np.inf, np.nan)
    instance, box = started.swap(pixels)
    _, result = started.render(instance, box)
    np.testing.assert_array_equal(result, doubled(pixels))
