"""Expression gain: the driver's expression exaggerated or calmed before the network sees it.

A landmark's displacement from where the person's mean shape puts it, under the head's pose, is the expression. The crop
is warped by a share of it, so the network is asked for a performance that it can see. Gaining the encoder's code about
its mean over the shot was tried: the code holds the head's turn and the fine light too, and they went with the mouth.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from doublure.core.face.pose import Pose
from doublure.core.face.track import FaceFrame
from doublure.core.swap.masks import to_crop
from doublure.core.swap.plate_face import PlateFace

_REACH = 5 / 128
"""Of the crop's side: how far a landmark takes its neighbourhood along."""
_REST = 0.02
"""How strongly a pixel without a landmark near stays where it is."""


def with_expression(
    face: PlateFace, found: FaceFrame, shape: np.ndarray, gain: float, pixel_aspect: float = 1.0
) -> PlateFace:
    """A cut face with its features and its outline where ``gain`` puts them; its light stays.

    Args:
        face: cut out.
        found: the same face, as it was found.
        shape: (468, 3) the person's mean shape.
        gain: 1 = as it is, 0 = the mean shape.
        pixel_aspect: the plate's.
    """
    assert found.points is not None
    assert found.pose is not None
    size = face.mask.shape[0]
    moved = displacement(found.points, found.pose, shape, face.matrix, pixel_aspect)
    shift = (gain - 1) * field(to_crop(found.points, face.matrix), moved, size)
    split = replace(face.split, detail=warp(face.split.detail, shift))
    return replace(face, split=split, mask=np.clip(warp(face.mask, shift), 0.0, 1.0))


def displacement(
    points: np.ndarray, pose: Pose, shape: np.ndarray, matrix: np.ndarray, pixel_aspect: float = 1.0
) -> np.ndarray:
    """The expression of a face in its crop.

    Args:
        points: (468, 2+) landmarks in plate pixels.
        pose: of the head, in square pixels.
        shape: (468, 3) the person's mean shape.
        matrix: (2, 3) crop to plate pixels.
        pixel_aspect: the plate's.

    Returns:
        (468, 2) crop pixels, from the mean shape to the landmark.
    """
    rest = pose.project(shape) / (pixel_aspect, 1.0)
    return (points[:, :2] - rest) @ np.linalg.inv(matrix[:, :2]).T


def field(at: np.ndarray, moved: np.ndarray, size: int) -> np.ndarray:
    """Displacements (N, 2) of the crop points ``at`` (N, 2), spread smoothly over (size, size, 2) float32."""
    sums = np.zeros((size, size, 3), np.float32)
    whole = np.clip(np.floor(at).astype(int), 0, size - 1)
    np.add.at(sums, (whole[:, 1], whole[:, 0]), np.column_stack([moved, np.ones(len(at))]).astype(np.float32))
    sigma = _REACH * size
    spread = cv2.GaussianBlur(sums, (0, 0), sigma) * (2 * np.pi * sigma**2)
    return spread[..., :2] / (spread[..., 2:] + _REST)


def warp(image: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """(S, S) or (S, S, C) float32, what is at p moved by ``shift`` (S, S, 2) to about p + shift.

    The way back is found by three fixed-point steps, which is enough for shifts that vary slowly.
    """
    y, x = np.mgrid[0 : shift.shape[0], 0 : shift.shape[1]].astype(np.float32)
    back = shift
    for _ in range(3):
        back = cv2.remap(
            shift, x - back[..., 0], y - back[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
    return np.asarray(
        cv2.remap(image, x - back[..., 0], y - back[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    )
