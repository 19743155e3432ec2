"""Landmarks drawn over a plate, to judge a track by eye."""

from __future__ import annotations

import cv2
import numpy as np
import torch

from doublure.core.face.topology import LEFT_BROW, LEFT_EYE, LIPS, LIPS_INNER, OVAL, RIGHT_BROW, RIGHT_EYE
from doublure.core.face.track import FaceFrame
from doublure.core.frame import Frame

_RINGS = (OVAL, LIPS, LIPS_INNER, LEFT_EYE, RIGHT_EYE, LEFT_BROW, RIGHT_BROW)
_GREEN = (0.05, 0.8, 0.1)  # scene-linear; bright enough over skin at normal exposure
_SHIFT = 4  # fractional bits of cv2's coordinates


def draw_landmarks(plate: Frame, face: FaceFrame) -> Frame:
    """The plate with the face's contours in green, about 1 px wide; unchanged where the face was not found."""
    if face.points is None:
        return plate
    origin = (plate.data.x0 + 0.5, plate.data.y0 + 0.5)
    points = np.round((face.points[:, :2] - origin) * (1 << _SHIFT)).astype(np.int32)
    matte = np.zeros((plate.data.height, plate.data.width), np.uint8)
    cv2.polylines(matte, [points[list(ring)] for ring in _RINGS], True, 255, 1, cv2.LINE_AA, _SHIFT)
    share = torch.from_numpy(matte).float() / 255
    colour = torch.tensor(_GREEN)[:, None, None]
    # Where nothing is drawn the plate's own values are kept, whatever they are.
    return plate.with_rgb(
        torch.where(share > 0, torch.lerp(plate.rgb, colour.expand_as(plate.rgb), share), plate.rgb)
    )
