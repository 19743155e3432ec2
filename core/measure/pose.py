"""Does the head look where it should: the angle between two head poses."""

from __future__ import annotations

import math

import numpy as np

from doublure.core.errors import DoublureError
from doublure.core.face.pose import Pose


def pose_error(result: Pose, truth: Pose) -> float:
    """Degrees, 0..180: the angle of the rotation that takes one head's orientation to the other's.

    ``2 asin(|R_result - R_truth|_F / (2 sqrt 2))``, which is the geodesic distance on SO(3) (Huynh, "Metrics for
    3D rotations", 2009), well conditioned near 0 and exactly 0 for one pose. Size and place do not count.

    Raises:
        DoublureError: a rotation that is not finite.
    """
    apart = float(np.linalg.norm(np.asarray(result.rotation) - np.asarray(truth.rotation)))
    if not math.isfinite(apart):
        raise DoublureError("a head pose is not finite", remedy="leave untracked frames out")
    return math.degrees(2 * math.asin(min(apart / math.sqrt(8), 1.0)))
