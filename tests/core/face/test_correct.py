from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from doublure.core.errors import DoublureError
from doublure.core.face import topology
from doublure.core.face.correct import SWITCHED_OFF, corrected, switched_off
from doublure.core.face.pose import Pose
from doublure.core.face.sidecar import FaceFrame, Track
from doublure.core.face.table import HeadRow, row_of

SHAPE = topology.canonical_shape().astype(np.float64)
RIGID = list(topology.RIGID)


def face(number: int) -> FaceFrame:
    rotation = Rotation.from_euler("Y", 2 * number, degrees=True).as_matrix()
    pose = Pose(rotation, 40.0, np.array([200.0 + number, 150.0]))
    points = np.c_[pose.project(SHAPE), pose.scale * SHAPE @ rotation[2] + 5].astype(np.float32)
    return FaceFrame(number, True, None, 0.9, points, pose, pupils=points[[33, 263], :2].astype(np.float64))


def track(lost: tuple[int, ...] = ()) -> Track:
    frames = {n: FaceFrame.lost(n, "the face was lost") if n in lost else face(n) for n in range(10)}
    return Track("p.####.exr", 640, 360, 1.0, SHAPE, frames)


def key(number: int, **changes: float) -> HeadRow:
    values = row_of(number, face(number).pose, 1.0).values.copy()
    for name, by in changes.items():
        values[("x", "y", "size", "yaw", "pitch", "roll").index(name)] += by
    return HeadRow(number, values)


def test_keyframes_that_say_what_the_track_says_change_nothing() -> None:
    for before, after in zip(track(), corrected(track(), [key(2), key(7)]), strict=True):
        np.testing.assert_allclose(after.points, before.points, atol=1e-3)
        np.testing.assert_allclose(after.pose.rotation, before.pose.rotation, atol=1e-6)


def test_a_correction_is_interpolated_between_keyframes_and_held_beyond() -> None:
    out = corrected(track(), [key(2, x=10.0), key(6, x=30.0)])
    shift = [float(after.points[:, 0].mean() - face(after.number).points[:, 0].mean()) for after in out]
    np.testing.assert_allclose(shift, [10, 10, 10, 15, 20, 25, 30, 30, 30, 30], atol=1e-3)


def test_points_follow_a_corrected_pose() -> None:
    out = corrected(track(), [key(4, size=10.0, roll=12.0, pitch=-5.0)])
    for after in out:
        assert np.abs(after.pose.project(SHAPE)[RIGID] - after.points[RIGID, :2]).max() < 0.01
    assert out.at(4).pose.scale == pytest.approx(50)
    assert out.at(4).pose.roll == pytest.approx(12, abs=1e-6)


def test_a_frame_can_be_switched_off() -> None:
    out = corrected(track(), [HeadRow(3, None)])
    assert out.at(3).reason == SWITCHED_OFF
    assert len(out.found) == 9


def test_a_gap_between_two_keyframes_is_filled_with_the_persons_face() -> None:
    out = corrected(track(lost=(4, 5, 6)), [key(4), key(6)])
    assert [f.found for f in out] == [True] * 10
    middle = out.at(5)
    assert middle.score == 0
    assert middle.pose.translation[0] == pytest.approx(205)
    assert middle.pose.yaw == pytest.approx(face(5).pose.yaw, abs=1e-6)
    assert np.abs(middle.points[RIGID, :2] - face(5).points[RIGID, :2]).max() < 0.1


def test_a_gap_beyond_the_keyframes_stays_one() -> None:
    out = corrected(track(lost=(0, 9)), [key(3), key(6)])
    assert not out.at(0).found
    assert not out.at(9).found


def test_turning_past_180_degrees_takes_the_short_way() -> None:
    rows = [HeadRow(n, np.array([200.0, 150, 40, 0, 0, roll])) for n, roll in ((4, 170.0), (6, -170.0))]
    assert abs(corrected(track(lost=(4, 5, 6)), rows).at(5).pose.roll) == pytest.approx(180)


def test_no_rows_change_nothing() -> None:
    for before, after in zip(track(lost=(2,)), corrected(track(lost=(2,)), []), strict=True):
        assert after.found == before.found
        if before.found:
            np.testing.assert_array_equal(after.points, before.points)


def test_a_row_outside_the_track_is_refused() -> None:
    with pytest.raises(DoublureError, match="not in the track"):
        corrected(track(), [key(20)])


def test_what_keyframes_move_place_or_remove_is_told_as_by_hand() -> None:
    out = corrected(track(lost=(4,)), [key(2), HeadRow(3, None), key(6, x=3.0)])
    assert [after.number for after in out if after.by_hand] == [3, 4, 5, 6, 7, 8, 9]


def test_frames_are_switched_off_and_those_that_are_not_there_change_nothing() -> None:
    out = switched_off(track(), [3, 77])
    assert [after.number for after in out if not after.found] == [3]
    assert (out.at(3).reason, out.at(3).by_hand) == (SWITCHED_OFF, True)
