"""The stage's brows, lashes and beards, on a flat patch of skin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.stage.face.canvas import Canvas
from bench.stage.face.traits import Traits, draw_traits
from bench.stage.hair.beard import beard_density, beard_hairs
from bench.stage.hair.brows import HAIRS, brow_hairs, brow_shadow, draw_brows
from bench.stage.hair.lashes import nearest_skin
from bench.stage.hair.roots import texel_area

WIDTH, HEIGHT = 240, 160
STEP = 0.08
CORNERS = np.array([[-9.6, 6.4, 10], [9.6, 6.4, 10], [9.6, -6.4, 10], [-9.6, -6.4, 10]], np.float32)
TRIANGLES = np.array([[0, 3, 1], [1, 3, 2]])


@pytest.fixture(scope="module")
def flat() -> Canvas:
    """Skin in the plane z = 10 that two triangles cover, with brows where a face has them."""
    x, y = np.meshgrid((np.arange(WIDTH) + 0.5) * STEP - 9.6, 6.4 - (np.arange(HEIGHT) + 0.5) * STEP)
    position = np.stack([x, y, np.full_like(x, 10.0)], -1).astype(np.float32)
    # Barycentric weights: the diagonal runs from the upper right to the lower left corner.
    s, t = (x + 9.6) / 19.2, (6.4 - y) / 12.8
    first = s + t < 1
    weights = np.where(
        first[..., None], np.stack([1 - s - t, t, s], -1), np.stack([1 - t, 1 - s, s + t - 1], -1)
    )
    landmark = np.zeros((68, 2), np.float32)
    along = np.linspace(0, 1, 5)
    bend = 50 - 8 * np.sin(np.pi * along)
    landmark[17:22] = np.stack([60 + 45 * along, bend], 1)
    landmark[22:27] = np.stack([135 + 45 * along, bend], 1)
    landmark[36], landmark[45] = (62, 75), (178, 75)
    beard = ((y < -2) & (np.abs(x) < 5)).astype(np.float32)
    none = np.zeros(x.shape, np.float32)
    return Canvas(
        position, landmark, none, beard, none - 5, np.where(first, 0, 1), weights, np.ones(x.shape, bool)
    )


def bearded(amount: float) -> Traits:
    return replace(draw_traits(3), beard=amount)


def test_there_are_two_brows_of_equal_thickness(flat: Canvas) -> None:
    brows = draw_brows(flat, draw_traits(3))
    left = (brows.root[:, 0] < WIDTH / 2).sum()
    assert left == len(brows.root) / 2
    assert 0.6 * HAIRS < left < 1.6 * HAIRS


def test_brow_hairs_point_away_from_the_nose(flat: Canvas) -> None:
    brows = draw_brows(flat, draw_traits(3))
    right_hand = brows.root[:, 0] > WIDTH / 2
    outwards = np.where(right_hand, 1, -1) * (brows.tip - brows.root)[:, 0]
    assert (outwards > 0).mean() > 0.85


def test_brow_hairs_grow_on_the_skin_and_out_of_it(flat: Canvas) -> None:
    traits = draw_traits(3)
    groups = brow_hairs(draw_brows(flat, traits), traits, flat, CORNERS, CORNERS, TRIANGLES)
    for group in groups:
        placed = group.place(CORNERS, TRIANGLES)
        assert np.allclose(placed[:, 0, 2], 10, atol=1e-3)
        assert placed[:, 1:, 2].min() > 9.99
        assert (placed[..., 3] > 0).all()


def test_the_shadow_of_brows_lies_under_them(flat: Canvas) -> None:
    shadow = brow_shadow(draw_brows(flat, draw_traits(3)), flat.lips.shape)
    assert shadow.max() > 0.3
    assert shadow[100:].max() < 1e-3


def test_the_clean_shaven_have_no_beard(flat: Canvas) -> None:
    traits = bearded(0.0)
    assert beard_hairs(beard_density(flat, traits), traits, flat, CORNERS, CORNERS, TRIANGLES) == ()


def test_a_beard_grows_in_its_mask_and_downwards(flat: Canvas) -> None:
    traits = bearded(0.75)
    for group in beard_hairs(beard_density(flat, traits), traits, flat, CORNERS, CORNERS, TRIANGLES):
        placed = group.place(CORNERS, TRIANGLES)[..., :3]
        assert placed[:, 1, 1].max() < -1.9
        assert (placed[:, -2, 1] < placed[:, 1, 1]).mean() > 0.9


def test_stubble_is_shorter_than_a_beard(flat: Canvas) -> None:
    def reach(amount: float) -> float:
        traits = bearded(amount)
        group = beard_hairs(beard_density(flat, traits), traits, flat, CORNERS, CORNERS, TRIANGLES)[0]
        return float(np.linalg.norm(group.offsets[:, -1] - group.offsets[:, 0], axis=1).mean())

    assert reach(0.2) < 0.5 * reach(0.75)


def test_texels_measure_the_skin_under_them(flat: Canvas) -> None:
    assert np.allclose(texel_area(flat), STEP**2, rtol=1e-3)


def test_the_nearest_skin_is_right_below() -> None:
    x, y = np.meshgrid(np.linspace(-1, 1, 11), np.linspace(-1, 1, 11))
    grid = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], 1)
    a = (np.arange(10)[:, None] * 11 + np.arange(10)).ravel()
    triangles = np.concatenate([np.stack([a, a + 1, a + 11], 1), np.stack([a + 1, a + 12, a + 11], 1)])
    points = np.array([[0.31, 0.42, 0.05], [-0.7, 0.1, 0.02]])
    triangle, weights = nearest_skin(points, grid, triangles, np.random.default_rng(0))
    found = (grid[triangles[triangle]] * weights[:, :, None]).sum(1)
    assert np.abs(found[:, :2] - points[:, :2]).max() < 0.1
