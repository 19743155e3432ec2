"""Fits one morphable head to the landmarks of a shot: who it is, once; pose and expression, in every frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from doublure.core.cancel import check
from doublure.core.face.fit_basis import LEVEL, USED, Basis, basis_of, level, shipped
from doublure.core.face.fit_linear import Linear, State, linearise
from doublure.core.face.morphable import Morphable, morphable
from doublure.core.face.turn import axis_angle, rotation_vector

USUAL_FOCAL = 2.2
"""Where no focal length is given: times the picture's longer side; about 55 mm on Super 35."""

_FOCAL_SPREAD = 0.4
"""Standard deviation of its logarithm: two thirds of all shots of faces lie within 1.5 to 3.3 longer sides."""

_SPREAD = 0.4
"""Standard deviation of an expression's strength."""

_INDEPENDENT = 4.0
"""A shot's frames err alike; together they tell as much of a person as this many that do not."""

_ZERO = axis_angle(np.radians([-2.0, 0.0, 0.0]))
"""The turn from the canonical shape's zero to the model's: the mean of 26 drawn and 2 rendered people (-1.0, -2.7)."""

_ZERO_SPREAD = float(np.radians(1.0))
"""People differ by 1.8 degrees in it. The fit is surer of it than it has reason to be, so it is held tighter."""

_SHARED_ROUNDS, _FRAME_ROUNDS, _BATCH = 4, 2, 16


@dataclass(frozen=True)
class Lens:
    """A pinhole in square pixels: ``focal``, and ``centre`` (2,), where the optical axis meets the picture."""

    focal: float
    centre: np.ndarray


@dataclass(frozen=True)
class Heads:
    """Poses and expressions of T frames.

    Attributes:
        rotation: (T, 3, 3), model to camera.
        translation: (T, 3) centimetres, of the model's origin from the pinhole; the camera looks along z.
        expression: (T, E), 0..1.
        error: (T,) rms distance of the landmarks that count from where the fit has them, centimetres.
    """

    rotation: np.ndarray
    translation: np.ndarray
    expression: np.ndarray
    error: np.ndarray


@dataclass(frozen=True)
class Fit:
    """``identity`` (K,) and ``bias`` (B,) in standard deviations; the lens; the frames' heads."""

    identity: np.ndarray
    bias: np.ndarray
    lens: Lens
    heads: Heads


def fit_shot(
    points: np.ndarray,
    trust: np.ndarray,
    rotations: np.ndarray,
    size: tuple[float, float],
    *,
    focal: float | None = None,
    frames: Sequence[int] | np.ndarray | None = None,
    model: Morphable | None = None,
) -> Fit:
    """Fit a shot.

    Args:
        points: (T, 468, 3) landmarks in square pixels from the corner of the picture; T at least 1.
        trust: (T, 468) how much each counts, 0..1; 0 where it is hidden.
        rotations: (T, 3, 3) roughly, model to camera (``Pose.rotation``).
        size: of the picture in square pixels; the optical axis meets its middle.
        focal: of the lens in square pixels; estimated where None, with a prior: a face that is small, or seen from
            one side only, tells little of it.
        frames: rows to learn the person and the lens from; all where None. Where it is empty the person is the mean,
            turned as given.
        model: the head; the one that ships where None.

    Maximum a posteriori by Gauss-Newton: landmarks with their measured noise, shape and expression with the model's
    own spread, FaceMesh's habits (bias, wander) as nuisances. Depth, which FaceMesh guesses, counts a little. The
    turns between frames are those of ``rotations``, which are steady; what is found is the one turn that takes them
    all to the model's own zero, about which different people's landmarks err by degrees. Shared and own unknowns are
    solved together by the Schur complement over ``frames``; then every frame by itself.
    """
    basis = shipped() if model is None else basis_of(model)
    model = model or morphable()
    centre = np.array(size, np.float64) / 2
    start = USUAL_FOCAL * max(size) if focal is None else focal
    points, trust = points[:, USED], trust[:, USED]
    points = np.dstack([points[..., :2] - centre, level(points[..., 2])])
    state = _start(basis, points, rotations, start)
    chosen = np.arange(len(points)) if frames is None else np.asarray(frames)
    _solve_shared(basis, state, points, trust, chosen, np.log(start) if focal is None else None)
    error = _solve_frames(basis, state, points, trust)
    f = float(np.exp(state.log_focal))
    translation = np.c_[state.place * state.step[:, None], f * state.step]
    people = len(model.identity)
    heads = Heads(state.rotation @ state.turn, translation, state.own[:, : basis.expressions], error)
    return Fit(state.shared[:people], state.shared[people:], Lens(f, centre), heads)


def _start(basis: Basis, points: np.ndarray, rotations: np.ndarray, focal: float) -> State:
    """Weak perspective on the RIGID points of the mean face."""
    rigid = LEVEL
    turned = np.einsum("tij,nj->tni", rotations, basis.mean[rigid])[..., :2]
    seen = points[:, rigid, :2]
    middle, about = seen.mean(1), turned.mean(1)
    scale = (np.linalg.norm(seen - middle[:, None], axis=2)).mean(1) / np.maximum(
        np.linalg.norm(turned - about[:, None], axis=2).mean(1), 1e-6
    )
    count = len(points)
    return State(
        np.zeros(len(basis.shared)),
        float(np.log(focal)),
        np.eye(3),
        np.array(rotations, np.float64),
        middle - about * scale[:, None],
        1 / np.maximum(scale, 1e-6),
        np.zeros((count, len(basis.own))),
    )


