"""What crosses the face."""

from __future__ import annotations

import numpy as np

from bench.stage.acting.occluder import CROSSING, Occluder, Prop, pole
from bench.stage.camera.camera import FACE_CENTRE


def _pole() -> Occluder:
    points, triangles = pole(1.2, 60)
    return Occluder(Prop(points, triangles, np.full(3, 0.2)), 12.0, 0.0, 1.0, 7)


def test_a_pole_is_closed_and_faces_outwards() -> None:
    points, triangles = pole(1.0, 10)
    a, b, c = (points[triangles[:, k]].astype(float) for k in range(3))
    volume = (a * np.cross(b, c)).sum() / 6
    assert np.isclose(volume, np.pi * 10, rtol=0.02)
    edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), 1)
    assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all()


def test_it_crosses_the_face_in_about_twenty_frames() -> None:
    occluder = _pole()
    across = np.array([occluder.at(t)[:, 0].mean() - FACE_CENTRE[0] for t in range(int(CROSSING) + 1)])
    over = np.abs(across) < 9
    assert 12 <= over.sum() <= 26
    assert np.abs(across[[0, -1]]).min() > 12


def test_it_moves_smoothly_and_comes_back() -> None:
    occluder = _pole()
    across = np.array([occluder.at(t)[:, 0].mean() for t in range(150)])
    assert np.abs(np.diff(across)).max() < 2
    assert (np.diff(np.sign(across)) != 0).sum() >= 4


def test_it_stays_in_front_of_the_nose() -> None:
    assert _pole().at(11.0)[:, 2].min() > 14.5


def test_the_same_time_is_the_same_place() -> None:
    assert np.array_equal(_pole().at(11.5), _pole().at(11.5))
