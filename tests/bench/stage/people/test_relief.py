"""The stage's skin relief: slopes of height fields and of normal maps."""

from __future__ import annotations

import numpy as np
import pytest

from bench.stage.base.assets import SourceHead
from bench.stage.face.canvas import Canvas
from bench.stage.face.traits import draw_traits
from bench.stage.hair.roots import unit
from bench.stage.people.relief import atlas_frame, line, object_slopes, paint_relief, slopes_of, turned

STEP = 0.02


@pytest.fixture(scope="module")
def flat() -> Canvas:
    """A patch of skin in the plane z = 10, facing the camera, u to the right and v up."""
    x, y = np.meshgrid((np.arange(80) - 40) * STEP, (30 - np.arange(60)) * STEP)
    position = np.stack([x, y, np.full_like(x, 10.0)], -1).astype(np.float32)
    none = np.zeros(x.shape, np.float32)
    return Canvas(
        position,
        np.zeros((68, 2), np.float32),
        none,
        none,
        none - 5,
        np.zeros(x.shape, np.int64),
        np.full((*x.shape, 3), 1 / 3, np.float32),
        np.ones(x.shape, bool),
    )


def towards_camera(canvas: Canvas) -> np.ndarray:
    return np.broadcast_to(np.array([0.0, 0.0, 1.0]), canvas.position.shape)


def test_the_frame_of_a_patch_that_faces_the_camera_is_right_and_up(flat: Canvas) -> None:
    across, along = atlas_frame(flat, towards_camera(flat))
    assert np.allclose(across, [1, 0, 0])
    assert np.allclose(along, [0, 1, 0])


def test_normals_lean_away_from_where_the_skin_rises(flat: Canvas) -> None:
    x, y, _ = np.moveaxis(flat.position, -1, 0)
    slopes = slopes_of(0.2 * x - 0.1 * y, flat, towards_camera(flat))
    assert np.allclose(slopes, [-0.2, 0.1], atol=1e-3)


def test_a_level_height_has_no_slope(flat: Canvas) -> None:
    assert not slopes_of(np.full(flat.lips.shape, 3.0), flat, towards_camera(flat)).any()


def test_the_shortest_turn_brings_start_to_end() -> None:
    rng = np.random.default_rng(0)
    start = unit(rng.standard_normal((40, 3)))
    end = unit(start + 0.8 * unit(rng.standard_normal((40, 3))))
    assert np.allclose(turned(start, start, end), end, atol=1e-6)
    other = rng.standard_normal((40, 3))
    assert np.allclose(np.linalg.norm(turned(other, start, end), axis=1), np.linalg.norm(other, axis=1))


def square() -> SourceHead:
    corners = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
    triangles = np.array([[0, 1, 2], [0, 2, 3]])
    return SourceHead(corners, corners[:, :2], triangles, triangles, np.zeros((4, 4, 3), np.float32))


def test_a_flat_normal_map_has_no_slopes() -> None:
    pytest.importorskip("mitsuba")
    slopes, smooth = object_slopes(square(), np.full((2048, 2048, 3), [0.5, 0.5, 1.0], np.float32))
    assert np.allclose(slopes, 0, atol=1e-6)
    assert np.allclose(smooth[1000, 1000], [0, 0, 1])


def test_red_leans_along_u_and_green_against_v() -> None:
    pytest.importorskip("mitsuba")
    tilted = np.full((2048, 2048, 3), [0.6, 0.6, 1.0], np.float32)
    slopes, _ = object_slopes(square(), tilted)
    assert np.allclose(slopes[1000, 1000], [0.2, -0.2, 0], atol=1e-5)


def test_a_line_is_deepest_on_itself() -> None:
    x, y = np.meshgrid(np.linspace(-1, 1, 21), np.linspace(-1, 1, 21))
    groove = line(x, y, [(-1.0, 0.0), (1.0, 0.0)], 0.1)
    assert np.allclose(groove[10], 1)
    assert groove[0].max() < 1e-6


def test_relief_is_unit_normals_that_face_outwards(flat: Canvas) -> None:
    scanned = np.random.default_rng(0).normal(0, 0.1, (*flat.lips.shape, 2)).astype(np.float32)
    none = np.zeros(flat.lips.shape, np.float32)
    relief = paint_relief(flat, towards_camera(flat), scanned, none, none, none, draw_traits(3))
    assert relief.dtype == np.float32
    assert np.allclose(np.linalg.norm(relief, axis=-1), 1, atol=1e-5)
    assert relief[..., 2].min() > 0.5


def test_covered_skin_has_no_relief(flat: Canvas) -> None:
    scanned = np.full((*flat.lips.shape, 2), 0.2, np.float32)
    all_of_it = np.ones(flat.lips.shape, np.float32)
    none = 0 * all_of_it
    relief = paint_relief(flat, towards_camera(flat), scanned, none, none, all_of_it, draw_traits(3))
    assert np.allclose(relief, [0, 0, 1])
