from __future__ import annotations

import numpy as np
import pytest

from doublure.core.face.head import Head, Person
from doublure.core.face.morphable import morphable
from doublure.core.face.topology import canonical_shape, triangles
from doublure.core.relight.normals import head_map, normal_map, rasterise, vertex_normals
from doublure.core.window import Window


def grid_sphere(radius: float, centre: float) -> tuple[np.ndarray, np.ndarray]:
    """The front of a sphere as a mesh, clockwise in the picture."""
    n = 21
    u, v = np.meshgrid(np.linspace(-0.65, 0.65, n), np.linspace(-0.65, 0.65, n))
    points = np.stack([u, v, -np.sqrt(1 - u**2 - v**2)], -1).reshape(-1, 3) * radius + [centre, centre, 0]
    index = np.arange(n * n).reshape(n, n)
    a, b, c, d = (i.ravel() for i in (index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]))
    return points, np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def test_a_sphere_s_normals_are_its_radii():
    points, faces = grid_sphere(50.0, 60.0)
    field = rasterise(points, faces, vertex_normals(points, faces, smooth=0), 120, 120)
    y, x = np.mgrid[:120, :120] + 0.5 - 60
    inner = np.maximum(np.abs(x), np.abs(y)) < 28
    truth = np.stack([x, y, -np.sqrt(np.maximum(2500 - x**2 - y**2, 0))], -1) / 50
    assert np.abs(field - truth)[inner].max() < 0.03


def test_every_covered_pixel_is_filled_without_holes():
    points, faces = grid_sphere(50.0, 60.0)
    filled = rasterise(points, faces, np.ones((len(points), 1)), 120, 120)[..., 0]
    assert filled[29:91, 29:91] == pytest.approx(1.0, abs=1e-5)
    assert not filled[:25].any()


def test_the_nearer_surface_hides_the_farther():
    points = np.array([[0, 0, 5], [20, 0, 5], [0, 20, 5], [0, 0, 1], [20, 0, 1], [0, 20, 1]], float)
    values = np.array([[1.0]] * 3 + [[2.0]] * 3)
    for faces in ([[0, 1, 2], [3, 4, 5]], [[3, 4, 5], [0, 1, 2]]):
        assert rasterise(points, np.array(faces), values, 20, 20)[5, 5, 0] == pytest.approx(2.0)


def test_surfaces_that_look_away_are_not_drawn():
    points = np.array([[0, 0, 0], [20, 0, 0], [0, 20, 0]], float)
    assert not rasterise(points, np.array([[0, 2, 1]]), np.ones((3, 1)), 20, 20).any()


def test_a_mesh_outside_the_picture_draws_nothing():
    points = np.array([[100, 100, 0], [120, 100, 0], [100, 120, 0], [-50, -50, 0]], float)
    assert not rasterise(points, np.array([[0, 1, 2]]), np.ones((4, 1)), 20, 20).any()


def test_the_canonical_face_looks_at_the_camera_and_its_cheeks_look_aside():
    points = canonical_shape() * 40 + np.array([100.0, 60.0, 0])
    out = normal_map(points, Window(0, 0, 200, 200), longest=1000)
    assert out.normals[out.covered][:, 2].mean() < -0.6
    assert np.linalg.norm(out.normals[out.covered], axis=1) == pytest.approx(1.0, abs=1e-4)
    middle = out.normals[90]
    covered = np.nonzero((middle != 0).any(1))[0]
    assert middle[covered[4], 0] < -0.2
    assert middle[covered[-5], 0] > 0.2


def test_eyes_and_lips_are_not_skin():
    points = canonical_shape() * 40 + np.array([100.0, 60.0, 0])
    out = normal_map(points, Window(0, 0, 200, 200), longest=1000)
    assert 0.02 < 1 - out.skin.sum() / out.covered.sum() < 0.3


def test_a_coarse_grid_gives_the_same_normals():
    points = canonical_shape() * 80 + np.array([200.0, 120.0, 0])
    fine = normal_map(points, Window(0, 0, 400, 400), longest=400)
    coarse = normal_map(points, Window(0, 0, 400, 400), longest=100)
    both = coarse.covered & fine.covered[2::4, 2::4]
    assert np.abs(coarse.normals - fine.normals[2::4, 2::4])[both].mean() < 0.03


def test_an_anamorphic_plate_gives_the_normals_of_the_face_itself():
    points = canonical_shape() * 40 + np.array([100.0, 60.0, 0])
    squeezed = points * [0.5, 1, 1]
    a = normal_map(points, Window(0, 0, 200, 200), longest=1000).normals[:, 1::2]
    b = normal_map(squeezed, Window(0, 0, 100, 200), pixel_aspect=2.0, longest=1000).normals
    both = (a != 0).any(2) & (b != 0).any(2)
    assert np.abs(a - b)[both].mean() < 0.03


def test_the_mesh_s_triangles_run_clockwise_in_the_picture():
    flat = canonical_shape()[triangles()][..., :2]
    e, f = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    assert (e[:, 0] * f[:, 1] - e[:, 1] * f[:, 0] > 0).mean() > 0.95


def test_a_fitted_head_gives_the_normals_and_the_landmarks_what_it_leaves_open():
    model, shape = morphable(), canonical_shape().astype(float)
    person = Person(np.zeros(len(model.identity)), 800.0, np.array([64.0, 64.0]))
    head = Head(np.eye(3), np.array([0.0, 0.0, 150.0]), np.zeros(len(model.names)), person)
    points = np.c_[30 * shape[:, :2] + 64, 30 * shape[:, 2]]
    window = Window.of_size(128, 128)
    plain, fitted = normal_map(points, window), head_map(head, points, window)
    assert fitted.normals.shape == plain.normals.shape
    assert (fitted.skin == plain.skin).all()
    assert (fitted.covered >= plain.covered).all()
    assert np.linalg.norm(fitted.normals[fitted.covered], axis=1) == pytest.approx(1, abs=1e-4)
    assert np.abs(fitted.normals - plain.normals).max() > 0.1
