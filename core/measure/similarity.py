"""A similarity about the face: turn, size and shift in units of the face, the same for a whole shot."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage

from doublure.core.color import acescct_decode, acescct_encode
from doublure.core.measure.matte import centroid, face_width


@dataclass(frozen=True)
class Similarity:
    """``p -> c + width * (shift + scale * R(rotation) * (p - c) / width)``, y down.

    c is the centroid of the matte in each frame, width the width of the matte there.

    Attributes:
        scale: size factor. rotation: degrees, positive clockwise on the screen.
        shift_x, shift_y: in face widths.
    """

    scale: float = 1.0
    rotation: float = 0.0
    shift_x: float = 0.0
    shift_y: float = 0.0

    @property
    def negligible(self) -> bool:
        """True when no point of the face moves by more than about 0.0002 of its width."""
        turn = math.radians(abs(self.rotation))
        return abs(self.scale - 1) + turn + abs(self.shift_x) + abs(self.shift_y) < 2e-4

    def matrix(self) -> np.ndarray:
        """(2, 2) linear part, float64: scale times rotation."""
        a = math.radians(self.rotation)
        return self.scale * np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])

    def inverse(self) -> Similarity:
        """The similarity that undoes this one, about a face that this one has moved."""
        back = -np.linalg.inv(self.matrix()) @ [self.shift_x, self.shift_y]
        return Similarity(1 / self.scale, -self.rotation, float(back[0]), float(back[1]))

    def apply(self, picture: torch.Tensor, matte: torch.Tensor) -> torch.Tensor:
        """Move ``picture`` (3, H, W), scene-linear, about the face of ``matte`` (H, W); edges are held.

        Cubic spline on ACEScct values, so that a highlight does not ring; bit-exact when negligible.
        """
        if self.negligible:
            return picture
        inverse = np.linalg.inv(self.matrix())
        centre = np.array(centroid(matte)) - 0.5
        shift = face_width(matte) * np.array([self.shift_x, self.shift_y])
        # ndimage samples at matrix @ (row, column) + offset: the inverse map with x and y exchanged.
        offset = centre - inverse @ (centre + shift)
        moved = [
            ndimage.affine_transform(plane, inverse[::-1, ::-1], offset[::-1], order=3, mode="nearest")
            for plane in acescct_encode(picture).numpy()
        ]
        return acescct_decode(torch.from_numpy(np.stack(moved)).float())
