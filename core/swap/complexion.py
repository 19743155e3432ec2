"""A person's complexion: what remains of their low frequencies once the light is averaged away.

Light-separated crops leave the low frequencies to the plate, and with them the driver's cheekbones, beard shadow and
lips as far as these are large. Over many lights a person's mean low frequencies are their own; the difference of
two people's means turns the driver's low frequencies into the hero's under the same light. The overall tone stays
the driver's: a double keeps his neck.
"""

from __future__ import annotations

from collections.abc import Sequence as Series

import cv2
import numpy as np
import torch
from torch import Tensor

GRID = 16
"""Cells along a side: the low frequencies hold nothing finer."""


def relative(low: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Low frequencies (S, S, 3) about their mean on the face, (GRID, GRID, 3)."""
    tone = (low * mask[..., None]).sum((0, 1)) / max(float(mask.sum()), 1e-6)
    return cv2.resize(low - tone, (GRID, GRID), interpolation=cv2.INTER_AREA)


def mean_complexion(faces: Series[tuple[np.ndarray, np.ndarray]]) -> Tensor:
    """The complexion over many frames.

    Args:
        faces: (low (S, S, 3) ACEScct, mask (S, S)) of each frame; the more lights, the truer.

    Returns:
        (3, GRID, GRID) float32 ACEScct about zero, mirror-symmetric: with few lights the rest is light.
    """
    mean = np.mean([relative(low, mask) for low, mask in faces], axis=0)
    return torch.from_numpy((mean + mean[:, ::-1]) / 2).permute(2, 0, 1).float().contiguous()


def exchange(low: np.ndarray, own: Tensor, wanted: Tensor, amount: float) -> np.ndarray:
    """Low frequencies (S, S, 3) with ``amount`` (0-1) of one complexion exchanged for another."""
    return low + amount * resized_change(own, wanted, low.shape[0])


def resized_change(own: Tensor, wanted: Tensor, size: int) -> np.ndarray:
    """What turns one complexion (3, GRID, GRID) into another at the side of a crop: (size, size, 3) ACEScct."""
    change = (wanted - own).permute(1, 2, 0).numpy()
    return cv2.resize(change, (size, size), interpolation=cv2.INTER_CUBIC)
