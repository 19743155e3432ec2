"""The backdrop."""

from __future__ import annotations

import numpy as np

from bench.stage.camera.camera import FACE_CENTRE, Camera
from bench.stage.light.backdrop import backdrop, defocus, view
from bench.stage.light.light import rotation


def test_a_grey_world_makes_a_grey_backdrop() -> None:
    camera = Camera(40, 24, 16, 100, FACE_CENTRE)
    picture = backdrop(np.full((64, 128, 3), 0.4, np.float32), rotation(33, 4, 0), 2.0, camera)
    assert picture.shape == (24, 40, 3)
    assert np.allclose(picture, 0.8, rtol=1e-4)


def test_the_backdrop_is_what_lies_behind_the_performer() -> None:
    hdri = np.zeros((64, 128, 3), np.float32)
    hdri[:, :2] = hdri[:, -2:] = 1
    picture = view(hdri, np.eye(3), Camera(40, 24, 16, 100, FACE_CENTRE))
    assert picture[12, 20, 0] > 0.9
    assert picture[12, 20, 0] > picture[12, 0, 0]


def test_defocus_keeps_the_light_and_makes_a_disc() -> None:
    picture = np.zeros((41, 41, 3), np.float32)
    picture[20, 20] = 100
    soft = defocus(picture, 6.0)
    assert np.isclose(soft[..., 0].sum(), 100, rtol=1e-4)
    assert np.isclose(soft[20, 20, 0], soft[20, 25, 0])
    assert soft[20, 28, 0] < 1e-6
