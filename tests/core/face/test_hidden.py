from __future__ import annotations

import numpy as np

from doublure.core.face.hidden import hidden_points, skin_colours
from doublure.core.face.topology import canonical_shape

SHAPE = canonical_shape().astype(np.float64)
CHEEK = np.argsort(np.linalg.norm(SHAPE - SHAPE[50], axis=1)).argsort() < 60


def shot(count: int, seed: int = 1) -> list[np.ndarray]:
    """A face whose light gets brighter and slants more and more, with grain."""
    rng = np.random.default_rng(seed)
    skin = 0.45 + 0.08 * rng.random((468, 3))
    return [
        skin * (0.8 + 0.03 * k + 0.01 * k * SHAPE[:, :1]) + rng.normal(0, 0.008, (468, 3))
        for k in range(count)
    ]


def test_changing_light_hides_nothing() -> None:
    assert not hidden_points(shot(12)).any()


def test_a_cheek_behind_something_is_hidden_in_these_frames_alone() -> None:
    frames = shot(12)
    for k in (7, 8):
        frames[k][CHEEK] = (0.1, 0.3, 0.12)
    hidden = hidden_points(frames)
    assert hidden[7:9, CHEEK].mean() > 0.7
    assert not hidden[:7].any()
    assert not hidden[9:].any()
    assert hidden[7, ~CHEEK].mean() < 0.06


def test_one_strange_point_is_a_highlight_and_not_hidden() -> None:
    frames = shot(12)
    frames[4][50] = 1.0
    assert not hidden_points(frames).any()


def test_few_frames_tell_nothing() -> None:
    frames = shot(4)
    frames[2][CHEEK] = 0
    assert not hidden_points(frames).any()
    assert hidden_points([]).shape == (0, 468)


def test_colours_are_read_where_the_points_are() -> None:
    picture = np.zeros((100, 100, 3), np.uint8)
    picture[:, 50:] = 255
    points = np.tile([[20.0, 50.0], [80.0, 50.0]], (234, 1))
    points[:, 1] += np.linspace(-10, 10, 468)
    seen = skin_colours(picture, points)
    assert seen[::2].max() < 0.01
    assert seen[1::2].min() > 0.99


def test_points_beyond_the_edge_have_the_edges_colour() -> None:
    picture = np.full((60, 60, 3), 128, np.uint8)
    points = SHAPE[:, :2] * 40 - 200
    np.testing.assert_allclose(skin_colours(picture, points), 128 / 255, atol=1e-6)
