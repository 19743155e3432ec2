"""Does the face do what it should: landmarks after the head's pose is taken off, and how far lips and lids open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from doublure.core.errors import DoublureError
from doublure.core.face.pose import fit_pose_and_depth
from doublure.core.face.topology import POINTS, canonical_shape
from doublure.core.measure.landmarks import inter_ocular

ENOUGH = 8
"""From this many frames on, each person's own mean face is taken off."""

LIPS = ((82, 87), (13, 14), (312, 317))
RIGHT_LIDS = ((160, 144), (159, 145), (158, 153))
LEFT_LIDS = ((387, 373), (386, 374), (385, 380))
"""Pairs of FaceMesh points (upper, lower) that face each other across an opening: its middle third."""


@dataclass(frozen=True)
class Expression:
    """Errors as shares of the distance of the outer eye corners; 0 is perfect.

    Attributes:
        landmarks: rms distance of the 468 points, seen from the front. Two people who do the same read about 0.012
            over a shot (FaceMesh's own floor), other moments of one person 0.02 to 0.03.
        lips: error of the lips' opening. eyes: rms error of the two lids' openings.
    """

    landmarks: float
    lips: float
    eyes: float


@dataclass(frozen=True)
class ShotExpression:
    """``shot``: rms over the frames. ``frames``: None where there were no landmarks.

    ``own_face_removed``: whether each person's mean face was taken off.
    """

    shot: Expression
    frames: tuple[Expression | None, ...]
    own_face_removed: bool


def head_fixed(points: np.ndarray) -> np.ndarray:
    """(468, 3) landmarks in square pixels -> the same seen from the front, units of the inter-ocular distance.

    Pose and size are those of the points that expression hardly moves (``topology.RIGID``), fitted robustly to the
    average face (``face.pose.fit_pose_and_depth``); x right, y down, z away, origin in the middle of these points.

    Raises:
        DoublureError: another shape, or values that are not finite.
    """
    if points.shape != (POINTS, 3):
        raise DoublureError(f"the landmarks are {points.shape}, not ({POINTS}, 3)")
    if not np.isfinite(points).all():
        raise DoublureError("the landmarks are not finite", remedy="leave untracked frames out")
    pose, depth = fit_pose_and_depth(points, canonical_shape())
    upright = (points - np.array([*pose.translation, depth])) @ pose.rotation
    return upright / float(inter_ocular(upright))


def opening(face: np.ndarray, pairs: Sequence[tuple[int, int]]) -> float:
    """Mean distance, in x and y, of ``pairs`` of points of a ``head_fixed`` face."""
    upper, lower = (face[[pair[side] for pair in pairs], :2] for side in (0, 1))
    return float(np.linalg.norm(upper - lower, axis=1).mean())


def expression(result: np.ndarray, truth: np.ndarray) -> Expression:
    """The errors of one frame; two (468, 3) sets of landmarks in square pixels (``Tracked.square``).

    ``landmarks = sqrt(mean |r - t|^2)`` over the points' x and y in :func:`head_fixed` coordinates (z is inferred,
    not seen, and left out). In one frame the shape of the two people's faces counts too.

    Raises:
        DoublureError: see :func:`head_fixed`.
    """
    return _errors(head_fixed(result), head_fixed(truth), np.zeros((POINTS, 3)))


def shot_expression(
    results: Sequence[np.ndarray | None], truths: Sequence[np.ndarray | None]
) -> ShotExpression:
    """The errors of a shot: as :func:`expression`, the same unit.

    Where 8 frames or more have landmarks, each person's mean :func:`head_fixed` face over these frames is taken off
    before ``landmarks``, so that somebody else who does the same reads near 0. What is constant through the shot (a
    smile that never ends) is taken off with it; it still shows in ``lips`` and ``eyes``, which are not centred.

    Args:
        results, truths: (468, 3) in square pixels a frame, None where no face was found.

    Raises:
        DoublureError: the counts differ, or no frame has both; see :func:`head_fixed`.
    """
    if len(results) != len(truths):
        raise DoublureError(f"there are landmarks of {len(results)} results and {len(truths)} truths")
    faces = {
        i: (head_fixed(result), head_fixed(truth))
        for i, (result, truth) in enumerate(zip(results, truths, strict=True))
        if result is not None and truth is not None
    }
    if not faces:
        raise DoublureError("no frame shows a face in both the result and the truth")
    enough = len(faces) >= ENOUGH
    offset = np.mean([r - t for r, t in faces.values()], axis=0) if enough else np.zeros((POINTS, 3))
    frames = tuple(_errors(*faces[i], offset) if i in faces else None for i in range(len(results)))
    seen = [one for one in frames if one is not None]
    shot = Expression(
        _rms([one.landmarks for one in seen]),
        _rms([one.lips for one in seen]),
        _rms([one.eyes for one in seen]),
    )
    return ShotExpression(shot, frames, enough)


def _errors(result: np.ndarray, truth: np.ndarray, offset: np.ndarray) -> Expression:
    apart = (result - truth - offset)[:, :2]
    lips, right, left = (
        opening(result, pairs) - opening(truth, pairs) for pairs in (LIPS, RIGHT_LIDS, LEFT_LIDS)
    )
    return Expression(math.sqrt(float((apart**2).sum(1).mean())), abs(lips), _rms([right, left]))


def _rms(values: Sequence[float]) -> float:
    return math.sqrt(sum(value * value for value in values) / len(values))
