"""The stage's performances."""

from __future__ import annotations

import numpy as np

from bench.stage.acting.performance import MAX_PITCH, MAX_ROLL, MAX_YAW, VISEMES, random_act
from tests.bench.stage.acting.names import NAMES


def test_the_same_seed_gives_the_same_act() -> None:
    a, b = random_act(1, 17, NAMES), random_act(1, 17, NAMES)
    assert np.array_equal(a.weights, b.weights)
    assert np.array_equal(a.pose, b.pose)


def test_another_performance_seed_gives_another_act() -> None:
    assert not np.array_equal(random_act(1, 17, NAMES).weights, random_act(2, 17, NAMES).weights)


def test_weights_and_pose_stay_within_their_ranges() -> None:
    for frame in range(200):
        act = random_act(3, frame, NAMES)
        assert act.weights.min() >= 0
        assert act.weights.max() <= 1
        assert (np.abs(act.pose) <= [MAX_YAW, MAX_PITCH, MAX_ROLL]).all()


def test_about_a_tenth_of_the_frames_have_shut_eyes() -> None:
    blink = NAMES.index("eyeBlink_L")
    shut = np.mean([random_act(4, f, NAMES).weights[blink] > 0.6 for f in range(400)])
    assert 0.08 < shut < 0.25


def test_every_viseme_names_shapes_that_exist() -> None:
    known = {n.removesuffix("_L").removesuffix("_R") for n in NAMES}
    assert {n for shapes in VISEMES.values() for n in shapes} <= known
