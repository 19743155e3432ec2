from __future__ import annotations

import numpy as np
import pytest
import torch

from doublure.core.color import convert
from doublure.core.errors import DoublureError
from doublure.core.face.view import detector_view
from doublure.core.frame import Frame
from doublure.core.window import Window


def plate(height: int = 40, width: int = 60, seed: int = 1, **rest) -> Frame:
    rng = np.random.default_rng(seed)
    rgb = torch.from_numpy(rng.uniform(0.02, 0.9, (3, height, width)).astype(np.float32))
    return Frame.from_rgb(rgb, "ACEScg", **rest)


def test_the_picture_is_8_bit_rgb_of_the_data_window():
    pixels, *_ = detector_view(plate())
    assert pixels.dtype == np.uint8
    assert pixels.shape == (40, 60, 3)


@pytest.mark.parametrize("stops", [-8, -3, 4, 9])
def test_exposure_does_not_show(stops):
    frame = plate()
    other = frame.with_rgb(frame.rgb * 2.0**stops)
    a, b = detector_view(frame).pixels, detector_view(other).pixels
    assert np.abs(a.astype(int) - b).max() <= 1


def test_a_highlight_of_40_does_not_darken_the_rest():
    frame = plate()
    rgb = frame.rgb.clone()
    rgb[:, 0:4, 0:4] = 40.0
    a, b = detector_view(frame).pixels, detector_view(frame.with_rgb(rgb)).pixels
    assert np.abs(a[5:].astype(int) - b[5:]).max() <= 3
    assert (b[:4, :4] == 255).all()


def test_a_black_surround_does_not_lighten_the_rest():
    frame = plate()
    boxed = torch.zeros(3, 80, 120)
    boxed[:, 20:60, 30:90] = frame.rgb
    a, b = detector_view(frame).pixels, detector_view(Frame.from_rgb(boxed, "ACEScg")).pixels
    assert np.abs(a.astype(int) - b[20:60, 30:90]).max() <= 1


def test_negative_values_and_black_frames_are_pictures_too():
    assert detector_view(Frame.from_rgb(torch.full((3, 5, 7), -0.2), "ACEScg")).pixels.max() == 0
    assert detector_view(Frame.from_rgb(torch.zeros(3, 1, 1), "ACEScg")).pixels.shape == (1, 1, 3)


def test_grey_stays_grey_and_middle_grey_is_middle_grey():
    pixels = detector_view(Frame.from_rgb(torch.full((3, 4, 4), 0.03), "ACEScg")).pixels
    assert np.unique(pixels).tolist() == [118]


def test_the_plate_is_not_changed():
    frame = plate()
    before = frame.pixels.clone()
    detector_view(frame)
    assert torch.equal(frame.pixels, before)


def test_a_log_plate_gives_the_same_picture():
    frame = plate()
    a, b = detector_view(frame).pixels, detector_view(convert(frame, "ACEScct")).pixels
    assert np.abs(a.astype(int) - b).max() <= 1


def test_other_channels_are_looked_past():
    frame = plate()
    more = frame.with_channel("A", torch.ones(40, 60)).with_channel("depth", torch.full((40, 60), 1e6))
    np.testing.assert_array_equal(detector_view(more).pixels, detector_view(frame).pixels)


def test_a_plate_without_colour_is_refused():
    window = Window.of_size(4, 4)
    frame = Frame(torch.zeros(1, 4, 4), ("Y",), window, window, "ACEScg", number=12)
    with pytest.raises(DoublureError, match="frame 12"):
        detector_view(frame)


def test_the_spot_meter_exposes_for_its_window():
    rgb = torch.full((3, 40, 60), 8.0)
    rgb[:, 10:20, 30:50] = 0.05
    pixels = detector_view(Frame.from_rgb(rgb, "ACEScg"), meter=Window(30, 10, 50, 20)).pixels
    assert (pixels[10:20, 30:50] == 118).all()


@pytest.mark.parametrize("window", [Window(100, 100, 120, 120), Window(5, 5, 5, 9)])
def test_a_window_off_the_plate_counts_as_none(window):
    frame = plate()
    whole = detector_view(frame).pixels
    np.testing.assert_array_equal(detector_view(frame, meter=window).pixels, whole)
    np.testing.assert_array_equal(detector_view(frame, region=window).pixels, whole)


@pytest.mark.parametrize("aspect", [1.0, 2.0, 0.5, 1.3])
def test_coordinates_go_to_the_plate_and_back(aspect):
    frame = plate(pixel_aspect=aspect)
    moved = Frame(
        frame.pixels, frame.channels, Window(-7, -5, 53, 35), Window.of_size(46, 30), "ACEScg", aspect
    )
    pixels, mapping, _ = detector_view(moved)
    corners = np.array([[0, 0, 0], [pixels.shape[1], pixels.shape[0], 4.0]])
    np.testing.assert_allclose(mapping.to_plate(corners)[:, :2], [(-7, -5), (53, 35)])
    np.testing.assert_allclose(mapping.to_view(mapping.to_plate(corners)), corners)
    assert pixels.shape[1] / pixels.shape[0] == pytest.approx(60 / 40 * aspect, rel=0.02)


def test_a_region_shows_its_pixels_and_knows_where_they_are():
    frame = plate()
    whole = detector_view(frame, meter=Window(10, 8, 30, 20))
    part = detector_view(frame, region=Window(10, 8, 30, 20))
    np.testing.assert_array_equal(part.pixels, whole.pixels[8:20, 10:30])
    np.testing.assert_allclose(part.mapping.to_plate(np.zeros(2)), (10, 8))


def test_a_large_region_is_averaged_down_and_still_maps_to_the_plate():
    rgb = torch.full((3, 300, 400), 0.18)
    rgb[:, 100:200, 300:400] = 0.9
    frame = Frame.from_rgb(rgb, "ACEScg")
    view = detector_view(frame, region=Window(200, 100, 400, 200), longest=50)
    assert view.pixels.shape == (25, 50, 3)
    np.testing.assert_allclose(view.mapping.to_plate(np.array([25.0, 12.5])), (300, 150))
    np.testing.assert_allclose(view.mapping.to_view(np.array([400.0, 200.0])), (50, 25))
    assert view.pixels[12, 20, 0] < view.pixels[12, 30, 0]


def test_a_small_region_is_never_enlarged():
    frame = Frame.from_rgb(torch.full((3, 30, 40), 0.18), "ACEScg")
    assert detector_view(frame, longest=500).pixels.shape == (30, 40, 3)
