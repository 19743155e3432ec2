"""The stage's people."""

from __future__ import annotations

import numpy as np
import pytest

from bench.stage.face.tone import TONES, tone_colour
from bench.stage.face.traits import SHAPE_MODES, draw_traits

HERO_SHAPE = [1.692584, -0.373091, 0.24491]


def test_the_same_seed_is_the_same_person() -> None:
    a, b = draw_traits(23), draw_traits(23)
    assert np.array_equal(a.shape, b.shape)
    assert np.array_equal(a.tone, b.tone)
    assert (a.low_skin, a.beard, a.brow_arch) == (b.low_skin, b.beard, b.brow_arch)


def test_only_the_leading_shape_modes_vary() -> None:
    assert not draw_traits(5).shape[SHAPE_MODES:].any()


def test_people_cover_the_range_of_skin_tones() -> None:
    red = [draw_traits(s).tone[0] for s in range(100)]
    assert min(red) < 0.18
    assert max(red) > 0.55


def test_skin_is_redder_than_it_is_blue() -> None:
    for seed in range(50):
        r, g, b = draw_traits(seed).tone
        assert r > g > b * 0.9


def test_tones_run_from_lightest_to_darkest() -> None:
    assert np.allclose(tone_colour(0), TONES[0])
    assert np.allclose(tone_colour(1), TONES[-1])


def test_newer_traits_change_nobody_who_was_drawn_before() -> None:
    """The standard takes name people by seed, so the old draws must stay as they are."""
    hero = draw_traits(23)
    assert np.allclose(hero.shape[:3], HERO_SHAPE, atol=1e-5)
    assert (hero.low_skin, hero.high_skin) == ("scan", "scan")
    assert hero.detail == pytest.approx(1.254007504)
