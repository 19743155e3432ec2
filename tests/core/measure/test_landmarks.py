from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from doublure.core import weights
from doublure.core.errors import DoublureError
from doublure.core.exr import read_exr
from doublure.core.face.topology import NOSE_TIP
from doublure.core.frame import Frame
from doublure.core.measure.landmarks import inter_ocular, track_points
from doublure.core.window import Window

NETWORKS = all(state.present for state in weights.listing())
pytestmark = pytest.mark.skipif(
    not NETWORKS, reason="the detector weights are absent (doublure weights fetch)"
)


@pytest.fixture(scope="module")
def face() -> Frame:
    """A 192-pixel frame, ACEScg, with one upright face about 100 pixels wide."""
    return read_exr(Path(__file__).parents[2] / "data" / "face.exr")


@pytest.fixture(scope="module")
def tracked(face):
    return track_points([face])[0]


def shifted(frame: Frame, x: int, y: int) -> Frame:
    return frame.with_rgb(torch.roll(frame.rgb, (y, x), (1, 2)))


def noisy(frame: Frame, seed: int) -> Frame:
    grain = torch.tensor(np.random.default_rng(seed).standard_normal(frame.rgb.shape), dtype=torch.float32)
    return frame.with_rgb(frame.rgb * (1 + 0.04 * grain))


def shake(a, b) -> float:
    """Mean distance of two trackings of one face, as a share of the inter-ocular distance."""
    return float(np.linalg.norm((a.points - b.points)[:, :2], axis=1).mean() / inter_ocular(b.points))


def test_the_points_lie_where_the_features_are_in_plate_pixels(tracked):
    # Read off the picture by eye.
    for index, where in ((33, (55, 86)), (263, (132, 84)), (NOSE_TIP, (91, 110)), (61, (72, 140))):
        assert np.linalg.norm(tracked.points[index, :2] - where) < 5, index
    assert tracked.points.shape == (468, 3)
    assert tracked.presence > 0.9


def test_a_frame_against_itself_is_exactly_the_same(face, tracked):
    (again,) = track_points([face], [tracked])
    np.testing.assert_array_equal(again.points, tracked.points)
    np.testing.assert_array_equal(again.pose.rotation, tracked.pose.rotation)


def test_a_gain_changes_hardly_anything(face, tracked):
    (bright,) = track_points([face.with_rgb(3 * face.rgb)], [tracked])
    assert shake(bright, tracked) < 0.002


def test_grain_shakes_less_in_the_truths_crop_than_in_a_crop_of_its_own(face, tracked):
    frames = [noisy(face, seed) for seed in range(3)]
    alike = np.mean([shake(one, tracked) for one in track_points(frames, [tracked] * 3)])
    alone = np.mean([shake(one, tracked) for one in track_points(frames)])
    assert alike < alone
    assert alike < 0.01


@pytest.mark.parametrize("shift", [(3, -2), (25, 12)])
def test_a_shifted_face_is_found_at_its_shifted_place(face, tracked, shift):
    (moved,) = track_points([shifted(face, *shift)], [tracked])
    apart = (moved.points - tracked.points)[:, :2].mean(0)
    np.testing.assert_allclose(apart, shift, atol=1.2)


def test_a_face_that_is_not_where_it_should_be_is_looked_for(face, tracked):
    plate = torch.full((3, 260, 640), 0.12)
    plate[:, 30:222, 420:612] = face.rgb
    (found,) = track_points([Frame.from_rgb(plate, "ACEScg")], [tracked])
    np.testing.assert_allclose((found.points - tracked.points)[:, :2].mean(0), (420, 30), atol=1.5)


def test_the_data_windows_origin_is_in_the_points(face, tracked):
    window = Window(-16, 100, 176, 292)
    (found,) = track_points([replace(face, data=window, display=window)])
    np.testing.assert_allclose((found.points - tracked.points)[:, :2].mean(0), (-16, 100), atol=0.01)


def test_anamorphic_plates_have_square_points_of_the_right_shape(face, tracked):
    squeezed = torch.nn.functional.avg_pool2d(face.rgb[None], (1, 2))[0]
    (found,) = track_points([replace(Frame.from_rgb(squeezed, "ACEScg"), pixel_aspect=2.0)])
    assert float(np.ptp(found.points[:, 0]) / np.ptp(tracked.points[:, 0])) == pytest.approx(0.5, rel=0.05)
    assert inter_ocular(found.square) == pytest.approx(inter_ocular(tracked.square), rel=0.05)


def test_no_face_is_none_and_the_other_frames_are_read(face, tracked):
    wall = Frame.from_rgb(torch.full((3, 192, 192), 0.18), "ACEScg", number=1002)
    seen = track_points([replace(face, number=1001), wall], [tracked, tracked])
    assert seen[1] is None
    assert seen[0].number == 1001
    assert track_points([wall]) == [None]


def test_no_frames_give_no_points():
    assert track_points([]) == []


def test_places_for_another_number_of_frames_are_refused(face, tracked):
    with pytest.raises(DoublureError, match="there are 1 frames and 2 places"):
        track_points([face], [tracked, tracked])
