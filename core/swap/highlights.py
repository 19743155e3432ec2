"""Highlights: what the plate's light adds beyond what the network knows, taken off before it and put back after.

A window reflected on a forehead may be a hundred times brighter than the skin around it. In the crop it would light the
low frequencies far around, push the encoder beyond anything that it was trained on and ring where it is resampled. So
the network sees the plate with a ceiling, and what lay above comes back on the plate's own pixels. Light adds: the sum
is taken in linear light, and never resampled where the face stays in its place.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from doublure.core.swap.light import GREY
from doublure.core.window import Window

KNEE = 3.0
"""Stops above the face's own middle grey from which on a pixel is held back; below, nothing is touched."""
CEILING = 3.5
"""Stops above the face's own middle grey that no channel passes before the network."""
HALF_MOST = 65504.0
"""An overflow of half float is as bright as half float goes."""


@dataclass(frozen=True)
class Highlights:
    """What was taken off a plate.

    Attributes:
        excess: (H, W, 3) float32 ACEScg, at least 0 where the plate is: plate minus ``body``.
        body: (H, W, 3) float32 ACEScg, the plate under its ceiling.
        window: the plate pixels of both.
        matrix: (2, 3) crop to plate where the face was cut.
    """

    excess: np.ndarray
    body: np.ndarray
    window: Window
    matrix: np.ndarray

    def put_back(self, face: np.ndarray, matrix: np.ndarray, where: Window, amount: float) -> np.ndarray:
        """A new face with the plate's highlights.

        Args:
            face: (h, w, 3) ACEScg over ``where``.
            matrix: (2, 3) crop to the pixels of ``where``; the highlights move with the crop.
            where: the pixels of ``face``.
            amount: 0-1, the share of the excess that the face does not have already.

        Returns:
            The same shape; at 1 nowhere brighter than the brighter of face and plate.
        """
        if amount == 0:
            return face
        excess, body = self._at(matrix, where)
        return face + amount * np.maximum(excess - np.maximum(face - body, 0.0), 0.0)

    def _at(self, matrix: np.ndarray, where: Window) -> tuple[np.ndarray, np.ndarray]:
        """Excess and body over ``where``, 0 where they are not known."""
        if np.array_equal(matrix, self.matrix) and where.intersect(self.window) == where:
            rows, columns = where.slices(self.window)
            return self.excess[rows, columns], self.body[rows, columns]
        back = self.matrix[:, :2] @ np.linalg.inv(matrix[:, :2])
        first = np.array([where.x0 + 0.5, where.y0 + 0.5])
        shift = back @ (first - matrix[:, 2]) + self.matrix[:, 2]
        shift -= np.array([self.window.x0 + 0.5, self.window.y0 + 0.5])
        # Linear, not cubic: an edge from 0.2 to 40 would ring.
        excess, body = (
            cv2.warpAffine(
                np.ascontiguousarray(image),
                np.column_stack([back, shift]),
                (where.width, where.height),
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_CONSTANT,
            )
            for image in (self.excess, self.body)
        )
        return excess, body


def hold_back(linear: np.ndarray, exposure: float) -> np.ndarray:
    """The plate under its ceiling.

    Args:
        linear: (H, W, 3) float32 ACEScg.
        exposure: the gain that brings the face to middle grey.

    Returns:
        The same array where no pixel passes the knee. Else a copy whose bright pixels keep their hue and bend below the
        ceiling; the pixels under the knee are the same to the bit.
    """
    knee, ceiling = (GREY * 2**stops / exposure for stops in (KNEE, CEILING))
    # Channel by channel: numpy's maximum over a short last axis takes ten times as long.
    bright = np.maximum(np.maximum(linear[..., 0], linear[..., 1]), linear[..., 2]) > knee
    if not bright.any():
        return linear
    room = ceiling - knee
    pixels = np.minimum(linear[bright], HALF_MOST)
    peak = pixels.max(axis=1)
    held = linear.copy()
    held[bright] = pixels * ((knee + room * -np.expm1((knee - peak) / room)) / peak)[:, None]
    return held
