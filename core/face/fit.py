"""Fits one morphable head to the landmarks of a shot: who it is, once; pose and expression, in every frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from doublure.core.cancel import check
from doublure.core.face.morphable import Morphable, morphable
from doublure.core.face.pose import axis_angle, rotation_vector
from doublure.core.face.topology import LEFT_EYE, LIPS, LIPS_INNER, POINTS, RIGHT_EYE, RIGID, mirror

USUAL_FOCAL = 2.2
"""Where no focal length is given: times the picture's longer side; about 55 mm on Super 35."""

_FOCAL_SPREAD = 0.4
"""Standard deviation of its logarithm: two thirds of all shots of faces lie within 1.5 to 3.3 longer sides."""

_SPREAD = 0.4
"""Standard deviation of an expression's strength."""

_INDEPENDENT = 4.0
"""A shot's frames err alike; together they tell as much of a person as this many that do not."""

_CUT = 3.0
"""A landmark this many standard deviations off counts half (Cauchy's weight)."""

_DOUBT = np.array([1.2, 1.2, 5.0])
"""Times a landmark's measured noise in x, y and depth: neighbours err alike, and depth is FaceMesh's guess."""

_ZERO = axis_angle(np.radians([-2.0, 0.0, 0.0]))
"""The turn from the canonical shape's zero to the model's: the mean of 26 drawn and 2 rendered people (-1.0, -2.7)."""

_ZERO_SPREAD = float(np.radians(1.0))
"""People differ by 1.8 degrees in it. The fit is surer of it than it has reason to be, so it is held tighter."""

_SHARED_ROUNDS, _FRAME_ROUNDS, _BATCH = 4, 2, 16


def _used() -> np.ndarray:
    """The points that carry the fit: contours of eyes, lips and brows, and a third of the rest, as neighbours err
    alike; left and right alike."""
    partner = mirror()
    first = np.minimum(np.arange(POINTS), partner) % 4 == 0
    first[[*LIPS, *LIPS_INNER, *LEFT_EYE, *RIGHT_EYE]] = True
    return np.flatnonzero(first | first[partner])


_USED = _used()
_LEVEL = np.flatnonzero(np.isin(_USED, RIGID))


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


@dataclass(frozen=True)
class _Basis:
    """The model at the n used landmarks: ``shared`` (K + B, n, 3), ``own`` (E + N, n, 3), ``noise`` (n, 3)."""

    mean: np.ndarray
    shared: np.ndarray
    own: np.ndarray
    expressions: int
    noise: np.ndarray

    @cached_property
    def shared_columns(self) -> tuple[np.ndarray, np.ndarray]:
        return _columns(self.shared)

    @cached_property
    def own_columns(self) -> tuple[np.ndarray, np.ndarray]:
        return _columns(self.own)


