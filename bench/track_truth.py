"""What the stage knows of the faces in a take, and how far a track of 468 points is from it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.stage.people.body import head_matrix
from doublure.core.errors import DoublureError
from doublure.core.measure.take import read_about

FACEMESH = (
    162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389,
    70, 63, 105, 66, 107, 336, 296, 334, 293, 300,
    168, 197, 5, 4, 75, 97, 2, 326, 305,
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
    61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181,
    78, 82, 13, 312, 308, 317, 14, 87,
)  # fmt: skip
"""For each of the 68 points of iBUG 300-W the FaceMesh point that lies nearest to it on a face."""

LIDS = ((37, 41), (38, 40), (43, 47), (44, 46))
"""Pairs (upper, lower) of the 68 that face each other across an eye."""

_AXES = np.diag([1.0, -1.0, -1.0])
_SHUT = 0.5
_STALE = 0.35


@dataclass(frozen=True)
class TakeTruth:
    """The driver of a take, as the stage knows him.

    Attributes:
        numbers: frame numbers, rising.
        points: (T, 68, 2) plate pixels. seen: (T, 68) whether each is visible.
        pupils: (T, 2, 2) plate pixels: the performer's right one, then his left one.
        rotations: (T, 3, 3) the head's, x right, y down, z away from the camera.
        unit: distance of the outer corners of the eyes in pixels, were the face seen from the front.
    """

    numbers: list[int]
    points: np.ndarray
    seen: np.ndarray
    pupils: np.ndarray
    rotations: np.ndarray
    unit: float

    @property
    def openings(self) -> np.ndarray:
        """(T,) mean distance of the lids, in units."""
        return lids(self.points) / self.unit


def read_truth(folder: Path) -> TakeTruth:
    """The truth of a take's plate. Raises DoublureError where the folder has no ``take.json`` with landmarks."""
    shots = read_about(folder / "take.json").get("shots")
    if not shots:
        raise DoublureError("the take has no landmarks", file=folder, remedy="render it with the stage")
    shots = sorted(shots, key=lambda shot: shot["frame"])
    marks = np.array([shot["landmarks"]["plate"] for shot in shots], np.float64)
    poses = np.array([shot["pose"] for shot in shots], np.float64)
    turns = np.stack([_AXES @ matrix @ _AXES for matrix in head_matrix(poses)])
    points = marks[..., :2]
    across = np.linalg.norm(points[:, 36] - points[:, 45], axis=1)
    unit = float(np.median(across / np.maximum(np.cos(np.radians(poses[:, 0])), 0.3)))
    pupils = np.array([shot["pupils"]["plate"] for shot in shots], np.float64)
    return TakeTruth([shot["frame"] for shot in shots], points, marks[..., 2] > 0.5, pupils, turns, unit)


def lids(points: np.ndarray) -> np.ndarray:
    """(…,) mean distance of the lids of (…, 68, 2) points."""
    return np.mean([np.linalg.norm(points[..., a, :] - points[..., b, :], axis=-1) for a, b in LIDS], axis=0)


def as_68(tracked: Mapping[int, np.ndarray], truth: TakeTruth) -> np.ndarray:
    """(T, 68, 2) of tracked FaceMesh points by frame number, NaN in frames without a face."""
    out = np.full(truth.points.shape, np.nan)
    for i, number in enumerate(truth.numbers):
        if number in tracked:
            out[i] = tracked[number][list(FACEMESH), :2]
    return out


def errors(points: np.ndarray, truth: TakeTruth) -> np.ndarray:
    """(T, 68, 2) error in units after the best fixed mapping; NaN where the point or the face is not seen.

    FaceMesh's points and the stage's are not the same places on the skin. So each point is given one place in
    the head's own coordinates, relative to its FaceMesh point, for the whole take: the one that fits the seen
    frames best (least squares). It turns with the true head, so it neither adds shake nor takes any off.
    """
    apart = np.where(truth.seen[..., None], (points - truth.points) / truth.unit, np.nan)
    out = np.full(apart.shape, np.nan)
    for i in range(apart.shape[1]):
        seen = np.isfinite(apart[:, i]).all(1)
        if not seen.any():
            continue
        turns = truth.rotations[seen, :2]
        rows, values = turns.reshape(-1, 3), apart[seen, i].ravel()
        # Depth is not seen where the head does not turn; a little of nothing keeps it small.
        held = np.vstack([rows, 0.1 * np.eye(3)])
        offset, *_ = np.linalg.lstsq(held, np.concatenate([values, np.zeros(3)]), rcond=None)
        out[seen, i] = apart[seen, i] - turns @ offset
    return out


def mean_error(error: np.ndarray) -> float:
    """Mean distance of all seen points, in units."""
    return float(np.nanmean(np.linalg.norm(error, axis=-1)))


def shake(error: np.ndarray, numbers: Sequence[int]) -> float:
    """Standard deviation of the second difference of the error over time, in units; NaN without three frames."""
    at = np.asarray(numbers)
    next_to = (at[2:] - at[1:-1] == 1) & (at[1:-1] - at[:-2] == 1)
    second = (error[2:] - 2 * error[1:-1] + error[:-2])[next_to]
    return float(np.nanstd(second)) if np.isfinite(second).any() else math.nan


def right(error: np.ndarray) -> np.ndarray:
    """(T,) whether the frame's face was found, and found where it is: a stale box does not count."""
    distance = np.linalg.norm(error, axis=-1)
    seen = np.isfinite(distance)
    count = seen.sum(1)
    mean = np.where(seen, distance, 0.0).sum(1) / np.maximum(count, 1)
    return (count > 0) & (mean < _STALE)


def blink_errors(points: np.ndarray, truth: TakeTruth) -> list[float]:
    """For every blink of the take, how far its depth is off, as a share of the true depth.

    The depth is the median opening of the shot less the least one of the blink, each in its own landmarks.
    """
    wide = truth.openings
    ours = lids(points) / truth.unit
    if not np.isfinite(ours).any():
        return []
    usual, seen_usual = float(np.median(wide)), float(np.nanmedian(ours))
    shut = wide < _SHUT * usual
    out = []
    for first in np.flatnonzero(shut & ~np.r_[False, shut[:-1]]):
        last = first + int(np.argmin(np.r_[shut[first:], False]))
        inside = ours[max(0, first - 1) : last + 1]
        depth = usual - wide[first:last].min()
        least = float(np.nanmin(inside)) if np.isfinite(inside).any() else seen_usual
        out.append(abs((seen_usual - least) - depth) / depth)
    return out


def turn_error(rotation: np.ndarray, truth: np.ndarray) -> float:
    """Degrees between two rotations (3, 3)."""
    return math.degrees(2 * math.asin(min(float(np.linalg.norm(rotation - truth)) / math.sqrt(8), 1.0)))


def common_turn(rotations: np.ndarray, truths: np.ndarray) -> np.ndarray:
    """The one rotation of the model (3, 3) that brings ``rotations @ it`` (T, 3, 3) nearest to ``truths``."""
    u, _, vt = np.linalg.svd(np.einsum("tji,tjk->ik", rotations, truths))
    return np.asarray(u @ np.diag([1, 1, np.sign(np.linalg.det(u @ vt))]) @ vt)
