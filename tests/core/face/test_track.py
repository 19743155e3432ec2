from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from doublure.core.color import convert
from doublure.core.errors import DoublureError
from doublure.core.face import topology
from doublure.core.face.track import Track, TrackSettings, track_frames
from doublure.core.frame import Frame
from doublure.core.window import Window

RAW = TrackSettings(smoothing=0)


def apart(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.linalg.norm((a - b)[:, :2], axis=1).mean())


@pytest.fixture(scope="module")
def alone(on_plate) -> np.ndarray:
    """(468, 3) landmarks of the face pasted at (0, 0)."""
    return track_frames([on_plate(0, 0)], RAW).at(1).points


def test_a_single_frame_is_a_track(on_plate):
    track = track_frames([on_plate(60, 30, number=1007)], source="plate.exr")
    face = track.at(1007)
    assert face.found
    assert face.score > 0.99
    assert (track.source, track.width, track.height) == ("plate.exr", 320, 260)
    rigid = list(topology.RIGID)
    assert np.abs(face.pose.project(track.shape)[rigid] - face.points[rigid, :2]).max() < 1
    assert abs(face.pose.yaw) < 12
    assert abs(face.pose.roll) < 6


def test_the_points_move_with_the_face(on_plate, alone):
    track = track_frames([on_plate(x, 40, number=x) for x in (20, 60)], RAW)
    for face in track:
        assert apart(face.points, alone + np.array([face.number, 40, 0])) < 0.3


def test_overscan_counts_from_the_display_window(on_plate, alone):
    frame = on_plate(60, 30)
    moved = replace(frame, data=Window(-16, -10, 304, 250), display=Window.of_size(288, 240))
    track = track_frames([moved], RAW)
    assert (track.width, track.height) == (288, 240)
    assert apart(track.at(1).points, alone + np.array([60 - 16, 30 - 10, 0])) < 0.3


def test_a_squeezed_plate_has_squeezed_points_and_a_square_pose(face, alone):
    narrow = torch.nn.functional.interpolate(face.rgb[None], (192, 96), mode="area")[0]
    track = track_frames([Frame.from_rgb(narrow, "ACEScg", pixel_aspect=2.0)], RAW)
    points = track.at(1).points
    assert apart(points * (2, 1, 1), alone) < 1.5
    pose = track.at(1).pose
    rigid = list(topology.RIGID)
    assert np.abs(pose.project(track.shape)[rigid] - (points * (2, 1, 1))[rigid, :2]).max() < 2


@pytest.mark.parametrize("stops", [-7, 5])
def test_a_dark_or_bright_plate_is_tracked_the_same(on_plate, alone, stops):
    frame = on_plate(0, 0)
    dim = frame.with_rgb(frame.rgb * 2.0**stops)
    assert apart(track_frames([dim], RAW).at(1).points, alone) < 0.3


def test_a_log_plate_is_tracked_as_the_linear_one(on_plate, alone):
    track = track_frames([convert(on_plate(0, 0), "ACEScct")], RAW)
    assert apart(track.at(1).points, alone) < 0.3


def test_a_lamp_that_comes_on_does_not_lose_a_face_that_is_known(on_plate, alone):
    frames = [on_plate(0, 0, width=400, number=n) for n in (1, 2)]
    for n in (3, 4):
        rgb = on_plate(0, 0, width=400).rgb.clone()
        rgb[:, :, 200:] = 200.0
        frames.append(frames[0].with_rgb(rgb))
        frames[-1] = replace(frames[-1], number=n)
    track = track_frames(frames, RAW)
    assert len(track.found) == 4
    assert apart(track.at(4).points, alone) < 1.0


def test_a_highlight_of_40_does_not_hide_the_face(on_plate, alone):
    frame = on_plate(0, 0)
    rgb = frame.rgb.clone()
    rgb[:, :, 200:] = 40.0
    assert apart(track_frames([frame.with_rgb(rgb)], RAW).at(1).points, alone) < 0.5


def test_a_dark_face_before_a_bright_window_is_found(on_plate, alone):
    frame = on_plate(0, 0)
    rgb = frame.rgb / 32
    rgb[:, :, 192:] = 4.0
    rgb[:, 192:] = 4.0
    assert apart(track_frames([frame.with_rgb(rgb)], RAW).at(1).points, alone) < 1.0


def test_a_frame_without_the_face_is_lost_with_a_reason_and_never_stale(on_plate):
    empty = Frame.from_rgb(torch.full((3, 260, 320), 0.12), "ACEScg", number=2)
    track = track_frames([on_plate(40, 30, number=1), empty, on_plate(44, 30, number=3)])
    assert [face.found for face in track] == [True, False, True]
    lost = track.at(2)
    assert lost.reason == "the face was lost"
    assert lost.points is None
    assert lost.pose is None


def test_a_face_that_leaves_the_picture_is_followed_to_the_edge_and_then_lost(on_plate):
    track = track_frames([on_plate(20 + 30 * n, 30, number=n) for n in range(11)])
    found = [face.found for face in track]
    assert all(found[:5])
    assert not found[-1]
    for face in track.found:
        assert abs(face.points[:, 0].mean() - (20 + 30 * face.number + 96)) < 40