def _columns(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n, 3, P) float32 of vectors (P, n, 3), and the same less the mean of the RIGID points."""
    level = vectors - vectors[:, _LEVEL].mean(1, keepdims=True)
    return tuple(np.ascontiguousarray(v.transpose(1, 2, 0), np.float32) for v in (vectors, level))  # type: ignore[return-value]


@dataclass
class _State:
    """Unknowns: shared (K + B,), log focal, the one turn; of each frame place (pixels from the centre), nearness (cm a
    pixel), own coefficients (T, E + N)."""

    shared: np.ndarray
    log_focal: float
    turn: np.ndarray
    rotation: np.ndarray
    place: np.ndarray
    step: np.ndarray
    own: np.ndarray


def _basis(model: Morphable) -> _Basis:
    def at(field: np.ndarray) -> np.ndarray:
        return model.at_landmarks(field)[..., _USED, :]

    def habits(modes: np.ndarray) -> np.ndarray:
        return modes[..., _USED, :].astype(np.float64)

    return _Basis(
        at(model.mean) + habits(model.offset),
        np.concatenate([at(model.identity), habits(model.bias)]),
        np.concatenate([at(model.expression), habits(model.wander)]),
        len(model.names),
        np.maximum(model.noise[_USED].astype(np.float64), 0.04)[:, [0, 0, 1]] * _DOUBT,
    )


@cache
def _shipped() -> _Basis:
    return _basis(morphable())


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
    basis = _shipped() if model is None else _basis(model)
    model = model or morphable()
    centre = np.array(size, np.float64) / 2
    start = USUAL_FOCAL * max(size) if focal is None else focal
    points, trust = points[:, _USED], trust[:, _USED]
    points = np.dstack([points[..., :2] - centre, _level(points[..., 2])])
    state = _start(basis, points, rotations, start)
    chosen = np.arange(len(points)) if frames is None else np.asarray(frames)
    _solve_shared(basis, state, points, trust, chosen, np.log(start) if focal is None else None)
    error = _solve_frames(basis, state, points, trust)
    f = float(np.exp(state.log_focal))
    translation = np.c_[state.place * state.step[:, None], f * state.step]
    people = len(model.identity)
    heads = Heads(state.rotation @ state.turn, translation, state.own[:, : basis.expressions], error)
    return Fit(state.shared[:people], state.shared[people:], Lens(f, centre), heads)


def _start(basis: _Basis, points: np.ndarray, rotations: np.ndarray, focal: float) -> _State:
    """Weak perspective on the RIGID points of the mean face."""
    rigid = _LEVEL
    turned = np.einsum("tij,nj->tni", rotations, basis.mean[rigid])[..., :2]
    seen = points[:, rigid, :2]
    middle, about = seen.mean(1), turned.mean(1)
    scale = (np.linalg.norm(seen - middle[:, None], axis=2)).mean(1) / np.maximum(
        np.linalg.norm(turned - about[:, None], axis=2).mean(1), 1e-6
    )
    count = len(points)
    return _State(
        np.zeros(len(basis.shared)),
        float(np.log(focal)),
        np.eye(3),
        np.array(rotations, np.float64),
        middle - about * scale[:, None],
        1 / np.maximum(scale, 1e-6),
        np.zeros((count, len(basis.own))),
    )


@dataclass(frozen=True)
class _Linear:
    """Residuals (T, R) in standard deviations and their derivatives (T, R, P): of the frame and what is shared."""

    residual: np.ndarray
    own: np.ndarray
    shared: np.ndarray | None
    distance: np.ndarray


def _linearise(
    basis: _Basis, state: _State, points: np.ndarray, trust: np.ndarray, rows: np.ndarray, shared: bool
) -> _Linear:
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
    away[..., 2] -= _level(turned[..., 2])
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
    pose[:, 2] = _level(moves[:, 2], 1)
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
    return _Linear(residual, own_part, shared_part, distance)


def _level(depth: np.ndarray, axis: int = -1) -> np.ndarray:
    """Depths less the mean of the RIGID points'."""
    return depth - np.take(depth, _LEVEL, axis).mean(axis, keepdims=True)


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


def _own_prior(basis: _Basis) -> np.ndarray:
    """Precisions of a frame's unknowns: the pose is free."""
    expressions = np.full(basis.expressions, _SPREAD**-2)
    return np.concatenate([np.full(3, 1e-6), expressions, np.ones(len(basis.own) - basis.expressions)])


def _normal(linear: _Linear, prior: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Normal equations of every frame's own unknowns: matrices (T, P, P) and right sides (T, P)."""
    # One by one: numpy multiplies a matrix with its own transpose in half the time, stacks of them far slower.
    matrices = np.stack([one.T @ one for one in linear.own]).astype(np.float64) + np.diag(prior)
    right = [one.T @ off for one, off in zip(linear.own, linear.residual, strict=True)]
    return matrices, np.stack(right).astype(np.float64)


def _move(state: _State, rows: np.ndarray, step: np.ndarray) -> None:
    state.place[rows] += step[:, :2] / state.step[rows, None]
    state.step[rows] *= np.exp(np.clip(step[:, 2], -0.5, 0.5))
    state.own[rows] += step[:, 3:]


def _solve_shared(
    basis: _Basis,
    state: _State,
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
            linear = _linearise(basis, state, points, trust, rows, True)
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


def _solve_frames(basis: _Basis, state: _State, points: np.ndarray, trust: np.ndarray) -> np.ndarray:
    """Pose and expression of every frame for the person found; (T,) the rms error that is left, centimetres."""
    prior = _own_prior(basis)
    error = np.zeros(len(points))
    for low in range(0, len(points), _BATCH):
        rows = np.arange(low, min(low + _BATCH, len(points)))
        for _ in range(_FRAME_ROUNDS):
            check()
            linear = _linearise(basis, state, points, trust, rows, False)
            inner, right = _normal(linear, prior)
            right[:, 3:] -= prior[3:] * state.own[rows]
            now = state.own[rows][:, : basis.expressions]
            _move(state, rows, _bounded(inner, right, now, 3, basis.expressions))
        linear = _linearise(basis, state, points, trust, rows, False)
        weight = trust[rows]
        error[rows] = np.sqrt((weight * linear.distance**2).sum(1) / np.maximum(weight.sum(1), 1e-9))
    return error
