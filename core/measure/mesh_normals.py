"""Surface normals of a face whose true ones are not known: those of its landmark mesh."""

from __future__ import annotations

import cv2
import numpy as np
import torch

from doublure.core.frame import Frame
from doublure.core.measure.landmarks import Tracked
from doublure.core.relight.normals import normal_map


def mesh_normals(frame: Frame, face: Tracked) -> torch.Tensor:
    """(3, H, W) over the frame's data window, unit or 0 where no mesh is: x right, y up, z towards the camera.

    Rasterised from the landmarks of the face (``relight.normals.normal_map``); eyes and lips are part of it.
    """
    seen = normal_map(face.points, frame.data, frame.pixel_aspect)
    size = (frame.data.width, frame.data.height)
    field = cv2.resize(seen.normals, size, interpolation=cv2.INTER_LINEAR)
    length = np.linalg.norm(field, axis=2, keepdims=True)
    unit = np.where(length > 0.5, field / np.maximum(length, 0.5), 0.0) * (1, -1, -1)
    return torch.from_numpy(unit.astype(np.float32)).permute(2, 0, 1).contiguous()
