"""Small tracks of a known head, for tests of what is done to tracks."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from doublure.core.face import topology
from doublure.core.face.pose import Pose
from doublure.core.face.sidecar import FaceFrame, Track

SHAPE = topology.canonical_shape().astype(np.float64)


def pose(number: int) -> Pose:
    """A head that turns, nods, grows and walks."""
    rotation = Rotation.from_euler("YXZ", [2.0 * number, 5.0, 1.5 * number], degrees=True).as_matrix()
    return Pose(rotation, 40.0 + number, np.array([260.0 + 3 * number, 150.0 - number]))


def face(number: int, aspect: float = 1.0, first: int = 0) -> FaceFrame:
    at = pose(number - first)
    points = np.c_[at.project(SHAPE), at.scale * SHAPE @ at.rotation[2]] / (aspect, 1, 1)
    sure = np.full(468, 0.9, np.float32)
    return FaceFrame(number, True, None, 0.9, points.astype(np.float32), at, sure)


def track(count: int = 8, lost: tuple[int, ...] = (), aspect: float = 1.0, first: int = 0) -> Track:
    frames = {
        n: FaceFrame.lost(n, "the face was lost") if n in lost else face(n, aspect, first)
        for n in range(first, first + count)
    }
    return Track("p.####.exr", 640, 360, aspect, SHAPE, frames)
