"""Rays, texels and normals of meshes."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("mitsuba")

from bench.stage.base.geometry import cast_rays, rasterise_uv, smooth_normals

SQUARE = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], np.float32)
TWO = np.array([[0, 1, 2], [0, 2, 3]])


def test_rays_hit_where_the_surface_is() -> None:
    hits = cast_rays(
        SQUARE, TWO, np.array([[0.25, 0.5, 3], [5, 0, 3]]), np.array([[0, 0, -1.0], [0, 0, -1.0]])
    )
    assert hits.found.tolist() == [True, False]
    assert np.allclose(hits.blend(SQUARE[TWO])[0], [0.25, 0.5, 0], atol=1e-5)


def test_texels_find_their_own_place() -> None:
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    hits = rasterise_uv(uv, TWO, 8, 4)
    place = hits.blend(uv[TWO]).reshape(4, 8, 2)
    assert hits.found.all()
    assert np.allclose(place[0, 0], [1 / 16, 7 / 8], atol=1e-5)


def test_flat_normals_face_the_viewer() -> None:
    assert np.allclose(smooth_normals(SQUARE, TWO), [0, 0, 1])
