"""Optical flow for shots whose exact flow is not known: DIS (Kroeger, Timofte, Dai, Van Gool 2016)."""

from __future__ import annotations

import cv2
import numpy as np
import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.encode import display, exposure_scale
from doublure.core.measure.matte import finite

_LUMA = (0.2126, 0.7152, 0.0722)
_SMALLEST = 16


def dis_flow(start: torch.Tensor, end: torch.Tensor) -> torch.Tensor:
    """Where each pixel of ``start`` lies in ``end``: (2, H, W) float32, pixels, x right and y down.

    OpenCV's DISOpticalFlow, preset medium, on the 8-bit sRGB luma of both pictures under the exposure that
    brings the start's 75th percentile to 0.35; its patches are normalised for brightness.

    Args:
        start, end: (3, H, W), scene-linear, at least 16 pixels wide and high.

    Raises:
        DoublureError: other shapes, smaller pictures, or values that are not finite.
    """
    for picture in (start, end):
        if picture.ndim != 3 or len(picture) != 3 or picture.shape != start.shape:
            raise DoublureError(
                f"the pictures are {tuple(start.shape)} and {tuple(end.shape)}, not (3, height, width) alike"
            )
        if not finite(picture):
            raise DoublureError("a picture holds NaN or infinite pixels", remedy="render the frame again")
    if min(start.shape[1:]) < _SMALLEST:
        raise DoublureError(
            f"pictures of {start.shape[2]}x{start.shape[1]} pixels are too small for optical flow",
            remedy=f"give {_SMALLEST} pixels each way or more",
        )
    scale = exposure_scale(start, torch.ones(start.shape[1:]))
    height, width = start.shape[1:]
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(
        _luma(start, scale), _luma(end, scale), np.zeros((height, width, 2), np.float32)
    )
    return torch.from_numpy(np.ascontiguousarray(flow.transpose(2, 0, 1)))


def _luma(picture: torch.Tensor, scale: float) -> np.ndarray:
    luma = (display(picture, scale) * torch.tensor(_LUMA)[:, None, None]).sum(0)
    return (luma * 255 + 0.5).to(torch.uint8).contiguous().numpy()
