"""Head pose under weak perspective: where a head is, how large, and which way it faces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from doublure.core.cancel import check
from doublure.core.face.topology import POINTS, RIGID, canonical_shape

DEPTH_WEIGHT = 0.7
"""Trust in a landmark's z against its x and y: FaceMesh infers depth, it sees x and y."""

_RIGID = np.asarray(RIGID)


@dataclass(frozen=True)
class Pose:
    """Weak perspective: ``pixel = scale * (rotation @ model)[:2] + translation``.

    Pixels are square: in plates with a pixel aspect other than 1, x here is plate x times the pixel aspect.

    Attributes:
        rotation: (3, 3) float64, model to camera; identity for a face that looks into the lens.
        scale: pixels per model unit (a model unit is the rms radius of the person's RIGID points).
        translation: (2,) float64 pixels, where the model's origin falls.
    """

    rotation: np.ndarray
    scale: float
    translation: np.ndarray

    def project(self, model: np.ndarray) -> np.ndarray:
        """Model points (N, 3) -> (N, 2) square pixels."""
        return self.scale * (model @ self.rotation.T)[:, :2] + self.translation

    def scaled(self, factor: float) -> Pose:
        """The same head in the picture resized by ``factor``, its origin staying where it is."""
        return Pose(self.rotation, self.scale * factor, self.translation * factor)

    @property
    def yaw(self) -> float:
        """Degrees; positive where the nose points to the picture's right."""
        return float(np.degrees(np.arctan2(-self.rotation[0, 2], self.rotation[2, 2])))

    @property
    def pitch(self) -> float:
        """Degrees; positive where the nose points down."""
        return float(np.degrees(np.arcsin(np.clip(-self.rotation[1, 2], -1, 1))))

    @property
    def roll(self) -> float:
        """Degrees in the picture plane; positive clockwise."""
        return float(np.degrees(np.arctan2(self.rotation[1, 0], self.rotation[1, 1])))


def similarity(
    source: np.ndarray, target: np.ndarray, weights: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """The (scale, rotation, offset) that take ``source`` (N, 3) nearest to ``target`` (N, 3).

    Weighted least squares, closed form (Umeyama, "Least-squares estimation of transformation parameters
    between two point patterns", 1991); ``weights`` is (N,), non-negative.
    """
    w = weights / weights.sum()
    mean_s, mean_t = w @ source, w @ target
    s, t = source - mean_s, target - mean_t
    u, d, vt = np.linalg.svd((t * w[:, None]).T @ s)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt))])
    rotation = (u * sign) @ vt
    scale = float((d * sign).sum() / (w @ (s * s).sum(1)))
    return scale, rotation, mean_t - scale * rotation @ mean_s


def axis_angle(v: np.ndarray) -> np.ndarray:
    """Rodrigues' formula: rotation vector (3,) in radians -> (3, 3)."""
    angle = float(np.linalg.norm(v))
    k = np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])
    if angle < 1e-12:
        return np.eye(3) + k
    return np.eye(3) + np.sin(angle) / angle * k + (1 - np.cos(angle)) / angle**2 * (k @ k)


def rotation_vector(rotation: np.ndarray) -> np.ndarray:
    """The inverse of :func:`axis_angle`, for turns below 180 degrees: (3, 3) -> (3,) radians."""
    skew = (rotation - rotation.T)[[2, 0, 1], [1, 2, 0]] / 2
    sine = float(np.linalg.norm(skew))
    angle = float(np.arctan2(sine, (np.trace(rotation) - 1) / 2))
    return np.asarray(skew * (angle / sine if sine > 1e-12 else 1.0))


