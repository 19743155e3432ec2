"""The stage's hair: haircuts and the growing of curves, on a ball for a head."""

from __future__ import annotations

import numpy as np
import pytest

from bench.stage.base.assets import NARROW_FACE_VERTICES
from bench.stage.face.traits import draw_traits
from bench.stage.hair.hair import combed, curled, ears, gather, grow, off_the_face
from bench.stage.hair.haircuts import HAIRCUTS, haircut
from bench.stage.hair.roots import Surface, along_skin, roots_at, scatter_roots, strands_from, unit, wander

RADIUS = 8.0


def ball() -> tuple[np.ndarray, np.ndarray]:
    """A sphere of latitude and longitude around (0, 4, 0), outward-facing."""
    rows, columns = 24, 48
    v, u = np.meshgrid(
        np.linspace(0.02, np.pi - 0.02, rows), np.arange(columns) / columns * 2 * np.pi, indexing="ij"
    )
    points = RADIUS * np.stack([np.sin(v) * np.sin(u), np.cos(v), np.sin(v) * np.cos(u)], -1) + [0, 4, 0]
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns), indexing="ij")
    a, b = i * columns + j, i * columns + (j + 1) % columns
    triangles = np.concatenate(
        [
            np.stack([a, a + columns, b], -1).reshape(-1, 3),
            np.stack([b, a + columns, b + columns], -1).reshape(-1, 3),
        ]
    )
    return points.reshape(-1, 3), triangles


@pytest.fixture(scope="module")
def head() -> tuple[np.ndarray, np.ndarray]:
    return ball()


def roots(head: tuple[np.ndarray, np.ndarray], count: int = 200):
    points, triangles = head
    rng = np.random.default_rng(1)
    top = points[triangles].mean(1)[:, 1] > 6
    return scatter_roots(points, points, triangles, top, count, rng)


def test_the_same_seed_has_the_same_haircut() -> None:
    assert haircut(draw_traits(23)) == haircut(draw_traits(23))


def test_a_crowd_wears_most_of_the_haircuts() -> None:
    worn = {haircut(draw_traits(s)).name for s in range(200)}
    assert len(worn) >= len(HAIRCUTS) - 1


def test_the_bald_grow_no_long_hair() -> None:
    for seed in range(60):
        traits = draw_traits(seed)
        if traits.hair_opacity < 0.5:
            assert haircut(traits).top < 0.6


def test_roots_lie_where_they_are_wanted(head: tuple[np.ndarray, np.ndarray]) -> None:
    r = roots(head)
    assert r.point[:, 1].min() > 5
    assert np.allclose(np.linalg.norm(r.point - [0, 4, 0], axis=1), RADIUS, atol=0.15)
    assert np.allclose(r.weights.sum(1), 1)


def test_normals_of_roots_point_out_of_the_head(head: tuple[np.ndarray, np.ndarray]) -> None:
    r = roots(head)
    assert ((r.normal * unit(r.point - [0, 4, 0])).sum(1) > 0.97).all()


def test_height_above_the_skin_is_signed(head: tuple[np.ndarray, np.ndarray]) -> None:
    surface = Surface(*head, np.random.default_rng(0))
    height, _, _ = surface.near(np.array([[0, 4 + RADIUS + 1, 0.0], [0, 4 + RADIUS - 1, 0]]))
    assert np.allclose(height, [1, -1], atol=0.1)


@pytest.mark.parametrize("name", ["crop", "side", "back", "quiff", "coils", "long"])
def test_hair_never_grows_into_the_head(head: tuple[np.ndarray, np.ndarray], name: str) -> None:
    r = roots(head)
    surface = Surface(*head, np.random.default_rng(0))
    length = np.full(len(r), 3.0)
    curves = grow(r, length, HAIRCUTS[name], surface, 1.0, np.random.default_rng(2))
    assert np.isfinite(curves).all()
    assert np.linalg.norm(curves - [0, 4, 0], axis=-1).min() > RADIUS - 0.25


def test_hair_is_about_as_long_as_it_is_cut(head: tuple[np.ndarray, np.ndarray]) -> None:
    r = roots(head)
    surface = Surface(*head, np.random.default_rng(0))
    curves = grow(r, np.full(len(r), 3.0), HAIRCUTS["crop"], surface, 1.0, np.random.default_rng(2))
    grown = np.linalg.norm(np.diff(curves, axis=1), axis=-1).sum(1)
    assert np.median(grown) == pytest.approx(3.0, rel=0.15)


