"""A roto matte of what stands in front of the face: its points there are not believed, and are told as hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch

from doublure.core.face.fuse import Reading
from doublure.core.face.rigid_fit import similarity
from doublure.core.face.topology import RIGID, canonical_shape
from doublure.core.frame import Frame
from doublure.core.window import Window

COVERED = "the occlusion matte covers the face"
"""Why a face is not there: too little of it is seen to tell where it is."""

_HALF = 0.5
_LEAST = 12
"""With fewer rigid points in view, a head's pose is a guess."""
_NEAR = 0.35
"""How far, in rms radii of the head, an expression that is seen says something of what is beside it."""
_PRIOR = 0.5
_RIGID = np.asarray(RIGID)


@dataclass(frozen=True)
class Matte:
    """``values`` (H, W) over ``data``: 0 where the face is in view, 1 where something is in front; 0 beyond."""

    values: torch.Tensor
    data: Window

    def covers(self, points: np.ndarray) -> np.ndarray:
        """(N,) bool: whether the matte is at least half at each of (N, 2 or 3) places, plate pixels."""
        x, y = (
            np.ascontiguousarray(points[None, :, i] - origin - 0.5, np.float32)
            for i, origin in ((0, self.data.x0), (1, self.data.y0))
        )
        read = cv2.remap(
            np.ascontiguousarray(self.values.numpy()), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT
        )
        return np.asarray(read[0] >= _HALF)


def matte_of(frame: Frame, plate: Frame, channel: str = "") -> Matte:
    """One channel of a picture as the matte of a plate.

    Args:
        frame: any picture of the plate's format; it may be the plate itself.
        plate: whose face may be covered.
        channel: by name; where "", A, or the only channel.

    Raises:
        DoublureError: no such channel, none that can be told, another format, or values that are not finite.
    """
    if frame.display != plate.display:
        raise frame.error(
            f"the occlusion matte has {frame.display.width} by {frame.display.height} pixels, and the plate "
            f"{plate.display.width} by {plate.display.height}",
            "render it in the plate's format",
        )
    name = channel or ("A" if frame.has("A") else frame.channels[0] if len(frame.channels) == 1 else "")
    if not frame.has(name):
        told = f"has no channel {name!r}" if name else "has several channels, and none is A"
        raise frame.error(
            f"the occlusion matte {told} (it has {', '.join(frame.channels)})", "name one of its channels"
        )
    values = frame.channel(name)
    if not bool(torch.isfinite(values).all()):
        raise frame.error("the occlusion matte has pixels that are not finite", "render it again")
    return Matte(values, frame.data)


def enough_in_view(covered: np.ndarray) -> bool:
    """Whether a face whose (468,) points are ``covered`` can be placed by the others."""
    return int((~covered[_RIGID]).sum()) >= _LEAST


def without_covered_steps(
    readings: Mapping[int, Reading], covered: Mapping[int, np.ndarray]
) -> dict[int, Reading]:
    """Readings whose flow is not believed at covered points: it followed what is in front.

    A step counts for nothing where its point is covered at either end, so no covered reading pulls at another frame.
    After a frame whose face was left out because too little of it is in view, a new run begins: the steps that follow
    lead from a reading that is not there.
    """
    out: dict[int, Reading] = {}
    before: int | None = None
    dropped = set(covered) - set(readings)
    for number, one in readings.items():
        if before is not None and any(before < gone < number for gone in dropped):
            one = replace(one, steps=None)
        marks = [covered[n] for n in (before, number) if n is not None and n in covered]
        if one.steps is not None and marks:
            doubt = np.where(np.any(marks, axis=0), np.inf, one.steps.doubt)
            one = replace(one, steps=replace(one.steps, doubt=doubt))
        out[number], before = one, number
    return out


def in_place_of_covered(points: np.ndarray, covered: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """A face whose covered points are where the head says they are.

    Args:
        points: (468, 3) square pixels. covered: (468,) bool; at least 12 rigid points in view.
        shape: (468, 3) of the person.

    Returns:
        (468, 3): covered points on the person's shape in the pose of the points in view, with as much of their
        neighbours' expression as is seen near by. What was read under the matte counts for nothing.
    """
    if not covered.any():
        return points
    seen = ~covered
    rigid = _RIGID[seen[_RIGID]]
    scale, rotation, offset = similarity(shape[rigid], points[rigid], np.ones(len(rigid)))
    own = (points - offset) @ rotation / scale
    base = canonical_shape().astype(np.float64)
    apart = np.linalg.norm(base[covered][:, None] - base[seen][None], axis=2)
    weights = np.exp(-0.5 * (apart / _NEAR) ** 2)
    change = weights @ (own[seen] - shape[seen]) / (weights.sum(1, keepdims=True) + _PRIOR)
    out = np.array(points, np.float64)
    out[covered] = scale * (shape[covered] + change) @ rotation.T + offset
    return out
