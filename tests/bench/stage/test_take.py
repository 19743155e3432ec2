"""The kinds of takes, their light, camera, and settings."""

from __future__ import annotations

import numpy as np
import pytest

from bench.stage.acting.takes import KINDS, default_seed, hero_script, take_camera, take_kind, take_script
from bench.stage.light.light import (
    ENV_HEIGHT,
    ENV_WIDTH,
    RESERVED_HDRIS,
    TRAINING_HDRIS,
    Light,
    directions,
    irradiance,
)
from bench.stage.light.lighting import Exposed, light_at
from bench.stage.settings import TakeSettings, format_span, parse_span
from doublure.core.errors import DoublureError
from tests.bench.stage.acting.test_performance import NAMES

LUMA = np.array([0.2126, 0.7152, 0.0722])
GOOD = ("talk", 31, 23, 5, (1001, 1002), (1,), 64, 8)


def _sky() -> np.ndarray:
    d = directions(ENV_WIDTH, ENV_HEIGHT)
    return (0.2 + np.exp(6 * (d[..., :1] - 1)) * np.array([3.0, 2.0, 1.0])).astype(np.float32)


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


def test_exposure_is_fixed_while_the_light_turns() -> None:
    exposed = Exposed(_sky(), lambda t: Light("studio", 5.0 * t, (0.0, 0.0), 0.0, None))
    side = [
        float(irradiance(exposed.environment(t), np.array([1.0, 0, 0])) @ LUMA) for t in (0.0, 18.0, 36.0)
    ]
    total = [exposed.environment(t).sum() for t in (0.0, 18.0, 36.0)]
    assert np.ptp(side) > 0.2 * max(side)
    assert np.ptp(total) < 0.02 * max(total)


def test_a_metered_white_surface_is_about_mid_grey() -> None:
    exposed = Exposed(_sky(), lambda t: Light("studio", 5.0 * t, (0.0, 0.0), 0.0, None))
    front = [
        irradiance(exposed.environment(t), np.array([0, 0, 1.0])) @ LUMA / np.pi
        for t in (0.0, 18.0, 36.0, 54.0)
    ]
    assert 0.2 < np.mean(front) < 1.2


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


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (1, -1, "seed is negative"),
        (4, (), "no frames"),
        (4, (-3,), "below 0"),
        (5, (0,), "below 1"),
        (6, 8, "size of 8"),
        (7, 1, "too few"),
    ],
)
def test_settings_out_of_range_are_told(place: int, value: object, message: str) -> None:
    with pytest.raises(DoublureError, match=message):
        TakeSettings(*GOOD[:place], value, *GOOD[place + 1 :])  # type: ignore[arg-type]


def test_a_shutter_beyond_a_frame_is_told() -> None:
    with pytest.raises(DoublureError, match="shutter"):
        TakeSettings(*GOOD, shutter=1.5)


@pytest.mark.parametrize("numbers", [[], [7], [1, 2, 3], [1001, 1003, 1004, 1005], [3, 1, 2]])
def test_ranges_are_written_as_they_are_read(numbers: list[int]) -> None:
    text = format_span(numbers)
    assert (parse_span(text) if text else []) == sorted(numbers)


def test_a_backwards_range_is_told() -> None:
    with pytest.raises(DoublureError, match="lower number first"):
        parse_span("9-1")
