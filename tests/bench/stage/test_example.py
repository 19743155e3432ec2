"""The example take's camera and light."""

from __future__ import annotations

import numpy as np

from bench.stage.camera.camera import FACE_CENTRE, FACE_HEIGHT_CM
from bench.stage.example import FACE_PIXELS, OVERSCAN, example_camera, example_light
from bench.stage.light.light import RESERVED_HDRIS


def test_the_face_of_the_take_is_280_pixels_high() -> None:
    camera = example_camera()
    ends = FACE_CENTRE + np.array([[0, FACE_HEIGHT_CM / 2, 0], [0, -FACE_HEIGHT_CM / 2, 0]])
    assert np.isclose(np.ptp(camera.project(ends)[:, 1]), FACE_PIXELS, rtol=0.01)
    assert (camera.width, camera.height) == (960 + 2 * OVERSCAN, 540 + 2 * OVERSCAN)


def test_the_take_uses_only_a_reserved_hdri() -> None:
    assert {example_light(k).hdri for k in range(48)} <= set(RESERVED_HDRIS)
