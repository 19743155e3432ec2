"""The stage's painted mouths, from texel positions alone."""

from __future__ import annotations

import numpy as np

from bench.stage.face.traits import draw_traits
from bench.stage.people.mouth import depth_shade, paint_gums, paint_teeth


def test_teeth_are_warm_and_darken_towards_the_back() -> None:
    z = np.linspace(5, 10.5, 64)
    points = np.stack(np.broadcast_arrays(0.0, -2.4, z[None, :]), -1).repeat(8, 0)
    for seed in range(5):
        teeth = paint_teeth(points, draw_traits(seed))
        assert (teeth[..., 0] > teeth[..., 2]).all()
        assert teeth[:, -8:].mean() > 1.5 * teeth[:, :8].mean()


def test_gums_are_red_whatever_the_skin() -> None:
    points = np.stack(np.broadcast_arrays(np.linspace(-2, 2, 64)[None, :], -3.0, 9.0), -1).repeat(8, 0)
    for seed in range(10):
        gums = paint_gums(points, draw_traits(seed)).mean((0, 1))
        assert gums[0] > 1.5 * gums[1]


def test_it_gets_darker_down_the_throat() -> None:
    assert (np.diff(depth_shade(np.linspace(2, 10, 20))) >= 0).all()
