from __future__ import annotations

import pytest

from doublure.core.check.limits import Limits


def test_large_faces_have_the_limit_itself() -> None:
    limits = Limits()
    assert limits.of_landmarks(0.02, 150) == 0.02
    assert limits.of_landmarks(0.02, 900) == 0.02
    assert limits.of_change(250) == limits.temporal


@pytest.mark.parametrize("height", [120.0, 80.0, 40.0])
def test_small_faces_have_wider_ones(height: float) -> None:
    limits = Limits()
    assert limits.of_landmarks(0.02, height) > limits.of_landmarks(0.02, height + 20)
    assert limits.of_change(height) > limits.of_change(height + 20)


def test_sharpness_is_asked_of_faces_that_are_large_enough_to_tell_it() -> None:
    limits = Limits()
    assert limits.of_sharpness(85) == limits.of_sharpness(900) == limits.sharpness
    assert 0 < limits.of_sharpness(70) < limits.of_sharpness(80) < limits.sharpness
    assert limits.of_sharpness(60) == limits.of_sharpness(20) == 0


def test_no_limit_grows_beyond_twice() -> None:
    limits = Limits()
    assert limits.of_landmarks(0.02, 1.0) == 0.04
    assert limits.of_change(1.0) == 2 * limits.temporal
