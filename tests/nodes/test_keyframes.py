from __future__ import annotations

import pytest

from doublure.core.errors import DoublureError
from doublure.nodes.keyframes import Animation, animation_json, read_animation, value_at
from doublure.nodes.schema import Param

MIX = Param("mix", "float", 0.0, "Mix", "Mix.", minimum=0.0, maximum=1.0)
POINT = Param("at", "point", (0.0, 0.0), "At", "At.")
SWITCH = Param("on", "bool", False, "On", "On.")
SEED = Param("seed", "int", 0, "Seed", "Seed.", animatable=False)


def test_values_hold_outside_the_keys() -> None:
    animation = Animation(((10, 0.25), (20, 0.75)))
    assert (animation.at(-5), animation.at(99)) == (0.25, 0.75)


def test_linear_is_halfway_at_half_time() -> None:
    assert Animation(((10, 0.0), (20, 1.0))).at(15) == 0.5


@pytest.mark.parametrize("interpolation", ["linear", "smooth", "constant"])
def test_keys_are_met_exactly(interpolation: str) -> None:
    keys = ((1001, 0.1), (1010, 0.7), (1048, 0.3))
    assert [Animation(keys, interpolation).at(frame) for frame, _ in keys] == [value for _, value in keys]


def test_smooth_is_slower_near_its_keys_than_linear() -> None:
    animation = Animation(((0, 0.0), (10, 1.0)), "smooth")
    assert animation.at(1) < 0.1
    assert animation.at(9) > 0.9
    assert animation.at(5) == 0.5


def test_constant_waits_for_the_next_key() -> None:
    animation = Animation(((0, 0.0), (10, 1.0)), "constant")
    assert (animation.at(9), animation.at(10)) == (0.0, 1.0)


def test_points_are_mixed_coordinate_by_coordinate() -> None:
    assert read_animation(POINT, {"keys": [[0, [0, 10]], [4, [8, 10]]]}, "n.at").at(1) == (2.0, 10.0)


def test_switches_step_without_being_asked() -> None:
    animation = read_animation(SWITCH, {"keys": [[0, False], [4, True]]}, "n.on")
    assert (animation.at(3), animation.at(4)) == (False, True)


def test_one_key_holds_everywhere() -> None:
    assert Animation(((5, 0.5),)).at(1) == 0.5


def test_a_plain_value_is_itself_at_every_frame() -> None:
    assert value_at(0.5, 1001) == 0.5


def test_an_animation_survives_json() -> None:
    data = {"keys": [[0, [0.0, 1.0]], [4, [2.0, 3.0]]], "interpolation": "smooth"}
    assert animation_json(read_animation(POINT, data, "n.at")) == data


@pytest.mark.parametrize(
    ("param", "data", "sentence"),
    [
        (MIX, {"keys": []}, "has no keys"),
        (MIX, {}, "has no keys"),
        (MIX, {"keys": [[2, 0.0], [1, 1.0]]}, "not in order"),
        (MIX, {"keys": [[1, 0.0], [1, 1.0]]}, "not in order"),
        (MIX, {"keys": [[1, 0.0], [2]]}, r"has a key \[2\]"),
        (MIX, {"keys": [["a", 0.0]]}, "key at frame 'a'"),
        (MIX, {"keys": [[1, 7.0]]}, r"n\.x at frame 1 is 7; give a value from 0 to 1"),
        (MIX, {"keys": [[1, 0.0]], "interpolation": "liner"}, "did you mean linear"),
        (MIX, {"keys": [[1, 0.0]], "ease": 1}, "unknown field 'ease'"),
        (SWITCH, {"keys": [[1, True]], "interpolation": "linear"}, "cannot be interpolated"),
        (SEED, {"keys": [[1, 1]]}, "cannot be animated"),
    ],
)
def test_a_broken_animation_is_told_in_a_sentence(
    param: Param, data: dict[str, object], sentence: str
) -> None:
    with pytest.raises(DoublureError, match=sentence):
        read_animation(param, data, "n.x")
