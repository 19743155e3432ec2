"""Where the pupils are."""

from __future__ import annotations

import numpy as np

from bench.stage.base.assets import FaceModel
from bench.stage.base.geometry import part_triangles

PUPIL_PARTS = ("M_ScleraRight", "M_ScleraLeft")


def pupil_weights(model: FaceModel) -> np.ndarray:
    """Which model vertices make the middles of the pupils, (2, V), rows adding up to 1: the performer's right, left.

    The pupil is where the eyeball's axis of view leaves it.
    """
    out = np.zeros((2, len(model.neutral)))
    for row, part in zip(out, PUPIL_PARTS, strict=True):
        used = np.unique(part_triangles(model, (part,))[0])
        v = model.neutral[used].astype(np.float64)
        centre = (v.min(0) + v.max(0)) / 2
        front = used[v[:, 2] > centre[2]]
        away = np.hypot(*(model.neutral[front].astype(np.float64) - centre)[:, :2].T)
        near = np.argsort(away)[:3]
        weights = 1 / (away[near] + 1e-4)
        row[front[near]] = weights / weights.sum()
    return out
