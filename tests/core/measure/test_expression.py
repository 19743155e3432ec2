from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from doublure.core.errors import DoublureError
from doublure.core.face.topology import POINTS, RIGID, canonical_shape
from doublure.core.measure.expression import (
    LEFT_LIDS,
    LIPS,
    RIGHT_LIDS,
    expression,
    head_fixed,
    opening,
    shot_expression,
)
from doublure.core.measure.landmarks import inter_ocular

SOFT = np.setdiff1d(np.arange(POINTS), [*RIGID, 33, 263])


def face(**openings: float) -> np.ndarray:
    """The average face, in units of its inter-ocular distance, lips and lids as far open as told."""
    out = canonical_shape().astype(np.float64)
    out /= inter_ocular(out)
    for name, pairs in (("lips", LIPS), ("right", RIGHT_LIDS), ("left", LEFT_LIDS)):
        for upper, lower in pairs:
            middle = (out[upper] + out[lower]) / 2
            half = np.array([0, openings.get(name, 0.08) / 2, 0])
            out[upper], out[lower] = middle - half, middle + half
    return out


def placed(
    shape: np.ndarray, yaw: float = 0, pitch: float = 0, roll: float = 0, size: float = 120
) -> np.ndarray:
    turn = Rotation.from_euler("yxz", [yaw, pitch, roll], degrees=True).as_matrix()
    return size * shape @ turn.T + (300, 200, 15)


def bent(seed: int, amount: float = 0.02) -> np.ndarray:
    """An expression: the soft points moved at random by ``amount`` of the inter-ocular distance each way."""
    move = np.zeros((POINTS, 3))
    move[SOFT, :2] = np.random.default_rng(seed).normal(0, amount, (len(SOFT), 2))
    return move


def test_the_truth_against_itself_is_exactly_right():
    points = placed(face(), 20, 5, -3)
    assert expression(points, points).landmarks == 0
    assert expression(points, points).lips == expression(points, points).eyes == 0


@pytest.mark.parametrize("pose", [(30, 0, 0), (0, 20, 0), (0, 0, 40), (-60, -15, 10)])
def test_pose_and_size_do_not_count(pose):
    seen = expression(placed(face(), *pose, size=300), placed(face()))
    assert max(seen.landmarks, seen.lips, seen.eyes) < 1e-6


def test_moved_points_read_their_rms():
    seen = expression(placed(face() + bent(1), 10), placed(face(), -10))
    assert seen.landmarks == pytest.approx(float(np.sqrt((bent(1) ** 2).sum(1).mean())), rel=0.02)


def test_a_mouth_open_too_far_reads_how_far_and_moves_no_lid():
    seen = expression(placed(face(lips=0.21), 15), placed(face(lips=0.08)))
    assert seen.lips == pytest.approx(0.13, rel=0.01)
    assert seen.eyes < 1e-6


def test_a_missed_blink_reads_in_the_eyes_only():
    seen = expression(placed(face(right=0.1, left=0.1)), placed(face(right=0.02, left=0.02)))
    assert seen.eyes == pytest.approx(0.08, rel=0.01)
    assert seen.lips < 1e-6


def test_a_wink_does_not_cancel():
    seen = expression(placed(face(right=0.02, left=0.12)), placed(face(right=0.07, left=0.07)))
    assert seen.eyes == pytest.approx(0.05, rel=0.01)


def test_another_persons_face_is_taken_off_a_shot_of_eight_frames():
    person = bent(100, 0.05)
    acts = [bent(seed) for seed in range(8)]
    shot = shot_expression(
        [placed(face() + person + a) for a in acts], [placed(face() + a, 12) for a in acts]
    )
    assert shot.own_face_removed
    assert shot.shot.landmarks < 0.003
    short = shot_expression([placed(face() + person)] * 7, [placed(face())] * 7)
    assert not short.own_face_removed
    assert short.shot.landmarks > 0.03


def test_a_still_face_in_a_shot_that_acts_is_wrong():
    acts = [placed(face() + bent(seed)) for seed in range(9)]
    assert shot_expression([acts[0]] * 9, acts).shot.landmarks > 0.015


def test_a_mouth_that_never_shuts_shows_in_the_lips_even_when_it_never_changes():
    shot = shot_expression([placed(face(lips=0.2))] * 9, [placed(face(lips=0.05))] * 9).shot
    assert shot.lips == pytest.approx(0.15, rel=0.01)
    assert shot.landmarks < 1e-6


def test_the_shot_is_the_rms_of_its_frames():
    truths = [placed(face())] * 2
    shot = shot_expression([placed(face(lips=0.08)), placed(face(lips=0.18))], truths)
    assert shot.shot.lips == pytest.approx(0.1 / np.sqrt(2), rel=0.01)


def test_frames_without_a_face_are_left_out():
    points = placed(face())
    shot = shot_expression([points, None, points], [points, points, None])
    assert [one is None for one in shot.frames] == [False, True, True]
    assert shot.shot.landmarks == 0


def test_a_shot_without_any_face_is_refused():
    with pytest.raises(DoublureError, match="no frame shows a face"):
        shot_expression([None], [placed(face())])


def test_counts_that_differ_are_refused():
    with pytest.raises(DoublureError, match="landmarks of 1 results and 2 truths"):
        shot_expression([placed(face())], [placed(face())] * 2)


def test_landmarks_that_are_not_finite_are_refused():
    points = placed(face())
    points[7] = np.nan
    with pytest.raises(DoublureError, match="not finite"):
        expression(points, placed(face()))


def test_landmarks_of_another_shape_are_refused():
    with pytest.raises(DoublureError, match="are \\(68, 3\\)"):
        expression(np.zeros((68, 3)), placed(face()))


def test_a_head_fixed_face_is_upright_and_one_inter_ocular_wide():
    upright = head_fixed(placed(face(), 25, -10, 30))
    assert inter_ocular(upright) == pytest.approx(1)
    np.testing.assert_allclose(upright, head_fixed(face()), atol=1e-6)
    assert opening(upright, LIPS) == pytest.approx(0.08, rel=1e-3)
