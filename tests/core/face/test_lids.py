from __future__ import annotations

import numpy as np
import pytest

from doublure.core.face.lids import _MEAN, _SHARE, ENOUGH, evened, openings
from doublure.core.face.topology import EYE_CORNERS, LEFT_EYE, RIGHT_EYE, canonical_shape

LIDS = sorted({*RIGHT_EYE, *LEFT_EYE})
UNIT = float(np.linalg.norm(np.subtract(*canonical_shape()[[EYE_CORNERS[0], EYE_CORNERS[3]], :2])))


def face(opening: float, scale: float = 40.0) -> np.ndarray:
    """(468, 3) of somebody whose lids stand so far apart, in distances of the outer eye corners."""
    points = scale * canonical_shape().astype(np.float64)
    now = float(openings(points[None])[0])
    for rim in (RIGHT_EYE, LEFT_EYE):
        lids = points[list(rim), :2]
        middle = (lids + lids[(16 - np.arange(16)) % 16]) / 2
        points[list(rim), :2] = middle + opening / now * (lids - middle)
    return points


def shot(*values: float) -> dict[int, np.ndarray]:
    return {1001 + i: face(value) for i, value in enumerate(values)}


def told(frames: dict[int, np.ndarray]) -> np.ndarray:
    return openings(np.stack(list(frames.values())))


@pytest.mark.parametrize("wide", [0.07, _MEAN, 0.14])
def test_half_of_what_is_unusual_in_open_eyes_is_taken_off(wide: float) -> None:
    got = told(evened(shot(*[wide] * 9)))
    np.testing.assert_allclose(got, _MEAN + _SHARE * (wide - _MEAN), atol=1e-9)


def test_shut_eyes_stay_shut() -> None:
    got = told(evened(shot(*[0.14] * 9, 0.016, 0.01)))
    np.testing.assert_allclose(got[-2:], (0.016, 0.01), atol=1e-9)


def test_a_blink_keeps_its_order() -> None:
    frames = shot(*[0.13] * 9, 0.1, 0.06, 0.02, 0.05, 0.09)
    got = told(evened(frames))
    assert (np.argsort(got[9:]) == np.argsort(told(frames)[9:])).all()


def test_nothing_but_lids_moves() -> None:
    frames = shot(*[0.14] * 9)
    got = evened(frames)
    rest = [i for i in range(468) if i not in LIDS]
    for number, points in frames.items():
        np.testing.assert_array_equal(got[number][rest], points[rest])
        np.testing.assert_array_equal(got[number][:, 2], points[:, 2])
        corners = list(EYE_CORNERS)
        np.testing.assert_allclose(got[number][corners], points[corners], atol=1e-9)


@pytest.mark.parametrize("values", [[0.14] * (ENOUGH - 1), [0.02] * 20, [0.3] * 20, []])
def test_where_open_eyes_are_not_known_lids_stay(values: list[float]) -> None:
    frames = shot(*values)
    got = evened(frames)
    assert all(got[number] is frames[number] for number in frames)
    assert len(got) == len(frames)


def test_what_came_in_is_left_alone() -> None:
    frames = shot(*[0.14] * 9)
    before = {number: points.copy() for number, points in frames.items()}
    evened(frames)
    assert all(np.array_equal(frames[number], before[number]) for number in frames)