def test_a_moving_face_is_fused_and_knows_its_pupils(on_plate):
    track = track_frames([on_plate(20 + 3 * n, 30, number=n) for n in range(6)])
    for face in track:
        assert face.confidence.shape == (468,)
        assert face.confidence.mean() > 0.7
        assert not face.occluded
        eyes = face.points[[33, 133, 362, 263], 0]
        assert eyes[0] < face.pupils[0, 0] < eyes[1]
        assert eyes[2] < face.pupils[1, 0] < eyes[3]


def test_a_squeezed_plate_has_squeezed_pupils(face):
    narrow = torch.nn.functional.interpolate(face.rgb[None], (192, 96), mode="area")[0]
    seen = track_frames([Frame.from_rgb(narrow, "ACEScg", pixel_aspect=2.0)]).at(1)
    eyes = seen.points[[33, 133], 0]
    assert eyes[0] < seen.pupils[0, 0] < eyes[1]


def test_a_plate_without_any_face_is_a_track_of_lost_frames(tmp_path):
    frames = [Frame.from_rgb(torch.full((3, 64, 64), 0.1), "ACEScg", number=n) for n in (1, 2)]
    track = track_frames(frames)
    assert [face.reason for face in track] == ["no face was found"] * 2
    track.save(tmp_path / "t.json")
    assert not Track.load(tmp_path / "t.json").at(1).found


def test_another_face_far_away_is_not_taken_for_the_lost_one(on_plate):
    here = on_plate(0, 0, width=700, number=1)
    there = on_plate(500, 60, width=700, number=2)
    track = track_frames([here, there], RAW)
    assert not track.at(2).found
    assert "too far" in track.at(2).reason


def test_the_face_that_comes_back_elsewhere_is_taken_up_in_the_end(on_plate):
    frames = [on_plate(0, 0, width=620, number=1)]
    frames += [on_plate(420, 60, width=620, number=n) for n in range(2, 6)]
    assert [face.found for face in track_frames(frames, RAW)] == [True, False, False, True, True]


def test_the_index_counts_faces_by_size(face):
    small = torch.nn.functional.interpolate(face.rgb[None], (128, 128), mode="area")[0]
    rgb = torch.full((3, 220, 400), 0.12)
    rgb[:, 10:202, 180:372] = face.rgb
    rgb[:, 40:168, 20:148] = small
    frame = Frame.from_rgb(rgb, "ACEScg", number=5)
    largest, second = (track_frames([frame], TrackSettings(face_index=i)).at(5) for i in (0, 1))
    assert largest.points[:, 0].mean() > 180 > second.points[:, 0].mean()
    missing = track_frames([frame], TrackSettings(face_index=2)).at(5)
    assert missing.reason == "face 2 was asked for, but the frame shows 2"


def test_smoothing_keeps_every_frame_and_steadies_noise(on_plate):
    rng = np.random.default_rng(11)
    frames = []
    for n in range(5):
        frame = on_plate(40, 30, number=n)
        noise = torch.from_numpy(rng.normal(0, 0.06, (3, 260, 320)).astype(np.float32))
        frames.append(frame.with_rgb(frame.rgb + noise))
    raw, smooth = track_frames(frames, RAW), track_frames(frames, TrackSettings(smoothing=2))

    def shake(track):
        return np.std([face.points[:, :2] for face in track], axis=0).mean()

    assert [face.number for face in smooth] == list(range(5))
    assert shake(smooth) < 0.9 * shake(raw)


def test_a_known_shape_is_used(on_plate):
    shape = topology.canonical_shape().astype(np.float64)
    track = track_frames([on_plate(10, 10)], shape=shape)
    np.testing.assert_array_equal(track.shape, shape)


def test_progress_hears_of_every_frame_in_order(on_plate):
    heard = []
    track_frames([on_plate(5 * n, 20, number=n) for n in (3, 4, 5)], RAW, heard.append)
    assert [face.number for face in heard] == [3, 4, 5]


def test_frames_without_numbers_are_counted(on_plate):
    track = track_frames(
        [on_plate(10, 10), on_plate(12, 10), on_plate(14, 10, number=9), on_plate(16, 10)], RAW
    )
    assert sorted(track.frames) == [1, 2, 9, 10]


def test_no_frames_are_refused():
    with pytest.raises(DoublureError, match="no frames to track"):
        track_frames([], source="plate.####.exr")


def test_a_number_twice_is_refused(on_plate):
    with pytest.raises(DoublureError, match="frame number 4 came twice"):
        track_frames([on_plate(0, 0, number=4), on_plate(0, 0, number=4)])


def test_frames_of_two_sizes_are_refused(on_plate):
    with pytest.raises(DoublureError, match=r"frame 2.*differs from the first"):
        track_frames([on_plate(0, 0, number=1), on_plate(0, 0, width=330, number=2)])


@pytest.mark.parametrize(
    "wrong", [{"face_index": -1}, {"threshold": 0.0}, {"threshold": 1.0}, {"smoothing": -1}]
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(DoublureError):
        TrackSettings(**wrong)
