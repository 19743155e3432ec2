"""A performance as landmarks: read off one person's face, put on another's, and where they lie in the crop.

The encoder's few numbers carry light and fine expression from people it knows well; where lids, lips, brows and jaw of
a stranger are is better told by the track, which sees everybody alike. A landmark's displacement from its place in the
driver's face at rest, in the head's own coordinates, is added to the hero's face at rest and turned as the driver's
head is (the deformation transfer of Sumner and Popović, 2004, on a few points).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from doublure.core.face.pose import Pose
from doublure.core.face.sidecar import FaceFrame
from doublure.core.face.topology import (
    EYE_CORNERS,
    LEFT_BROW,
    LEFT_EYE,
    LIPS,
    LIPS_INNER,
    NOSE_BASE,
    NOSE_BRIDGE,
    OVAL,
    RIGHT_BROW,
    RIGHT_EYE,
    RIGID,
)
from doublure.core.swap.crop import on_crop
from doublure.core.swap.rest import UNKNOWN, face_at_rest, gaps

GROUPS = (
    RIGHT_EYE,
    LEFT_EYE,
    (*LIPS, *LIPS_INNER),
    RIGHT_BROW,
    LEFT_BROW,
    (*NOSE_BRIDGE, *NOSE_BASE),
    OVAL,
)
"""What moves by itself in a face, as FaceMesh's points."""
POINTS = tuple(dict.fromkeys(point for group in GROUPS for point in group))
"""Which of the 468 points are marks; models on disk keep faces at rest in this order."""
PLACE = {point: at for at, point in enumerate(POINTS)}
EYES = tuple((PLACE[rim[0]], PLACE[rim[8]]) for rim in (RIGHT_EYE, LEFT_EYE))
"""Among the marks, the outer and the inner corner of the person's right and left eye."""
_CORNERS = np.asarray(EYE_CORNERS)
_BEYOND = 9.0
"""Where a pupil lies that nobody knows, half crops."""
_RIGID, _POINTS = np.asarray(RIGID), np.asarray(POINTS)


@dataclass(frozen=True)
class Marks:
    """The performances of N frames of one person, M = len(POINTS).

    Attributes:
        local: (N, M, 3) float32, in the head's own coordinates.
        turn: (N, 2, 4) float32, head coordinates to the crop's, see ``crop.on_crop``.
        gaze: (N, 2, 2) float32, each pupil from the middle of its eye: along it from the outer to the inner corner and
            across it, in its widths; right eye first. NaN where nobody knows.
        gaps: (N, 3) float32, how far lips and lids are apart, see ``rest.gaps``.
        rest: (M, 3) float32, the person's face at rest, see ``rest.face_at_rest``.
    """

    local: Tensor
    turn: Tensor
    gaze: Tensor
    gaps: Tensor
    rest: Tensor

    def to(self, device: torch.device) -> Marks:
        return Marks(*(tensor.to(device) for tensor in vars(self).values()))


def read_marks(
    points: np.ndarray,
    pupils: np.ndarray | None,
    pose: Pose,
    shape: np.ndarray,
    rest: Tensor | None = None,
) -> Marks:
    """One frame's.

    Args:
        points: (468, 3), pupils: (2, 2) or None, in square pixels.
        pose: the head's there. shape: (468, 3) the person's, see ``face.pose.person_shape``.
        rest: see `at_rest`; as this frame alone tells it where None.
    """
    depth = np.median(points[_RIGID, 2] - pose.scale * (shape[_RIGID] @ pose.rotation[2]))
    local = (points - (*pose.translation, depth)) @ pose.rotation / pose.scale
    gaze = np.full((2, 2), np.nan)
    for eye, (outer, inner) in enumerate(EYES):
        if pupils is not None:
            a, b = points[_POINTS[outer], :2], points[_POINTS[inner], :2]
            along, away = b - a, pupils[eye] - (a + b) / 2
            width = max(float(along @ along), 1e-9)
            gaze[eye] = away @ along / width, (along[0] * away[1] - along[1] * away[0]) / width
    apart = gaps(points, pose)
    return Marks(
        torch.from_numpy(local[_POINTS].astype(np.float32))[None],
        torch.from_numpy(on_crop(pose.rotation).astype(np.float32))[None],
        torch.from_numpy(gaze.astype(np.float32))[None],
        torch.from_numpy(apart.astype(np.float32))[None],
        # A single frame does not tell open eyes from a blink.
        at_rest(shape, [(apart[0], *UNKNOWN[1:])]) if rest is None else rest,
    )


def marks_of_face(
    face: FaceFrame, pixel_aspect: float, shape: np.ndarray, rest: Tensor | None = None
) -> Marks:
    """`read_marks` of a face that was found, in plate coordinates of this pixel aspect."""
    assert face.points is not None
    assert face.pose is not None
    square = np.array([pixel_aspect, 1.0, 1.0])
    pupils = None if face.pupils is None else face.pupils * square[:2]
    return read_marks(face.points * square, pupils, face.pose, shape, rest)


def at_rest(shape: np.ndarray, found: ArrayLike = (UNKNOWN,)) -> Tensor:
    """``Marks.rest`` of a person's shape (468, 3) and of what is known of their lips and lids, see `rest.gaps`."""
    return torch.from_numpy(face_at_rest(np.asarray(shape, np.float64), found)[_POINTS].astype(np.float32))


def eyes_of(shape: np.ndarray) -> np.ndarray:
    """(3,) the middle between the eyes of a person's shape (468, 3), by their corners, which hardly ever move."""
    return np.asarray(shape[_CORNERS].mean(0))


def eyes_at_rest(rest: Tensor) -> np.ndarray:
    """(3,) `eyes_of` by a face at rest (M, 3)."""
    return rest[[PLACE[corner] for corner in EYE_CORNERS]].mean(0).numpy()


def stacked(frames: Sequence[Marks], shape: np.ndarray) -> Marks:
    """Those of one person's frames together, one at least; ``shape`` (468, 3) is theirs."""
    local, turn, gaze, apart = (
        torch.cat([getattr(one, name) for one in frames]) for name in ("local", "turn", "gaze", "gaps")
    )
    return Marks(local, turn, gaze, apart, at_rest(shape, apart.numpy()))


def acted(marks: Marks, rest: Tensor, gain: float = 1.0) -> Tensor:
    """(N, M + 2, 2) as `placed`: these performances on a face that is ``rest`` (M, 3) at rest, ``gain`` times as
    expressive."""
    return placed(rest + gain * (marks.local - marks.rest), marks.turn, marks.gaze)


def placed(local: Tensor, turn: Tensor, gaze: Tensor) -> Tensor:
    """(N, M + 2, 2): where marks (N, M, 3) and then the pupils lie in the crop, -1 to 1 from its upper left corner; a
    pupil that nobody knows lies far beyond it."""
    flat = torch.cat([local, torch.ones_like(local[..., :1])], 2) @ turn.transpose(1, 2)
    pupils = []
    for eye, (outer, inner) in enumerate(EYES):
        a, b = flat[:, outer], flat[:, inner]
        along = b - a
        across = torch.stack([-along[:, 1], along[:, 0]], 1)
        pupils.append((a + b) / 2 + gaze[:, eye, :1] * along + gaze[:, eye, 1:] * across)
    return torch.cat([flat, torch.stack(pupils, 1).nan_to_num(_BEYOND)], 1)
