"""What the pixels' centres see: exact positions, normals and motion."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("mitsuba")

from bench.stage.camera.camera import Camera
from bench.stage.layers.surface import Solid, look, visible

CAMERA = Camera(48, 32, 20, 60, np.zeros(3))


def _square(size: float, z: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    points = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * size + [0, 0, z]
    return points.astype(np.float32), np.array([[0, 1, 2], [0, 2, 3]])


def _turned(points: np.ndarray, degrees: float) -> np.ndarray:
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return (points @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]).T).astype(np.float32)


def _warp(picture: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    i, j = np.clip(np.floor(x - 0.5).astype(int), 0, 46), np.clip(np.floor(y - 0.5).astype(int), 0, 30)
    u, v = (x - 0.5 - i)[:, None], (y - 0.5 - j)[:, None]
    top = picture[j, i] * (1 - u) + picture[j, i + 1] * u
    return np.asarray(top * (1 - v) + (picture[j + 1, i] * (1 - u) + picture[j + 1, i + 1] * u) * v)


def test_positions_project_to_the_pixel_centres() -> None:
    points, triangles = _square(6)
    seen = look([Solid(triangles, points, points)], CAMERA)
    y, x = np.nonzero(seen.found)
    assert np.allclose(CAMERA.project(seen.position[y, x]), np.stack([x, y], 1) + 0.5, atol=1e-3)


def test_nothing_is_seen_where_nothing_is() -> None:
    points, triangles = _square(2)
    seen = look([Solid(triangles, points, points)], CAMERA)
    assert not seen.found[0, 0]
    assert seen.solid[0, 0] == -1
    for layer in (seen.position, seen.normal, seen.uv, seen.flow):
        assert not layer[~seen.found].any()


def test_a_scene_at_rest_has_no_motion() -> None:
    points, triangles = _square(6)
    assert not look([Solid(triangles, points, points)], CAMERA).flow.any()


def test_a_shift_in_the_plane_of_focus_is_so_many_pixels() -> None:
    points, triangles = _square(6)
    seen = look([Solid(triangles, points, points + np.float32([0.5, 0.25, 0]))], CAMERA)
    scale = 16 / np.tan(np.deg2rad(10)) / 60
    assert np.allclose(seen.flow[seen.found], [0.5 * scale, -0.25 * scale], atol=1e-3)


def test_flow_leads_to_the_same_point_of_the_surface_in_the_next_frame() -> None:
    """The next frame's picture of the surface's own coordinates, warped back by the flow, is this frame's."""
    rest, triangles = _square(7)
    own = (rest[:, :2] / 14 + 0.5)[triangles]
    now, later = _turned(rest, 8), _turned(rest, 14) + np.float32([0.3, -0.2, 0.5])
    first = look([Solid(triangles, now, later, own)], CAMERA)
    second = look([Solid(triangles, later, later, own)], CAMERA)
    y, x = np.nonzero(first.found)
    tx, ty = x + 0.5 + first.flow[y, x, 0], y + 0.5 + first.flow[y, x, 1]
    inside = (tx > 2) & (tx < 45) & (ty > 2) & (ty < 29)
    inside &= (np.abs(first.uv[y, x] - 0.5) < 0.42).all(1)
    warped = _warp(second.uv, tx, ty)
    assert inside.sum() > 200
    assert np.abs(warped - first.uv[y, x])[inside].max() < 1e-3


def test_normals_are_unit_and_face_the_camera_from_both_sides() -> None:
    points, triangles = _square(6)
    for order in (triangles, triangles[:, ::-1]):
        seen = look([Solid(order, points, points)], CAMERA)
        assert np.allclose(seen.normal[seen.found], [0, 0, 1], atol=1e-6)


def test_what_stands_in_front_moves_for_both() -> None:
    (far, triangles), (near, _) = _square(6), _square(1, 5.0)
    seen = look([Solid(triangles, far, far), Solid(triangles, near, near + np.float32([1, 0, 0]))], CAMERA)
    assert set(np.unique(seen.solid)) == {-1, 0, 1}
    assert (seen.flow[seen.solid == 1][:, 0] > 1).all()
    assert not seen.flow[seen.solid == 0].any()


def test_points_behind_something_or_outside_the_picture_are_hidden() -> None:
    (far, triangles), (near, _) = _square(6), _square(1, 5.0)
    solids = [Solid(triangles, far, far), Solid(triangles, near, near)]
    points = np.array([[4.0, 2.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.5, 5.0], [30.0, 0.0, 0.0]])
    assert visible(points, solids, CAMERA).tolist() == [True, False, True, False]
