from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from doublure.core.face import topology
from doublure.core.face.find import find_faces
from doublure.core.face.landmarks import Crop, settle, steady

MARGIN = 40


def place(picture: np.ndarray) -> Crop:
    return Crop.of_points(find_faces(picture)[0].points)


def read(picture: np.ndarray) -> np.ndarray:
    """(468, 2) of the one face in a picture."""
    return steady(picture, place(picture)).points[:, :2]


def apart(a: np.ndarray, b: np.ndarray) -> float:
    """Mean distance in pixels."""
    return float(np.linalg.norm(a - b, axis=1).mean())


def warp(picture: np.ndarray, degrees: float, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """(picture turned clockwise and scaled about its middle, (2, 3) matrix for continuous coordinates)."""
    picture = np.pad(picture, ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)), mode="edge")
    side = round(picture.shape[0] * scale)
    c, s = scale * np.cos(np.radians(degrees)), scale * np.sin(np.radians(degrees))
    turn = np.array([[c, -s], [s, c]])
    shift = np.array([side, side]) / 2 - turn @ np.array(picture.shape[1::-1]) / 2
    index = np.c_[turn, turn @ [0.5, 0.5] + shift - 0.5]
    shift = shift + turn @ [MARGIN, MARGIN]
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.warpAffine(picture, index, (side, side), flags=flags, borderValue=(90, 90, 90)), np.c_[
        turn, shift
    ]


def test_the_points_lie_where_the_features_are(picture):
    points = read(picture)
    # Read off the picture by eye.
    for index, where in ((33, (55, 86)), (263, (132, 84)), (topology.NOSE_TIP, (91, 110)), (61, (72, 140))):
        assert np.linalg.norm(points[index] - where) < 4, index


def test_a_mirrored_picture_has_mirrored_points(picture):
    mirrored = read(np.ascontiguousarray(picture[:, ::-1]))
    back = (mirrored * (-1, 1) + (picture.shape[1], 0))[topology.mirror()]
    assert apart(back, read(picture)) < 0.7


@pytest.mark.parametrize("degrees", [20, -45, 90])
def test_a_turned_picture_has_turned_points(picture, degrees):
    turned, matrix = warp(picture, degrees, 1.0)
    assert apart(read(turned), read(picture) @ matrix[:, :2].T + matrix[:, 2]) < 1.0


@pytest.mark.parametrize("scale", [0.6, 2.5, 6.0])
def test_a_scaled_picture_has_scaled_points(picture, scale):
    scaled, matrix = warp(picture, 0, scale)
    assert apart(read(scaled), read(picture) @ matrix[:, :2].T + matrix[:, 2]) < 0.8 * scale


def test_depth_is_in_pixels_and_grows_with_the_face(picture):
    double, _ = warp(picture, 0, 2.0)
    near, far = steady(double, place(double)).points[:, 2], steady(picture, place(picture)).points[:, 2]
    assert np.ptp(near) == pytest.approx(2 * np.ptp(far), rel=0.06)
    assert far[topology.NOSE_TIP] < far[topology.CHIN]


def test_the_crop_hardly_shows_in_the_points_once_settled(picture):
    crop = place(picture)
    rough = Crop(crop.centre + crop.side * 0.12, crop.side * 1.25, crop.angle - 0.3)
    assert apart(settle(picture, rough).points, settle(picture, crop).points) < 1.0


def test_the_mean_of_several_looks_hardly_depends_on_the_crop(picture):
    crop = place(picture)
    other = Crop(crop.centre + np.array([2, -1]), crop.side * 1.05, crop.angle + 0.05)
    assert apart(steady(picture, crop).points, steady(picture, other).points) < 0.7


def test_there_is_no_face_on_a_wall(picture):
    wall = np.full_like(picture, 120)
    assert settle(wall, Crop(np.array([96.0, 96.0]), 150.0, 0.0)).presence < 0.5


@pytest.mark.parametrize("centre", [(0, 0), (192, 50), (-400, 900)])
def test_a_crop_may_hang_over_the_edge_of_the_picture(picture, centre):
    seen = settle(picture, Crop(np.array(centre, float), 500.0, 0.4))
    assert np.isfinite(seen.points).all()


def test_the_networks_may_be_called_from_many_threads(picture):
    crop = place(picture)
    alone = steady(picture, crop).points
    with ThreadPoolExecutor(4) as pool:
        for points in pool.map(lambda _: steady(picture, crop).points, range(8)):
            np.testing.assert_array_equal(points, alone)
