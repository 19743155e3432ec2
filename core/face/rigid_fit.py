"""Where many readings of one rigid shape stand: a robust fit of scale, turn and shift, all readings at once."""

from __future__ import annotations

import numpy as np

from doublure.core.face.turn import axis_angle

_ROUNDS = 12
_CUT = 4.7
"""Tukey's biweight cut at 4.7 spreads: 95 % efficient on clean points, blind to wild ones."""
# Without depth nothing holds the origin's z: it stays where it is.
_RIDGE = np.diag([0.0, 0, 0, 0, 0, 0, 1e-9])


def similarity(
    source: np.ndarray, target: np.ndarray, weights: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """The (scale, rotation, offset) that take ``source`` (N, 3) nearest to ``target`` (N, 3).

    Weighted least squares, closed form (Umeyama, "Least-squares estimation of transformation parameters
    between two point patterns", 1991); ``weights`` is (N,), non-negative.
    """
    scale, rotation, offset = _similarities(source, target[None], weights)
    return float(scale[0]), rotation[0], offset[0]


def _similarities(
    source: np.ndarray, targets: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    w = weights / weights.sum()
    mean_s, mean_t = w @ source, w @ targets
    s, t = source - mean_s, targets - mean_t[:, None]
    u, d, vt = np.linalg.svd((t * w[:, None]).transpose(0, 2, 1) @ s)
    sign = np.ones((len(targets), 3))
    sign[:, 2] = np.sign(np.linalg.det(u) * np.linalg.det(vt))
    rotation = (u * sign[:, None]) @ vt
    scale = (d * sign).sum(1) / (w @ (s * s).sum(1))
    return scale, rotation, mean_t - scale[:, None] * (rotation @ mean_s)


def fit_rigid(
    points: np.ndarray, model: np.ndarray, depth_weight: float, tolerance: float = 1e-9
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(scale (T,), rotation (T, 3, 3), offset (T, 3)) that take ``model`` (N, 3) to each of ``points`` (T, N, 3).

    ``depth_weight`` is the trust in z against x and y. A fit ends where a step turns (radians) and grows by less than
    ``tolerance``, and moves by less than a hundred times that share of the shape. Gauss-Newton from the closed form,
    reweighted robustly; each reading is fitted by itself, and thirty take as long as ten did one after the other.
    """
    scale, rotation, offset = _similarities(model, points, np.ones(len(model)))
    axes = np.array([1.0, 1.0, depth_weight])
    jacobian = np.zeros((len(points), 7, 3, len(model)))
    jacobian[:, [4, 5, 6], [0, 1, 2]] = 1
    at_work = np.arange(len(points))
    for _ in range(_ROUNDS):
        turned = scale[at_work, None, None] * (rotation[at_work] @ model.T)
        residual = points[at_work].transpose(0, 2, 1) - turned - offset[at_work, :, None]
        weights = axes[:, None] ** 2 * _trust(residual * axes[:, None], scale[at_work])[:, None]
        x, y, z = turned[:, 0], turned[:, 1], turned[:, 2]
        # Columns are x, y and z of every point; rows the turn about each axis, the growth and the shift.
        rows = jacobian[: len(at_work)]
        rows[:, 1, 0], rows[:, 2, 0], rows[:, 3, 0] = z, -y, x
        rows[:, 0, 1], rows[:, 2, 1], rows[:, 3, 1] = -z, x, y
        rows[:, 0, 2], rows[:, 1, 2], rows[:, 3, 2] = y, -x, z
        flat = rows.reshape(len(at_work), 7, -1)
        weighted = flat * weights.reshape(len(at_work), 1, -1)
        right = weighted @ residual.reshape(len(at_work), -1, 1)
        step = np.linalg.solve(weighted @ flat.transpose(0, 2, 1) + _RIDGE, right)[..., 0]
        rotation[at_work] = axis_angle(step[:, :3]) @ rotation[at_work]
        scale[at_work] *= np.exp(step[:, 3])
        offset[at_work] += step[:, 4:]
        moved = np.abs(step[:, :4]).max(1) >= tolerance
        moved |= np.abs(step[:, 4:]).max(1) >= 100 * tolerance * scale[at_work]
        at_work = at_work[moved]
        if not len(at_work):
            break
    return scale, rotation, offset


def _trust(residual: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """(T, N) weights of points whose errors are (T, 3, N)."""
    distance = np.linalg.norm(residual, axis=1)
    middle = distance.shape[1] // 2
    usual = np.partition(distance, middle, axis=1)[:, middle]
    spread = np.maximum(1.4826 * usual, 1e-4 * scale)
    return np.asarray(np.clip(1 - (distance / (_CUT * spread[:, None])) ** 2, 0, None) ** 2)
