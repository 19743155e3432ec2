from __future__ import annotations

import numpy as np
import pytest

from doublure.core.face.topology import CHIN, FOREHEAD, LEFT_EYE, NOSE_TIP, RIGHT_EYE, canonical_shape
from doublure.core.swap.rest import LOWER, UPPER, _opening, mouth_shut

SHAPE = canonical_shape().astype(np.float64)


@pytest.mark.parametrize("share", [-0.1, 0.0, 0.2, 0.8])
def test_however_far_a_mouth_is_open_its_lips_meet(share: float) -> None:
    shut = mouth_shut(SHAPE + share * _opening())
    assert shut[LOWER, 1] == pytest.approx(shut[UPPER, 1])
    np.testing.assert_allclose(shut, mouth_shut(SHAPE), atol=1e-9)


def test_the_chin_rises_and_the_rest_of_the_face_stays() -> None:
    opened = SHAPE + 0.5 * _opening()
    moved = mouth_shut(opened) - opened
    assert moved[CHIN, 1] < -0.2
    assert np.abs(moved[[FOREHEAD, NOSE_TIP, *LEFT_EYE, *RIGHT_EYE]]).max() < 0.02
