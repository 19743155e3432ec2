"""Fitting recovers the head that it was shown."""

import numpy as np
import pytest

from doublure.core.face.fit import Fit, fit_shot
from doublure.core.face.morphable import morphable
from doublure.core.face.turn import axis_angle, rotation_vector

SIZE, FOCAL = (640.0, 480.0), 1400.0


def _shot(
    frames: int = 6, noise: float = 0.3, yaw: float = 25.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Landmarks (T, 468, 3), rotations (T, 3, 3), identity (K,), expression (T, E) of a head that never was."""
    rng, model = np.random.default_rng(5), morphable()
    identity = np.zeros(len(model.identity))
    identity[:6] = rng.normal(0, 0.8, 6)
    expression = np.zeros((frames, len(model.names)))
    expression[:, model.names.index("jawOpen")] = np.linspace(0, 0.7, frames)
    basis = model.at_landmarks(model.mean) + model.offset
    basis = basis + np.tensordot(identity, model.at_landmarks(model.identity), 1)
    turns = np.linspace(-yaw, yaw, frames) if frames > 1 else np.array([yaw])
    rotations = np.stack([axis_angle(np.radians([4.0, angle, 2.0])) for angle in turns])
    points = []
    for turn, weights in zip(rotations, expression, strict=True):
        head = basis + np.tensordot(weights, model.at_landmarks(model.expression), 1)
        at = head @ turn.T + (2.0, -1.0, 90.0)
        flat = FOCAL * at[:, :2] / at[:, 2:] + np.array(SIZE) / 2
        deep = (head @ turn.T)[:, 2] * FOCAL / 90
        points.append(np.c_[flat, deep] + rng.normal(0, noise, (468, 3)))
    return np.stack(points), rotations, identity, expression


def _off(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.degrees(np.linalg.norm(rotation_vector(a @ b.T))))


def _fitted(points: np.ndarray, rotations: np.ndarray, **rest: object) -> Fit:
    trust = rest.pop("trust", np.ones(points.shape[:2]))
    return fit_shot(points, trust, rotations, SIZE, **rest)  # type: ignore[arg-type]


def test_pose_shape_and_expression_come_back() -> None:
    points, rotations, identity, expression = _shot()
    tilted = rotations @ axis_angle(np.radians([4.0, 1.0, 0.0]))
    fit = _fitted(points, tilted, focal=FOCAL)
    errors = [_off(a, b) for a, b in zip(fit.heads.rotation, rotations, strict=True)]
    assert max(errors) < 1.7
    assert max(errors) < 0.5 * _off(tilted[0], rotations[0])
    assert abs(fit.heads.translation[:, 2].mean() - 90) < 6
    jaw = fit.heads.expression[:, morphable().names.index("jawOpen")]
    assert np.corrcoef(jaw, expression[:, morphable().names.index("jawOpen")])[0, 1] > 0.95
    assert np.corrcoef(fit.identity[:6], identity[:6])[0, 1] > 0.5
    assert float(fit.heads.error.max()) < 0.1


def test_a_given_focal_length_is_kept_and_an_unknown_one_is_sensible() -> None:
    points, rotations, *_ = _shot()
    assert _fitted(points, rotations, focal=FOCAL).lens.focal == pytest.approx(FOCAL)
    assert 0.5 * FOCAL < _fitted(points, rotations).lens.focal < 2 * FOCAL


def test_expressions_stay_within_their_range() -> None:
    points, rotations, *_ = _shot(noise=4.0)
    strengths = _fitted(points, rotations, focal=FOCAL).heads.expression
    assert float(strengths.min()) >= 0
    assert float(strengths.max()) <= 1


@pytest.mark.parametrize("yaw", [0.0, 80.0])
def test_one_frame_is_enough_for_a_sane_head(yaw: float) -> None:
    points, rotations, *_ = _shot(1, yaw=yaw)
    fit = _fitted(points, rotations)
    assert _off(fit.heads.rotation[0], rotations[0]) < 4
    assert float(np.abs(fit.identity).max()) < 3
    assert float(fit.heads.expression.max()) < 0.9


def test_half_the_points_hidden_and_anywhere_change_little() -> None:
    points, rotations, *_ = _shot()
    whole = _fitted(points, rotations, focal=FOCAL)
    trust = np.ones(points.shape[:2])
    hidden = np.random.default_rng(1).permutation(468)[:234]
    trust[:, hidden] = 0
    points[:, hidden, :2] += 200
    half = _fitted(points, rotations, focal=FOCAL, trust=trust)
    assert _off(half.heads.rotation[2], whole.heads.rotation[2]) < 1
    assert float(np.abs(half.heads.translation - whole.heads.translation).max()) < 6


def test_all_hidden_is_the_mean_head_in_the_pose_that_was_given() -> None:
    points, rotations, *_ = _shot(2)
    fit = _fitted(points, rotations, trust=np.zeros(points.shape[:2]))
    assert np.isfinite(fit.heads.translation).all()
    assert float(np.abs(fit.identity).max()) < 1e-6
