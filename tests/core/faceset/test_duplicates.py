from __future__ import annotations

import numpy as np
import pytest

from doublure.core.faceset.duplicates import Seen
from doublure.core.faceset.face import THUMB
from tests.core.faceset.faces import descriptor, face


@pytest.fixture
def seen() -> Seen:
    seen = Seen()
    seen.add(face("mara/0001.0", identity=descriptor(1, 0.2, 1)))
    return seen


def test_the_same_face_is_a_repeat(seen: Seen) -> None:
    assert seen.nearest(face("mara/0002.0")) == ("mara/0001.0", 0.1)


@pytest.mark.parametrize(
    "change",
    [
        {"yaw": 4.0},
        {"pitch": -4.0},
        {"doing": {0: 0.05}},
        {"doing": {5: 0.02}},
        {"light": {"x": 0.2}},
        {"light": {"warmth": 1.5}},
        {"thumbnail": np.full((THUMB, THUMB), 140, np.uint8)},
    ],
)
def test_one_thing_that_differs_makes_another_face(seen: Seen, change: dict[str, object]) -> None:
    assert seen.nearest(face("mara/0002.0", **change)) is None


def test_a_brighter_exposure_alone_does_not(seen: Seen) -> None:
    assert seen.nearest(face("mara/0002.0", light={"exposure": 2.0})) is not None


def test_two_people_who_do_the_same_do_not_repeat_each_other(seen: Seen) -> None:
    assert seen.nearest(face("ben/0001.0", identity=descriptor(2, 0.2, 1))) is None


def test_a_limit_of_nothing_finds_nothing(seen: Seen) -> None:
    assert seen.nearest(face("mara/0002.0"), 0) is None


def test_the_nearest_of_many_is_named() -> None:
    seen = Seen()
    for number in range(600):
        seen.add(face(f"mara/{number:04d}.0", yaw=number * 0.1))
    assert len(seen) == 600
    nearest = seen.nearest(face(yaw=41.31))
    assert nearest is not None
    assert nearest[0] == "mara/0413.0"
