"""Seeded curves over unbounded time."""

from __future__ import annotations

import numpy as np
import pytest

from bench.stage.base.curves import events, sway, wander


def test_a_curve_depends_on_seed_stream_and_time_alone() -> None:
    assert wander(3, 1, 17.25, 9) == wander(3, 1, 17.25, 9)
    assert wander(3, 1, 17.25, 9) != wander(4, 1, 17.25, 9)
    assert wander(3, 1, 17.25, 9) != wander(3, 2, 17.25, 9)


@pytest.mark.parametrize("start", [-500, 0, 100000])
def test_a_curve_stays_in_its_range_and_moves_smoothly_at_any_time(start: int) -> None:
    at = np.arange(start, start + 60, 0.5)
    values = np.array([wander(7, 1, t, 12) for t in at])
    assert values.min() >= 0
    assert values.max() <= 1
    assert np.abs(np.diff(values)).max() < 0.06
    assert np.ptp(values) > 0.1


def test_sway_goes_both_ways() -> None:
    values = np.array([sway(1, 1, t, 20) for t in range(400)])
    assert values.min() < -0.4
    assert values.max() > 0.4
    assert abs(values.mean()) < 0.2


def test_events_seen_from_two_times_are_the_same_events() -> None:
    a, b = ([at for at, _ in events(5, 2, t, 10, 30)] for t in (100.0, 104.0))
    shared = [t for t in a if t in b]
    assert len(shared) >= 5
    assert a == sorted(a)


def test_every_event_within_reach_is_given() -> None:
    far = {at for at, _ in events(5, 2, 0.0, 7, 200)}
    near = {at for at, _ in events(5, 2, 0.0, 7, 30)}
    assert {t for t in far if abs(t) <= 30} <= near
