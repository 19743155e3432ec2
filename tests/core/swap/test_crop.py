from __future__ import annotations

import numpy as np
import pytest

from doublure.core.face.pose import Pose
from doublure.core.face.topology import canonical_shape
from doublure.core.swap.crop import EyeLine, crop_matrix, cut, footprint, pixels_per_crop_pixel, place
from doublure.core.swap.masks import to_crop
from doublure.core.window import Window


def _turn(axis: int, degrees: float) -> np.ndarray:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    a, b = [i for i in range(3) if i != axis]
    turn = np.eye(3)
    turn[a, a], turn[a, b], turn[b, a], turn[b, b] = c, -s, s, c
    return turn


def _smooth(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[0:height, 0:width]
    return np.dstack([np.sin(x / 9), np.cos(y / 7), np.sin((x + y) / 11)]).astype(np.float32)


def test_a_frontal_head_lies_inside_its_crop() -> None:
    pose = Pose(np.eye(3), 50.0, np.array([200.0, 150.0]))
    points = to_crop(
        np.column_stack([pose.project(canonical_shape()), np.zeros(468)]), crop_matrix(pose, 128)
    )
    assert points.min() > 0
    assert points.max() < 128


def test_yaw_does_not_change_the_crop_scale() -> None:
    frontal = crop_matrix(Pose(np.eye(3), 40.0, np.zeros(2)), 64)
    turned = crop_matrix(Pose(_turn(1, 35), 40.0, np.zeros(2)), 64)
    assert pixels_per_crop_pixel(turned) == pytest.approx(pixels_per_crop_pixel(frontal))


def test_roll_turns_the_crop_with_the_head() -> None:
    rolled = Pose(_turn(2, 25), 40.0, np.array([10.0, 20.0]))
    upright = Pose(np.eye(3), 40.0, np.array([10.0, 20.0]))
    points = canonical_shape()[:, :3]
    a = to_crop(rolled.project(points), crop_matrix(rolled, 64))
    b = to_crop(upright.project(points), crop_matrix(upright, 64))
    assert np.abs(a - b).max() < 1e-6


def test_scale_and_offset_move_the_placement_as_named() -> None:
    pose = Pose(np.eye(3), 40.0, np.array([100.0, 100.0]))
    plain, moved = crop_matrix(pose, 64), crop_matrix(pose, 64, scale=1.5, offset=(0.1, 0.0))
    assert pixels_per_crop_pixel(moved) == pytest.approx(1.5 * pixels_per_crop_pixel(plain))
    middle = np.array([32, 32, 1.0])
    side = 64 * pixels_per_crop_pixel(moved)
    assert (moved @ middle - plain @ middle) == pytest.approx([0.1 * side, 0.0])


def test_cut_then_place_returns_the_plate_to_subpixel_accuracy() -> None:
    image = _smooth(120, 160)
    pose = Pose(_turn(2, 8), 22.3, np.array([80.3, 60.7]))
    matrix = crop_matrix(pose, 128)
    crop = cut(image, (0, 0), matrix, 128)
    window = Window(70, 50, 90, 70)
    rows, columns = window.slices(Window.of_size(160, 120))
    assert np.abs(place(crop, matrix, window) - image[rows, columns]).max() < 0.01


def test_cut_respects_an_overscan_origin() -> None:
    image = _smooth(100, 100)
    pose = Pose(np.eye(3), 12.0, np.array([50.0, 50.0]))
    shifted = Pose(np.eye(3), 12.0, np.array([50.0 - 16, 50.0 - 16]))
    here = cut(image, (0, 0), crop_matrix(pose, 32), 32)
    there = cut(image, (-16, -16), crop_matrix(shifted, 32), 32)
    assert np.abs(here - there).max() < 1e-5


def test_a_coarse_crop_averages_instead_of_aliasing() -> None:
    checker = (np.indices((256, 256)).sum(0) % 2).astype(np.float32)[..., None].repeat(3, 2)
    crop = cut(checker, (0, 0), crop_matrix(Pose(np.eye(3), 40.0, np.array([128.0, 128.0])), 32), 32)
    assert np.abs(crop - 0.5).max() < 0.2


def test_a_face_outside_the_picture_has_an_empty_footprint() -> None:
    matrix = crop_matrix(Pose(np.eye(3), 10.0, np.array([-500.0, 0.0])), 32)
    assert footprint(matrix, 32, Window.of_size(100, 100)).empty


@pytest.mark.parametrize("scale", [1.0, 0.8])
def test_the_crops_eyes_lie_on_the_plates_however_large_it_is(scale: float) -> None:
    pose = Pose(_turn(1, 35) @ _turn(2, 20), 40.0, np.array([100.0, 80.0]))
    eyes = EyeLine(np.array([0.02, -0.5, -0.6]), np.array([-0.03, -0.4, -0.5]))
    own, laid = crop_matrix(pose, 64), crop_matrix(pose, 64, scale=scale, eyes=eyes)
    in_crop = to_crop(pose.project(eyes.there[None]), own)[0]
    assert laid @ [*in_crop, 1] == pytest.approx(pose.project(eyes.here[None])[0])


def test_the_same_eyes_change_nothing() -> None:
    pose, eyes = Pose(_turn(1, 35), 40.0, np.zeros(2)), np.array([0.02, -0.5, -0.6])
    assert crop_matrix(pose, 64, eyes=EyeLine(eyes, eyes)) == pytest.approx(crop_matrix(pose, 64))
