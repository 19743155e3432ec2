"""Two-sided smoothing of a tracked shot: the face's points and the head's pose."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from doublure.core.cancel import check
from doublure.core.face.pose import Pose, fit_poses
from doublure.core.face.topology import LEFT_EYE, RIGHT_EYE

_ORDER = 2
_JUMP = 1.0
# A head is heavy: at the default half width of 2 its filter passes 4 Hz at 24 frames a second.
_WINDOWS = 2
_LIDS = sorted({*LEFT_EYE, *RIGHT_EYE})
_GROWTH = 1.25
_TURN = float(np.cos(np.radians(20)))


@dataclass(frozen=True)
class _Solved:
    pose: Pose
    depth: float
    local: np.ndarray


def savitzky_golay(values: np.ndarray, half: int) -> np.ndarray:
    """Quadratic Savitzky-Golay filter over the first axis of ``values`` (N, …), window ``2 * half + 1``.

    Keeps constant, linear and quadratic motion exactly (Savitzky and Golay, 1964). Near the ends, and in runs
    shorter than the window, the window is cut to what exists and the fit stays centred on its own frame.
    """
    count = len(values)
    out = np.array(values, np.float64)
    if half < 1:
        return out
    for i in range(count):
        check()
        low, high = max(0, i - half), min(count, i + half + 1)
        if high - low < _ORDER + 2:
            continue
        t = np.arange(low, high) - i
        fit = np.linalg.pinv(np.stack([t**power for power in range(_ORDER + 1)], 1))
        out[i] = np.tensordot(fit[0], values[low:high], axes=1)
    return out


def _nearest_rotation(matrix: np.ndarray) -> np.ndarray:
    u, _, vt = np.linalg.svd(matrix)
    return u @ np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))]) @ vt


def _runs(solved: Mapping[int, _Solved], cuts: Collection[int]) -> list[list[int]]:
    """Frame numbers in runs that may be smoothed together: broken at gaps, cuts and jumps."""
    runs: list[list[int]] = []
    step = min(np.diff(sorted(solved)), default=1)
    for number in sorted(solved):
        if runs:
            before, now = solved[runs[-1][-1]].pose, solved[number].pose
            moved = float(np.linalg.norm(now.translation - before.translation))
            growth = max(now.scale / before.scale, before.scale / now.scale)
            turn = float(np.trace(now.rotation @ before.rotation.T) - 1) / 2
            near = moved < _JUMP * before.scale and growth < _GROWTH and turn > _TURN
            if near and number - runs[-1][-1] == step and number not in cuts:
                runs[-1].append(number)
                continue
        runs.append([number])
    return runs


def smooth_shot(
    points: Mapping[int, np.ndarray], shape: np.ndarray, half: int, cuts: Collection[int] = ()
) -> dict[int, tuple[np.ndarray, Pose]]:
    """Smoothed landmarks and head poses of a shot.

    Args:
        points: by frame number, (468, 3) landmarks in square pixels, fused with their flow (``fuse.fuse``).
        shape: (468, 3) of the person.
        half: half width in frames of the window; 0 fits poses and changes nothing.
        cuts: frame numbers that begin a new shot.

    Returns:
        By frame number, ((468, 3) float64 points, pose). x and y are filtered over the window, lids excepted: a
        blink is over in two frames, and fusing has steadied them. Depth, a network's guess, is filtered in the
        head's own coordinates, and the pose by itself, both over twice the window.
        A cut, a missing frame, a jump of more than one head radius, a turn of more than 20 degrees or a growth of
        more than a quarter separates runs; nothing leaks across.
    """
    solved = {}
    fitted = fit_poses(list(points.values()), shape)
    for (number, p), (pose, depth) in zip(points.items(), fitted, strict=True):
        offset = np.array([*pose.translation, depth])
        solved[number] = _Solved(pose, depth, (p - offset) @ pose.rotation / pose.scale)
    if half == 0:
        return {number: (np.asarray(points[number], np.float64), one.pose) for number, one in solved.items()}
    out = {}
    window = _WINDOWS * half
    for run in _runs(solved, cuts):
        check()
        places = savitzky_golay(np.stack([points[n][:, :2] for n in run]), half)
        places[:, _LIDS] = [points[n][_LIDS, :2] for n in run]
        local = savitzky_golay(np.stack([solved[n].local for n in run]), window)
        rotations = savitzky_golay(np.stack([solved[n].pose.rotation for n in run]), window)
        scales = np.exp(savitzky_golay(np.log([solved[n].pose.scale for n in run]), window))
        offsets = savitzky_golay(
            np.stack([[*solved[n].pose.translation, solved[n].depth] for n in run]), window
        )
        for i, number in enumerate(run):
            pose = Pose(_nearest_rotation(rotations[i]), float(scales[i]), offsets[i, :2])
            depth = pose.scale * local[i] @ pose.rotation[2] + offsets[i, 2]
            out[number] = (np.c_[places[i], depth], pose)
    return out