def test_hair_combed_back_points_back_on_top() -> None:
    flow = combed(np.array([[0.5, 12.0, 3.0]]), "back", 1.0)
    assert flow[0, 2] < -0.5 * np.linalg.norm(flow[0])


def test_a_parting_sends_hair_to_both_sides() -> None:
    flow = combed(np.array([[6.0, 12.0, 3.0], [-2.0, 12.0, 3.0]]), "side", 1.0)
    assert flow[0, 0] > 0 > flow[1, 0]


def test_gathering_moves_tips_and_leaves_roots(head: tuple[np.ndarray, np.ndarray]) -> None:
    r = roots(head)
    curves = r.point[:, None] + np.linspace(0, 2, 6)[:, None] * r.normal[:, None]
    bunched = gather(curves, 0.8, np.random.default_rng(0))
    assert np.array_equal(bunched[:, 0], curves[:, 0])
    assert np.abs(bunched[:, -1] - curves[:, -1]).max() > 0.05


def test_curls_start_at_the_root(head: tuple[np.ndarray, np.ndarray]) -> None:
    r = roots(head)
    curves = r.point[:, None] + np.linspace(0, 2, 8)[:, None] * r.normal[:, None]
    wound = curled(curves, np.full(len(r), 2.0), HAIRCUTS["curls"], np.random.default_rng(0))
    assert np.allclose(wound[:, 0], curves[:, 0])
    assert wound.shape[1] >= curves.shape[1]


def test_wandering_is_smooth_and_of_unit_variance() -> None:
    points = np.random.default_rng(0).uniform(-20, 20, (4000, 3))
    field = wander(points, 3.0, np.random.default_rng(1))
    near = wander(points + 0.01, 3.0, np.random.default_rng(1))
    assert field.std() == pytest.approx(1.0, abs=0.2)
    assert np.abs(field - near).max() < 0.2


def test_directions_along_the_skin_are_unit_and_tangent() -> None:
    rng = np.random.default_rng(0)
    normal = unit(rng.standard_normal((50, 3)))
    flow = along_skin(rng.standard_normal((50, 3)), normal)
    assert np.allclose(np.linalg.norm(flow, axis=1), 1)
    assert np.allclose((flow * normal).sum(1), 0, atol=1e-6)


def test_strands_start_and_end_where_their_curves_do(head: tuple[np.ndarray, np.ndarray]) -> None:
    points, triangles = head
    r = roots(head, 20)
    curves = r.point[:, None] + np.linspace(0, 2, 5)[:, None] * r.normal[:, None]
    group = strands_from("hair", r, curves, np.full((20, 5), 0.01), np.full(3, 0.1))
    placed = group.place(points, triangles)[..., :3]
    assert np.allclose(placed[:, 0], curves[:, 0], atol=1e-4)
    assert np.allclose(placed[:, -1], curves[:, -1], atol=1e-4)


def test_roots_stay_at_their_place_on_a_moved_head(head: tuple[np.ndarray, np.ndarray]) -> None:
    points, triangles = head
    r = roots(head, 10)
    shift = np.array([1.0, 2.0, 3.0])
    moved = roots_at(points + shift, points, triangles, r.triangle, r.weights)
    assert np.allclose(moved.point, r.point + shift)
    assert np.allclose(moved.here, r.here)


def test_hair_over_the_narrow_face_is_found(head: tuple[np.ndarray, np.ndarray]) -> None:
    points, triangles = head
    r = roots(head)
    surface = Surface(points, triangles, np.random.default_rng(0))
    curves = r.point[:, None] + np.linspace(0, 1, 4)[:, None] * r.normal[:, None]
    # The model's first 6706 vertices are the narrow face: here all of the ball is, and then none of it.
    assert not off_the_face(curves, surface, triangles).any()
    assert off_the_face(curves, surface, triangles + NARROW_FACE_VERTICES).all()


def test_ears_grow_no_hair() -> None:
    here = np.array([[8.8, 1.0, -1.0], [-8.8, 3.0, 0.0], [7.0, 9.0, 0.0], [0.0, 14.0, -2.0]])
    assert ears(here).tolist() == [True, True, False, False]
