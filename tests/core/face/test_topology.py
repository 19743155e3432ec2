from __future__ import annotations

import numpy as np
import pytest

from doublure.core.face import topology

RINGS = ("OVAL", "LIPS", "LIPS_INNER", "LEFT_EYE", "RIGHT_EYE", "LEFT_BROW", "RIGHT_BROW")


@pytest.mark.parametrize("name", [*RINGS, "RIGID", "NOSE_BRIDGE", "EYE_CORNERS"])
def test_indices_are_points_of_the_mesh_and_occur_once(name):
    indices = getattr(topology, name)
    assert len(set(indices)) == len(indices)
    assert 0 <= min(indices) <= max(indices) < topology.POINTS


@pytest.mark.parametrize("name", RINGS)
def test_rings_do_not_cross_themselves(name):
    ring = topology.canonical_shape()[list(getattr(topology, name)), :2].astype(float)
    count = len(ring)
    for i in range(count):
        for j in range(i + 2, count if i else count - 1):
            assert not _cross(ring[i], ring[i + 1], ring[j], ring[(j + 1) % count]), (i, j)


def _cross(a, b, c, d) -> bool:
    def side(p, q, r):
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]) > 0

    return side(a, b, c) != side(a, b, d) and side(c, d, a) != side(c, d, b)


def test_rigid_points_keep_off_lids_lips_and_brows():
    moving = {*topology.LIPS, *topology.LIPS_INNER, *topology.LEFT_BROW, *topology.RIGHT_BROW}
    lids = {*topology.LEFT_EYE, *topology.RIGHT_EYE} - set(topology.EYE_CORNERS)
    assert not set(topology.RIGID) & (moving | lids)


def test_the_canonical_shape_is_normalised_over_the_rigid_points():
    rigid = topology.canonical_shape()[list(topology.RIGID)].astype(np.float64)
    np.testing.assert_allclose(rigid.mean(0), 0, atol=1e-5)
    assert (rigid**2).sum(1).mean() == pytest.approx(1, abs=1e-5)


def test_the_canonical_face_is_upright_symmetric_and_looks_at_the_camera():
    shape = topology.canonical_shape()
    assert shape[topology.CHIN, 1] > shape[topology.NOSE_TIP, 1] > shape[topology.FOREHEAD, 1]
    assert shape[topology.LEFT_EYE[0], 0] > 0 > shape[topology.RIGHT_EYE[0], 0]
    assert shape[topology.NOSE_TIP, 2] == shape[[*topology.OVAL, topology.NOSE_TIP], 2].min()
    right, left = shape[topology.EYE_CORNERS[0]], shape[topology.EYE_CORNERS[3]]
    np.testing.assert_allclose(right, left * (-1, 1, 1), atol=1e-4)


def test_the_canonical_shape_cannot_be_changed_by_accident():
    with pytest.raises(ValueError, match="read-only"):
        topology.canonical_shape()[0] = 0


def test_triangles_cover_the_oval_once_and_face_the_camera():
    flat, triangles = topology.canonical_shape()[:, :2].astype(float), topology.triangles()
    a, b, c = (flat[triangles[:, k]] for k in range(3))
    u, v = b - a, c - a
    areas = (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) / 2
    assert (areas > 0).all()
    x, y = flat[list(topology.OVAL)].T
    oval = abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
    assert areas.sum() == pytest.approx(oval, rel=0.01)
    assert set(topology.OVAL) <= set(triangles.ravel().tolist())
