"""The kinds of takes: their acts, light and camera."""

from __future__ import annotations

import numpy as np
import pytest

from bench.stage.acting.takes import KINDS, default_seed, hero_script, take_camera, take_kind, take_script
from bench.stage.light.light import RESERVED_HDRIS, TRAINING_HDRIS
from bench.stage.light.lighting import light_at
from doublure.core.errors import DoublureError
from tests.bench.stage.acting.names import NAMES


@pytest.mark.parametrize("kind", list(KINDS))
def test_plate_and_truth_use_reserved_hdris_only(kind: str) -> None:
    used = {light_at(KINDS[kind].lighting, seed, 3.0).hdri for seed in range(40)}
    assert used == set(RESERVED_HDRIS)


def test_the_hero_footage_uses_training_hdris_only() -> None:
    used = {hero_script(seed, 1 + 8 * k, NAMES).light(0.0).hdri for seed in range(6) for k in range(20)}
    assert used == set(TRAINING_HDRIS)


def test_the_hero_does_something_else_than_the_plate() -> None:
    hero = hero_script(5, 1, NAMES).act(1.0)
    plate = take_script(KINDS["talk"], 5, NAMES).act(1.0)
    assert not np.array_equal(hero.weights, plate.weights)


def test_time_runs_on_within_a_set_up_of_the_hero() -> None:
    first, second = (hero_script(5, frame, NAMES) for frame in (3, 4))
    assert np.array_equal(first.act(4.0).weights, second.act(4.0).weights)


def test_light_stays_the_same_within_a_set_up_and_changes_between() -> None:
    at = [hero_script(5, frame, NAMES).light(float(frame)) for frame in range(1, 10)]
    assert {light.turn for light in at[:8]} == {at[0].turn}
    assert at[8].turn != at[0].turn


def test_the_light_turns_or_moves_in_every_take() -> None:
    for kind in KINDS.values():
        a, b = (light_at(kind.lighting, 3, t) for t in (0.0, 24.0))
        moved = 0.0 if a.key is None or b.key is None else np.abs(a.key.direction - b.key.direction).max()
        assert a.turn != b.turn or moved > 0


def test_the_hard_key_is_narrow_strong_and_moving() -> None:
    a, b = (light_at(KINDS["hardkey"].lighting, 3, t).key for t in (0.0, 36.0))
    assert a is not None
    assert b is not None
    assert a.width <= 6
    assert a.strength >= 7
    assert np.degrees(np.arccos(np.clip(a.direction @ b.direction, -1, 1))) > 2


def test_the_default_performance_differs_between_takes_and_people() -> None:
    seeds = {default_seed(kind, d, h) for kind in KINDS for d in range(5) for h in range(5)}
    assert len(seeds) == len(KINDS) * 25


def test_the_camera_of_a_take_is_its_seeds() -> None:
    a, b, c = (take_camera(seed, 128) for seed in (1, 1, 2))
    assert (a.distance, *a.aim) == (b.distance, *b.aim)
    assert (a.distance, *a.aim) != (c.distance, *c.aim)


def test_framing_does_not_depend_on_the_size() -> None:
    point = np.array([[2.0, 3.0, 5.0]])
    small, large = (take_camera(4, size).project(point) for size in (100, 400))
    assert np.allclose(4 * small, large)


def test_an_unknown_take_is_told_with_the_known_ones() -> None:
    with pytest.raises(DoublureError, match="talk, turn, hardkey, profile, occluded"):
        take_kind("dance")
