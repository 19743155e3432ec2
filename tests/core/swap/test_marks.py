from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from doublure.core.face.pose import Pose
from doublure.core.face.topology import LEFT_EYE, RIGHT_EYE, canonical_shape
from doublure.core.swap.crop import crop_matrix, on_crop
from doublure.core.swap.marks import PLACE, POINTS, Marks, acted, placed, read_marks, stacked
from doublure.core.swap.masks import to_crop

SHAPE = canonical_shape().astype(np.float64)
PUPILS = np.array([[101.0, 92.0], [141.0, 95.0]])


def head(yaw: float = 20.0, seed: int = 0) -> tuple[np.ndarray, Pose]:
    """(points (468, 3) in square pixels, pose) of a face that is no mean face."""
    rotation = Rotation.from_euler("ZXY", [12, -7, yaw], degrees=True).as_matrix()
    pose = Pose(rotation, 40.0, np.array([120.0, 110.0]))
    local = SHAPE + np.random.default_rng(seed).normal(0, 0.03, SHAPE.shape)
    return pose.scale * local @ rotation.T + (*pose.translation, 5.0), pose


def in_crop(places: np.ndarray, pose: Pose) -> np.ndarray:
    """Square pixels as places in the crop, -1 to 1."""
    return to_crop(places, crop_matrix(pose, 2)) - 1


@pytest.mark.parametrize("yaw", [0.0, -35.0, 60.0])
def test_ones_own_marks_lie_where_they_were_read(yaw: float) -> None:
    points, pose = head(yaw)
    marks = read_marks(points, PUPILS, pose, SHAPE)
    at = placed(marks.local, marks.turn, marks.gaze)[0].numpy()
    np.testing.assert_allclose(at[:-2], in_crop(points[list(POINTS)], pose), atol=1e-5)
    np.testing.assert_allclose(at[-2:], in_crop(PUPILS, pose), atol=1e-5)


def test_the_crop_of_a_head_holds_the_same_places_however_large_it_is() -> None:
    rotation = Rotation.from_euler("ZXY", [30, 10, -25], degrees=True).as_matrix()
    for pose in (Pose(rotation, 9.0, np.zeros(2)), Pose(rotation, 300.0, np.array([900.0, -40.0]))):
        expected = np.column_stack([SHAPE, np.ones(len(SHAPE))]) @ on_crop(rotation).T
        np.testing.assert_allclose(in_crop(pose.project(SHAPE), pose), expected, atol=1e-9)


def test_somebody_elses_performance_is_the_same_displacement_on_ones_own_face() -> None:
    points, pose = head()
    marks = read_marks(points, PUPILS, pose, SHAPE)
    other = marks.rest * torch.tensor([1.2, 0.9, 1.0])
    got = acted(marks, other)[0, :-2]
    expected = (
        torch.cat([marks.local[0] + other - marks.rest, torch.ones(len(POINTS), 1)], 1) @ marks.turn[0].T
    )
    torch.testing.assert_close(got, expected)


def test_without_a_gain_the_face_is_at_rest() -> None:
    first, second = (read_marks(points, PUPILS, pose, SHAPE) for points, pose in (head(seed=1), head(seed=2)))
    torch.testing.assert_close(acted(first, first.rest, 0.0)[:, :-2], acted(second, first.rest, 0.0)[:, :-2])


def test_a_pupil_stays_where_it_is_in_a_wider_eye() -> None:
    points, pose = head()
    marks = read_marks(points, PUPILS, pose, SHAPE)
    at = acted(marks, marks.rest * 1.5)[0]
    for eye, rim in enumerate((RIGHT_EYE, LEFT_EYE)):
        outer, inner = at[PLACE[rim[0]]], at[PLACE[rim[8]]]
        along = inner - outer
        away = at[len(POINTS) + eye] - (outer + inner) / 2
        assert float(away @ along / (along @ along)) == pytest.approx(float(marks.gaze[0, eye, 0]), abs=1e-5)


def test_pupils_that_nobody_knows_lie_beyond_the_crop() -> None:
    points, pose = head()
    marks = read_marks(points, None, pose, SHAPE)
    at = placed(marks.local, marks.turn, marks.gaze)
    assert (at[0, -2:] > 2).all()
    assert torch.isfinite(at).all()


def test_frames_of_one_person_stack() -> None:
    some = [read_marks(*head(seed=seed)[:1], PUPILS, head(seed=seed)[1], SHAPE) for seed in (1, 2, 3)]
    every = stacked(some, SHAPE)
    assert isinstance(every, Marks)
    torch.testing.assert_close(every.local[1], some[1].local[0])
    assert every.turn.shape == (3, 2, 4)
