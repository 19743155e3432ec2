from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from doublure.core.exr import read_exr
from doublure.core.face.view import detector_view
from doublure.core.frame import Frame

FACE = Path(__file__).parents[2] / "data" / "face.exr"


@pytest.fixture(scope="session")
def face() -> Frame:
    """A 192-pixel frame, ACEScg, with one upright face about 100 pixels wide."""
    return read_exr(FACE)


@pytest.fixture(scope="session")
def picture(face) -> np.ndarray:
    """The networks' picture of ``face``, (192, 192, 3) uint8."""
    pixels = detector_view(face).pixels
    pixels.setflags(write=False)
    return pixels


@pytest.fixture(scope="session")
def on_plate(face):
    """``on_plate(x, y, …)``: a grey plate with ``face`` pasted at whole pixels (x, y)."""

    def paste(x: int, y: int, width: int = 320, height: int = 260, number: int | None = None) -> Frame:
        rgb = torch.full((3, height, width), 0.12)
        rgb[:, y : y + 192, x : x + 192] = face.rgb[:, : height - y, : width - x]
        return Frame.from_rgb(rgb, "ACEScg", number=number)

    return paste
