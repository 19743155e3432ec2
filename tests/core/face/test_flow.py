from __future__ import annotations

import cv2
import numpy as np

from doublure.core.face.flow import SIDE, follow_points, grey_crop
from doublure.core.face.landmarks import Crop


def texture(seed: int = 1) -> np.ndarray:
    noise = np.random.default_rng(seed).random((400, 400, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 4)
    return (255 * (soft - soft.min()) / np.ptp(soft)).astype(np.uint8)


CROP = Crop(np.array([200.0, 190.0]), 300.0, 0.2)
POINTS = np.random.default_rng(4).uniform(120, 270, (50, 2))


def moved(picture: np.ndarray, by: tuple[float, float]) -> np.ndarray:
    return cv2.warpAffine(picture, np.array([[1, 0, by[0]], [0, 1, by[1]]], float), (400, 400))


def test_a_shift_of_parts_of_a_pixel_is_read_in_the_pictures_pixels() -> None:
    start, end = texture(), moved(texture(), (3.4, -1.7))
    steps = follow_points(grey_crop(start, CROP), grey_crop(end, CROP), CROP, POINTS)
    assert np.abs(steps.moves - (3.4, -1.7)).max() < 0.25
    assert steps.doubt.max() < 0.4


def test_another_picture_is_doubted() -> None:
    start, end = texture(), texture(9)
    steps = follow_points(grey_crop(start, CROP), grey_crop(end, CROP), CROP, POINTS)
    same = follow_points(grey_crop(start, CROP), grey_crop(start, CROP), CROP, POINTS)
    assert np.median(steps.doubt) > 1.5
    assert same.doubt.max() < 0.1


def test_a_point_outside_the_crop_is_not_known() -> None:
    away = np.array([[1000.0, 1000.0], [200.0, 190.0]])
    picture = grey_crop(texture(), CROP)
    doubt = follow_points(picture, picture, CROP, away).doubt
    assert np.isinf(doubt[0])
    assert np.isfinite(doubt[1])


def test_the_crop_is_a_square_of_luma() -> None:
    assert grey_crop(texture(), CROP).shape == (SIDE, SIDE)
