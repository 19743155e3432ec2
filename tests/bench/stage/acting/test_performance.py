"""The stage's performances."""

from __future__ import annotations

import numpy as np

from bench.stage.acting.example_performance import talk_take
from bench.stage.acting.performance import MAX_PITCH, MAX_ROLL, MAX_YAW, VISEMES, random_act

SIDED = (
    "browDown",
    "browInnerUp",
    "browOuterUp",
    "cheekPuff",
    "cheekSquint",
    "eyeBlink",
    "eyeLookDown",
    "eyeLookIn",
    "eyeLookOut",
    "eyeLookUp",
    "eyeSquint",
    "eyeWide",
    "mouthDimple",
    "mouthFrown",
    "mouthLowerDown",
    "mouthPress",
    "mouthSmile",
    "mouthStretch",
    "mouthUpperUp",
    "noseSneer",
)
SINGLE = (
    "jawForward",
    "jawLeft",
    "jawOpen",
    "jawRight",
    "mouthClose",
    "mouthFunnel",
    "mouthLeft",
    "mouthPucker",
    "mouthRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
)
NAMES = tuple(f"{n}_{s}" for n in SIDED for s in "LR") + SINGLE


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


def test_a_take_is_the_same_every_time() -> None:
    for a, b in zip(talk_take(7, 24, NAMES), talk_take(7, 24, NAMES), strict=True):
        assert np.array_equal(a.weights, b.weights)
        assert np.array_equal(a.pose, b.pose)


def test_the_head_of_a_take_turns_smoothly() -> None:
    yaw = np.array([a.pose[0] for a in talk_take(7, 48, NAMES)])
    assert np.abs(np.diff(yaw)).max() < 5
    assert np.ptp(yaw) > 25


def test_a_take_blinks() -> None:
    blink = np.array([a.weights[NAMES.index("eyeBlink_R")] for a in talk_take(7, 48, NAMES)])
    assert blink.max() > 0.9
    assert np.median(blink) < 0.1
