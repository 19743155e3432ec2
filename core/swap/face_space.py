"""Face space: the crop as a picture of its own, and the maps between it and the plate: to paint on a face at rest.

The maps follow Nuke's STMap: R and G are the place to look at in the other picture, in shares of its width and height
from its lower left corner, at pixel centres. An STMap node with the crop as source and `st_map` as map lays the crop
over the plate; the plate as source and `inverse_st_map` as map cuts the crop out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

import numpy as np
import torch

from doublure.core.frame import Attribute, Frame
from doublure.core.window import Window

Output = Literal["Plate", "Crop", "ST map", "Inverse ST map", "Network input"]
OUTPUTS: tuple[str, ...] = get_args(Output)
"""What Swap can give. Saved by label: file format, never renamed."""
MATRIX = "doublureCropToPlate"
"""Header attribute: the 3 x 3 matrix M from crop pixels to plate pixels, ``(x, y, 1) = (u, v, 1) M`` as in Imath; y
down from the windows' origin, and pixel (i, j) covers [i, i+1) x [j, j+1)."""
DATA_SPACE = "Raw"
"""Of maps and what else is not colour: nothing may convert it."""
_CHANNELS = ("R", "G", "B", "A")


def canvas(plate: Frame, size: int, times: float) -> tuple[Frame, np.ndarray]:
    """An empty picture of the whole crop.

    Args:
        plate: whose header and colour space it has.
        size: side S of the network's crop.
        times: how many pixels a crop pixel becomes along a side.

    Returns:
        RGBA zeros of round(S times) pixels a side, and the (2, 3) matrix from crop pixels to its own.
    """
    side = max(1, round(size * times))
    window = Window.of_size(side, side)
    zero = torch.zeros(4, side, side)
    matrix = np.array([[side / size, 0.0, 0.0], [0.0, side / size, 0.0]])
    return replace(
        plate, pixels=zero, channels=_CHANNELS, data=window, display=window, pixel_aspect=1.0
    ), matrix


def with_matrix(frame: Frame, crop_to_plate: np.ndarray, side: int, size: int) -> Frame:
    """The frame with ``MATRIX`` in its header, for crops of ``side`` pixels; ``crop_to_plate`` is that of ``size``."""
    square = np.eye(3)
    square[:2, :2] = crop_to_plate[:, :2] * (size / side)
    square[:2, 2] = crop_to_plate[:, 2]
    return replace(
        frame,
        metadata={**frame.metadata, MATRIX: Attribute("matrix33", tuple(float(x) for x in square.T.ravel()))},
    )


def st_map(plate: Frame, crop_to_plate: np.ndarray, size: int) -> Frame:
    """Where each pixel of the plate lies in the crop.

    Returns:
        R, G over the plate's data window, 0-1 inside the crop and running on beyond it; B 0; A 1 inside, else 0.
    """
    inverse = np.linalg.inv(crop_to_plate[:, :2])
    u, v = _mapped(plate.data, inverse, -inverse @ crop_to_plate[:, 2])
    return _map(plate, u / size, 1 - v / size)


def inverse_st_map(plate: Frame, crop: Frame, crop_to_plate: np.ndarray, size: int) -> Frame:
    """Where each pixel of the crop lies in the plate.

    Args:
        plate: whose display window is 0-1.
        crop: from `canvas`.
        crop_to_plate: of the crop of ``size`` pixels.
        size: side S of the network's crop.

    Returns:
        R, G over ``crop``; B 0; A 1 where the plate's display window is, else 0.
    """
    linear = crop_to_plate[:, :2] * (size / crop.data.width)
    x, y = _mapped(crop.data, linear, crop_to_plate[:, 2])
    window = plate.display
    return _map(crop, (x - window.x0) / window.width, 1 - (y - window.y0) / window.height)


def _mapped(window: Window, linear: np.ndarray, shift: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The centres of a window's pixels through an affine map, x and y, (H, W) each."""
    x = np.arange(window.x0, window.x1)[None, :] + 0.5
    y = np.arange(window.y0, window.y1)[:, None] + 0.5
    return (
        linear[0, 0] * x + linear[0, 1] * y + shift[0],
        linear[1, 0] * x + linear[1, 1] * y + shift[1],
    )


def _map(over: Frame, s: np.ndarray, t: np.ndarray) -> Frame:
    inside = (s >= 0) & (s <= 1) & (t >= 0) & (t <= 1)
    planes = np.stack([s, t, np.zeros_like(s), inside]).astype(np.float32)
    return replace(over, pixels=torch.from_numpy(planes), channels=_CHANNELS, space=DATA_SPACE)
