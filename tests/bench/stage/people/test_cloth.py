"""What people wear."""

from __future__ import annotations

import numpy as np

from bench.stage.face.traits import draw_traits
from bench.stage.people.cloth import COLLARS, collar, shirt_depth


def test_people_wear_every_kind_of_collar() -> None:
    assert {collar(draw_traits(s)) for s in range(40)} == set(COLLARS)


def test_a_v_neck_is_deepest_in_front() -> None:
    traits = next(t for t in map(draw_traits, range(40)) if collar(t) == "v")
    front, shoulder = np.array([0.0, -15.0, 5.0]), np.array([6.0, -15.0, 5.0])
    assert shirt_depth(front, traits) < shirt_depth(shoulder, traits)
