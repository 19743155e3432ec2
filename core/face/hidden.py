"""Which points of a face something is in front of: their colour is not what it is in the rest of the shot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np

from doublure.core.face.topology import LEFT_EYE, LIPS, LIPS_INNER, OVAL, RIGHT_EYE, canonical_shape

ENOUGH = 5
"""In fewer frames than this nothing can be told."""

_PATCH = 0.02
_STRANGE = 0.09
_SPREADS = 2.5
_AROUND = 9
_ROUNDS = 3
_MOVING = np.asarray(sorted({*LEFT_EYE, *RIGHT_EYE, *LIPS, *LIPS_INNER, *OVAL}))
"""Eyes, mouth and the outline change colour by themselves: they are hidden only where their neighbours are."""


def skin_colours(picture: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(468, 3) float32 0..1: the picture's mean colour round each landmark.

    Args:
        picture: (H, W, 3) uint8 sRGB. points: (468, 2 or 3) in its pixels; beyond the edge, the edge's colour.
    """
    sigma = max(0.5, _PATCH * float(np.ptp(points[:, 1])))
    x, y = (np.ascontiguousarray(points[None, :, i] - 0.5, np.float32) for i in (0, 1))
    soft = cv2.GaussianBlur(picture, (0, 0), sigma)
    read = cv2.remap(soft, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(read[0], np.float32) / 255


def hidden_points(colours: Sequence[np.ndarray]) -> np.ndarray:
    """(T, 468) bool: the points that something hides.

    Args:
        colours: a shot's :func:`skin_colours`, one a frame; nothing is hidden in fewer than 5.

    Each frame's colours are explained by the shot's median face times a gain and a light that falls off across the
    face, fitted robustly. A point whose colour stays unexplained, by more than 0.09 of white and 2.5 of its own usual
    spreads, and most of whose neighbours are so too, is hidden. What hides the same part of the face through most
    of the shot is taken for the face.
    """
    seen = np.stack(colours).astype(np.float64) if colours else np.zeros((0, 468, 3))
    if len(seen) < ENOUGH:
        return np.zeros(seen.shape[:2], bool)
    usual = np.median(seen, axis=0)
    strange = np.stack([_unexplained(one, usual) for one in seen])
    spread = np.maximum(1.4826 * np.median(strange, axis=0), _STRANGE / _SPREADS)
    marked = strange > _SPREADS * spread
    marked[:, _MOVING] = False
    voters = np.ones(468)
    voters[_MOVING] = 0
    near = _neighbours()
    share = (marked[:, near] * voters[near]).sum(2) / np.maximum(voters[near].sum(1), 1)
    return np.asarray(share > 0.5)


def _unexplained(colours: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """(468,) what gain and slanting light leave of (468, 3) colours, as a length."""
    place = canonical_shape()[:, :2].astype(np.float64)
    weights = np.ones(len(colours))
    left = np.zeros_like(colours)
    for _ in range(_ROUNDS):
        for channel in range(3):
            base = usual[:, channel]
            terms = np.stack([base, base * place[:, 0], base * place[:, 1], np.ones(len(base))], 1)
            root = np.sqrt(weights)[:, None]
            fit, *_ = np.linalg.lstsq(terms * root, colours[:, channel] * root[:, 0], rcond=None)
            left[:, channel] = colours[:, channel] - terms @ fit
        length = np.linalg.norm(left, axis=1)
        cut = max(3 * float(np.median(length)), 1e-3)
        weights = np.clip(1 - (length / cut) ** 2, 0, None) ** 2
    return np.asarray(np.linalg.norm(left, axis=1))


@cache
def _neighbours() -> np.ndarray:
    """(468, 9) the nearest points of each, itself among them."""
    shape = canonical_shape()
    apart = np.linalg.norm(shape[:, None] - shape[None], axis=2)
    return np.argsort(apart, axis=1)[:, :_AROUND]