def _bounded(matrix: np.ndarray, right: np.ndarray, now: np.ndarray, first: int, count: int) -> np.ndarray:
    """Steps (T, P) that solve ``matrix @ step = right`` with coefficients ``now + step`` of ``count`` expressions,
    from column ``first``, kept within 0..1: those that would leave are put on their bound, twice over."""
    place = slice(first, first + count)
    held = np.zeros(right.shape, bool)
    step = np.linalg.solve(matrix, right[..., None])[..., 0]
    for _ in range(2):
        wanted = now + step[:, place]
        outside = (wanted < 0) | (wanted > 1)
        if not outside.any():
            break
        held[:, place] |= outside
        fixed = np.where(held, 0.0, step)
        fixed[:, place] = np.where(held[:, place], np.clip(wanted, 0, 1) - now, fixed[:, place])
        bound = np.where(held, fixed, 0.0)
        free = matrix * ~held[:, :, None] * ~held[:, None, :]
        diagonal = np.arange(matrix.shape[1])
        free[:, diagonal, diagonal] += held
        rest = np.where(held, bound, right - (matrix @ bound[..., None])[..., 0])
        step = np.linalg.solve(free, rest[..., None])[..., 0]
    step[:, place] = np.clip(now + step[:, place], 0, 1) - now
    return step


def _own_prior(basis: Basis) -> np.ndarray:
    """Precisions of a frame's unknowns: the pose is free."""
    expressions = np.full(basis.expressions, _SPREAD**-2)
    return np.concatenate([np.full(3, 1e-6), expressions, np.ones(len(basis.own) - basis.expressions)])


def _normal(linear: Linear, prior: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Normal equations of every frame's own unknowns: matrices (T, P, P) and right sides (T, P)."""
    # One by one: numpy multiplies a matrix with its own transpose in half the time, stacks of them far slower.
    matrices = np.stack([one.T @ one for one in linear.own]).astype(np.float64) + np.diag(prior)
    right = [one.T @ off for one, off in zip(linear.own, linear.residual, strict=True)]
    return matrices, np.stack(right).astype(np.float64)


def _move(state: State, rows: np.ndarray, step: np.ndarray) -> None:
    state.place[rows] += step[:, :2] / state.step[rows, None]
    state.step[rows] *= np.exp(np.clip(step[:, 2], -0.5, 0.5))
    state.own[rows] += step[:, 3:]


def _solve_shared(
    basis: Basis,
    state: State,
    points: np.ndarray,
    trust: np.ndarray,
    chosen: np.ndarray,
    usual: float | None,
) -> None:
    """Who it is and through which lens: Gauss-Newton over the chosen frames, their own unknowns eliminated."""
    if not len(chosen):
        return
    prior = _own_prior(basis)
    count = len(basis.shared)
    share = min(1.0, _INDEPENDENT / len(chosen))
    for _ in range(_SHARED_ROUNDS):
        precise = 1e12 if usual is None else _FOCAL_SPREAD**-2
        matrix = np.diag(np.r_[np.ones(count), np.full(3, _ZERO_SPREAD**-2), precise])
        off = 0.0 if usual is None else usual - state.log_focal
        right = np.r_[-state.shared, rotation_vector(_ZERO @ state.turn.T) * _ZERO_SPREAD**-2, off * precise]
        kept = []
        for low in range(0, len(chosen), _BATCH):
            check()
            rows = chosen[low : low + _BATCH]
            linear = linearise(basis, state, points, trust, rows, True)
            assert linear.shared is not None
            inner, own_right = _normal(linear, prior)
            cross = np.stack([a.T @ b for a, b in zip(linear.own, linear.shared, strict=True)])
            own_right[:, 3:] -= prior[3:] * state.own[rows]
            gain = np.linalg.solve(inner, np.concatenate([cross, own_right[..., None]], 2))
            flat = cross.reshape(-1, count + 4)
            across = linear.shared.reshape(-1, count + 4)
            matrix += share * (across.T @ across - flat.T @ gain[..., :-1].reshape(-1, count + 4))
            right += share * (across.T @ linear.residual.ravel() - flat.T @ gain[..., -1].ravel())
            kept.append((rows, inner, own_right, cross))
        step = np.linalg.solve(matrix, right)
        for rows, inner, own_right, cross in kept:
            now = state.own[rows][:, : basis.expressions]
            _move(state, rows, _bounded(inner, own_right - cross @ step, now, 3, basis.expressions))
        state.shared += step[:-4]
        state.turn = axis_angle(step[-4:-1]) @ state.turn
        state.log_focal += float(np.clip(step[-1], -0.5, 0.5))


def _solve_frames(basis: Basis, state: State, points: np.ndarray, trust: np.ndarray) -> np.ndarray:
    """Pose and expression of every frame for the person found; (T,) the rms error that is left, centimetres."""
    prior = _own_prior(basis)
    error = np.zeros(len(points))
    for low in range(0, len(points), _BATCH):
        rows = np.arange(low, min(low + _BATCH, len(points)))
        for _ in range(_FRAME_ROUNDS):
            check()
            linear = linearise(basis, state, points, trust, rows, False)
            inner, right = _normal(linear, prior)
            right[:, 3:] -= prior[3:] * state.own[rows]
            now = state.own[rows][:, : basis.expressions]
            _move(state, rows, _bounded(inner, right, now, 3, basis.expressions))
        linear = linearise(basis, state, points, trust, rows, False)
        weight = trust[rows]
        error[rows] = np.sqrt((weight * linear.distance**2).sum(1) / np.maximum(weight.sum(1), 1e-9))
    return error
