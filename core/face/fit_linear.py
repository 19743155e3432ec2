"""A fit near where it stands: what is left of the landmarks, and how each unknown would change it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doublure.core.face.fit_basis import Basis, level

_CUT = 3.0
"""A landmark this many standard deviations off counts half (Cauchy's weight)."""


@dataclass
class State:
    """Unknowns: shared (K + B,), log focal, the one turn; of each frame place (pixels from the centre), nearness (cm a
    pixel), own coefficients (T, E + N)."""

    shared: np.ndarray
    log_focal: float
    turn: np.ndarray
    rotation: np.ndarray
    place: np.ndarray
    step: np.ndarray
    own: np.ndarray


@dataclass(frozen=True)
class Linear:
    """Residuals (T, R) in standard deviations and their derivatives (T, R, P): of the frame and what is shared."""

    residual: np.ndarray
    own: np.ndarray
    shared: np.ndarray | None
    distance: np.ndarray


def linearise(
    basis: Basis, state: State, points: np.ndarray, trust: np.ndarray, rows: np.ndarray, shared: bool
) -> Linear:
    """The chosen ``rows`` of a shot at ``state``.

    Args:
        points: (T, n, 3) pixels from the picture's centre, depth levelled. trust: (T, n), 0..1.
        shared: whether what is shared is differentiated by too: person, habits, the one turn, the focal length.
    """
    focal = np.exp(state.log_focal)
    head = basis.mean + np.tensordot(state.shared, basis.shared, 1)
    head = head + np.tensordot(state.own[rows], basis.own, 1)
    turn = state.rotation[rows] @ state.turn
    turned = head @ turn.transpose(0, 2, 1)
    step = state.step[rows]
    base = np.c_[state.place[rows] * step[:, None], focal * step]
    at = turned + base[:, None]
    # No point of a head comes nearer to the lens than a fifth of the head's distance.
    z = np.maximum(at[..., 2], 0.2 * base[:, None, 2])
    flat = at[..., :2] / z[..., None]
    away = points[rows] * step[:, None, None]
    away[..., :2] -= flat * base[:, None, None, 2]
    away[..., 2] -= level(turned[..., 2])
    distance = np.linalg.norm(away[..., :2], axis=2)
    weight = trust[rows] / np.sqrt(1 + (distance / (_CUT * 2 * basis.noise[:, 0])) ** 2)
    near = base[:, None, 2] / z
    x, y, depth = turned[..., 0], turned[..., 1], turned[..., 2]
    nought = np.zeros_like(x)
    # Turns about x, y, z move (X, Y, Z) by (0, -Z, Y), (Z, 0, -X), (-Y, X, 0); the picture's x moves by
    # near * (dX - flat * dZ), and so does its y.
    moves = np.zeros((len(rows), 3, x.shape[1], 6))
    moves[:, 0, :, :3] = np.stack([nought, depth, -y], -1)
    moves[:, 1, :, :3] = np.stack([-depth, nought, x], -1)
    moves[:, 2, :, :3] = np.stack([y, -x, nought], -1)
    moves[:, 0, :, 3] = moves[:, 1, :, 4] = 1
    # Growth of the distance at an unchanged place in the picture.
    moves[..., 5] = base[:, :, None]
    pose = np.empty_like(moves)
    for axis in (0, 1):
        pose[:, axis] = (moves[:, axis] - flat[..., axis, None] * moves[:, 2]) * near[..., None]
    # Depth counts from the head's own middle, so the head's distance does not show in it.
    moves[..., 3:] = 0
    pose[:, 2] = level(moves[:, 2], 1)
    pose[:, 2, :, 5] = -points[rows, :, 2] * step[:, None]
    count = len(rows)
    scale = (weight[:, None] / basis.noise.T)[..., None]

    # (n, T, 3 seen, 3): how the head's own x, y and z show in the three that are seen.
    show = np.empty((x.shape[1], count, 3, 3), np.float32)
    for axis in (0, 1):
        show[:, :, axis] = turn[:, axis] - flat[..., axis].T[..., None] * turn[:, 2]
        show[:, :, axis] *= near.T[..., None]
    show[:, :, 2] = turn[:, 2]
    show *= scale[..., 0].transpose(2, 0, 1)[..., None]

    def columns(vectors: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        # (n, 3, P) each; float32 is exact enough for derivatives, and twice as quick.
        plain, level = vectors
        flat_part = (show[:, :, :2].reshape(x.shape[1], -1, 3) @ plain).reshape(x.shape[1], count, 2, -1)
        deep_part = (show[:, :, 2] @ level)[:, :, None]
        out = np.concatenate([flat_part, deep_part], 2)
        return out.transpose(1, 2, 0, 3).reshape(count, -1, out.shape[-1])

    own_part = np.concatenate(
        [np.float32(pose[..., 3:] * scale).reshape(count, -1, 3), columns(basis.own_columns)], 2
    )
    shared_part = None
    if shared:
        # The one turn comes before each frame's own.
        turns = (pose[..., :3] * scale).reshape(count, -1, 3) @ state.rotation[rows]
        # A longer lens at a distance longer in proportion: what is not at the origin's depth moves.
        zoom = np.zeros((count, 3, x.shape[1], 1))
        zoom[:, :2, :, 0] = (flat * base[:, None, None, 2] * (1 - near)[..., None]).transpose(0, 2, 1)
        shared_part = np.concatenate(
            [columns(basis.shared_columns), turns, np.float32(zoom * scale).reshape(count, -1, 1)], 2
        )
    residual = np.float32(away.transpose(0, 2, 1) * scale[..., 0]).reshape(count, -1)
    return Linear(residual, own_part, shared_part, distance)
