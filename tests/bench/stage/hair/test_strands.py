from __future__ import annotations

import numpy as np

from bench.stage.hair.strands import Strands, tangent_frames

VERTICES = np.array([[0, 0, 0], [2, 0, 0], [0, 2, 0]], np.float32)
TRIANGLES = np.array([[0, 1, 2]])


def _straight() -> Strands:
    offsets = np.zeros((1, 4, 3))
    offsets[0, :, 2] = [0, 1, 2, 3]
    return Strands(
        "test",
        np.array([0]),
        np.array([[0.5, 0.25, 0.25]]),
        offsets,
        np.full((1, 4), 0.01),
        np.array([0.1, 0.1, 0.1]),
    )


def test_a_strand_grows_along_the_normal_from_its_root() -> None:
    placed = _straight().place(VERTICES, TRIANGLES)
    assert np.allclose(placed[0, :, :3], [[0.5, 0.5, z] for z in range(4)], atol=1e-6)
    assert np.allclose(placed[0, :, 3], 0.01)


def test_a_strand_turns_with_the_head() -> None:
    turn = np.array([[0, 0, 1], [0, 1, 0], [-1, 0, 0]], np.float32)
    here = _straight().place(VERTICES, TRIANGLES)[0, :, :3]
    assert np.allclose(_straight().place(VERTICES @ turn.T, TRIANGLES)[0, :, :3], here @ turn.T, atol=1e-5)


def test_a_strand_keeps_its_length_where_the_skin_stretches() -> None:
    placed = _straight().place(VERTICES * [3, 1, 1], TRIANGLES)[0, :, :3]
    assert np.isclose(np.linalg.norm(placed[-1] - placed[0]), 3)


def test_frames_are_right_handed_and_orthonormal() -> None:
    r = np.random.default_rng(0)
    vertices = r.normal(size=(9, 3)).astype(np.float32)
    triangles = np.arange(9).reshape(3, 3)
    _, frames = tangent_frames(vertices, triangles, np.array([0, 1, 2]), np.full((3, 3), 1 / 3))
    assert np.allclose(frames @ frames.transpose(0, 2, 1), np.eye(3), atol=1e-5)
    assert np.allclose(np.linalg.det(frames), 1, atol=1e-5)
