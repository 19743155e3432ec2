"""Head pose under weak perspective: where a head is, how large, and which way it faces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from doublure.core.cancel import check
from doublure.core.face.rigid_fit import fit_rigid, similarity
from doublure.core.face.topology import POINTS, RIGID, canonical_shape

DEPTH_WEIGHT = 0.7
"""Trust in a landmark's z against its x and y: FaceMesh infers depth, it sees x and y."""

_RIGID = np.asarray(RIGID)
_EXACT = 1e-9
_AT_ONCE = 64
"""Frames fitted together: some 10 MB."""


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


def fit_pose(
    points: np.ndarray, shape: np.ndarray, *, depth_weight: float = DEPTH_WEIGHT, tolerance: float = _EXACT
) -> Pose:
    """The pose that takes the person's shape to the landmarks.

    Args:
        points: (468, 3) landmarks in square pixels, x right, y down, z away from the camera.
        shape: (468, 3) of the same person from :func:`person_shape` (or ``canonical_shape()``).
        depth_weight: trust in z against x and y; 0 uses none of it.
        tolerance: how exactly, in radians and in the scale's logarithm.

    Only RIGID points count, reweighted robustly (iteratively reweighted Gauss-Newton, Tukey's biweight).
    """
    return fit_poses([points], shape, depth_weight=depth_weight, tolerance=tolerance)[0][0]


def fit_pose_and_depth(points: np.ndarray, shape: np.ndarray) -> tuple[Pose, float]:
    """As :func:`fit_pose`, with the z (pixels) at which the model's origin lies."""
    return fit_poses([points], shape)[0]


def fit_poses(
    frames: Sequence[np.ndarray],
    shape: np.ndarray,
    *,
    depth_weight: float = DEPTH_WEIGHT,
    tolerance: float = _EXACT,
) -> list[tuple[Pose, float]]:
    """:func:`fit_pose_and_depth` of each of many frames' landmarks, in a fraction of the time."""
    out: list[tuple[Pose, float]] = []
    model = np.asarray(shape, np.float64)[_RIGID]
    for first in range(0, len(frames), _AT_ONCE):
        check()
        some = np.stack(
            [np.asarray(points, np.float64)[_RIGID] for points in frames[first : first + _AT_ONCE]]
        )
        for scale, rotation, offset in zip(*fit_rigid(some, model, depth_weight, tolerance), strict=True):
            out.append((Pose(rotation, float(scale), offset[:2]), float(offset[2])))
    return out


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
        for points, (pose, depth) in zip(stack, fit_poses(stack, shape), strict=True):
            offset = np.array([*pose.translation, depth])
            upright.append((points - offset) @ pose.rotation / pose.scale)
        shape = np.median(upright, axis=0)
        _, turn, _ = similarity(shape[_RIGID], canonical[_RIGID], np.ones(len(_RIGID)))
        shape = normalise(shape @ turn.T)
    return shape