def _fit(points: np.ndarray, shape: np.ndarray, depth_weight: float) -> tuple[Pose, float]:
    """(pose, depth of the model's origin): robust Gauss-Newton over RIGID from the closed form."""
    p, m = np.asarray(points, np.float64)[_RIGID], np.asarray(shape, np.float64)[_RIGID]
    weights = np.ones(len(p))
    scale, rotation, offset = similarity(m, p, weights)
    middle = len(p) // 2
    axes = np.array([1.0, 1.0, depth_weight])
    squares = axes**2
    jacobian = np.zeros((3, 7, len(p)))
    jacobian[[0, 1, 2], [4, 5, 6]] = 1
    # Without depth nothing holds the origin's z: it stays where it is.
    ridge = np.diag([0.0, 0, 0, 0, 0, 0, 1e-9])
    for _ in range(12):
        turned = m @ rotation.T
        residual = p - (scale * turned + offset)
        distance = np.linalg.norm(residual * axes, axis=1)
        spread = max(1.4826 * float(np.partition(distance, middle)[middle]), 1e-4 * scale)
        # Tukey's biweight cut at 4.7 spreads: 95 % efficient on clean points, blind to wild ones.
        weights = np.clip(1 - (distance / (4.7 * spread)) ** 2, 0, None) ** 2
        x, y, z = (scale * turned).T
        # Rows of x, y and z; columns are the turn about each axis, the growth and the shift.
        jacobian[0, 1], jacobian[0, 2], jacobian[0, 3] = z, -y, x
        jacobian[1, 0], jacobian[1, 2], jacobian[1, 3] = -z, x, y
        jacobian[2, 0], jacobian[2, 1], jacobian[2, 3] = y, -x, z
        columns = jacobian.transpose(1, 0, 2).reshape(7, -1)
        weighted = columns * (squares[:, None] * weights).ravel()
        step = np.linalg.solve(weighted @ columns.T + ridge, weighted @ residual.T.ravel())
        rotation = axis_angle(step[:3]) @ rotation
        scale *= float(np.exp(step[3]))
        offset = offset + step[4:]
        if np.abs(step[:4]).max() < 1e-9 and np.abs(step[4:]).max() < 1e-7 * scale:
            break
    return Pose(rotation, scale, offset[:2]), float(offset[2])


def fit_pose(points: np.ndarray, shape: np.ndarray, *, depth_weight: float = DEPTH_WEIGHT) -> Pose:
    """The pose that takes the person's shape to the landmarks.

    Args:
        points: (468, 3) landmarks in square pixels, x right, y down, z away from the camera.
        shape: (468, 3) of the same person from :func:`person_shape` (or ``canonical_shape()``).
        depth_weight: trust in z against x and y; 0 uses none of it.

    Only RIGID points count, reweighted robustly (iteratively reweighted Gauss-Newton, Tukey's biweight).
    """
    return _fit(points, shape, depth_weight)[0]


def fit_pose_and_depth(points: np.ndarray, shape: np.ndarray) -> tuple[Pose, float]:
    """As :func:`fit_pose`, with the z (pixels) at which the model's origin lies."""
    return _fit(points, shape, DEPTH_WEIGHT)


def normalise(shape: np.ndarray) -> np.ndarray:
    """(468, 3) moved and scaled so that its RIGID points have centroid 0 and rms radius 1."""
    centred = shape - shape[_RIGID].mean(0)
    return centred / np.sqrt((centred[_RIGID] ** 2).sum(1).mean())


def person_shape(frames: Iterable[np.ndarray], *, rounds: int = 4) -> np.ndarray:
    """One person's mean shape from their landmarks in many frames.

    Args:
        frames: (468, 3) landmarks each, in square pixels, any pose and expression; at least one.
        rounds: alternations between fitting poses and averaging.

    Returns:
        (468, 3) float64, normalised (see :func:`normalise`), turned as ``canonical_shape()`` is.

    Generalised Procrustes analysis (Gower, "Generalized Procrustes analysis", 1975) over RIGID, started from
    the canonical shape so that every person's rotations mean the same; the mean over frames is a median,
    which a few bad frames do not move.
    """
    stack = [np.asarray(points, np.float64) for points in frames]
    if not stack:
        raise ValueError("person_shape needs at least one frame of landmarks")
    if any(points.shape != (POINTS, 3) for points in stack):
        raise ValueError(f"landmarks must be ({POINTS}, 3)")
    canonical = canonical_shape().astype(np.float64)
    shape = canonical
    for _ in range(rounds):
        upright = []
        for points in stack:
            check()
            pose, depth = _fit(points, shape, DEPTH_WEIGHT)
            offset = np.array([*pose.translation, depth])
            upright.append((points - offset) @ pose.rotation / pose.scale)
        shape = np.median(upright, axis=0)
        _, turn, _ = similarity(shape[_RIGID], canonical[_RIGID], np.ones(len(_RIGID)))
        shape = normalise(shape @ turn.T)
    return shape
