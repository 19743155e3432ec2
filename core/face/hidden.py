"""Which points of a face something is in front of: their colour is not what it is in the rest of the shot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np

from doublure.core.cancel import check
from doublure.core.face.topology import LEFT_EYE, LIPS, LIPS_INNER, OVAL, RIGHT_EYE, canonical_shape

ENOUGH = 5
"""In fewer frames than this nothing can be told."""

_PATCH = 0.03
_STRANGE = 0.09
_SPREADS = 2.5
_AROUND = 9
_ROUNDS = 3
_DARK = 0.02
_RIDGE = 1e-6
"""A face of one colour tells its gain from a constant in no way; this much holds them."""


def _moving() -> np.ndarray:
    """Eyes, the whole of the lips and the outline change colour by themselves: they are hidden only where their
    neighbours are."""
    shape = canonical_shape()[:, :2]
    ring = np.ascontiguousarray(shape[list(LIPS)])
    lips = [i for i in range(len(shape)) if cv2.pointPolygonTest(ring, shape[i].tolist(), False) >= 0]
    return np.asarray(sorted({*LEFT_EYE, *RIGHT_EYE, *LIPS, *LIPS_INNER, *lips, *OVAL}))


_MOVING = _moving()


def skin_colours(picture: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(468, 3) float32 0..1: the picture's mean colour round each landmark.

    Args:
        picture: (H, W, 3) uint8 sRGB. points: (468, 2 or 3) in its pixels; beyond the edge, the edge's colour.
    """
    width = 2 * round(_PATCH * float(np.ptp(points[:, 1]))) + 1
    x, y = (np.ascontiguousarray(points[None, :, i] - 0.5, np.float32) for i in (0, 1))
    # A box filter costs the same at any width; a Gaussian cost a tenth of the whole frame.
    soft = cv2.blur(picture, (width, width))
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
    strange = unexplained(seen, usual)
    spread = np.maximum(1.4826 * np.median(strange, axis=0), _STRANGE / _SPREADS)
    marked = strange > _SPREADS * spread
    marked[:, _MOVING] = False
    voters = np.ones(468)
    voters[_MOVING] = 0
    near = _neighbours()
    share = (marked[:, near] * voters[near]).sum(2) / np.maximum(voters[near].sum(1), 1)
    return np.asarray(share > 0.5)


def unexplained(colours: np.ndarray, usual: np.ndarray, every: int = 1) -> np.ndarray:
    """(T, N) what gain and slanting light leave of (T, N, 3) colours against (N, 3) or (T, N, 3), as a length.

    The N points are every ``every``-th of the 468.

    Least squares a frame and channel over ``usual`` times (1, x, y) and a constant, reweighted robustly, so that a
    part with something in front of it does not bend the rest.
    """
    place = canonical_shape()[::every, :2].astype(np.float64)
    across = np.c_[np.ones(len(place)), place]
    # (T or 1, 3, N, 4): what each channel is made of; the products of the terms once for all rounds.
    base = np.swapaxes(usual.reshape(-1, *usual.shape[-2:]), 1, 2)[..., None]
    terms = np.concatenate([base * across, np.ones_like(base)], axis=3)
    products = (terms[..., :, None] * terms[..., None, :]).reshape(*terms.shape[:3], 16)
    values = np.swapaxes(colours, 1, 2)
    # Begun from the median gain: a plain fit would bend towards whatever is in front, and call the rest strange.
    gain = np.median(values / np.maximum(base[..., 0], _DARK), axis=2, keepdims=True)
    length, weights = _judged(values - gain * base[..., 0])
    for _ in range(_ROUNDS):
        check()
        # (T, 3, 1, N) @ (…, N, 16)
        normal = (weights[:, None, None] @ products).reshape(len(colours), 3, 4, 4) + _RIDGE * np.eye(4)
        right = (weights[:, None] * values)[:, :, None] @ terms
        fit = np.linalg.solve(normal, np.swapaxes(right, 2, 3))
        length, weights = _judged(values - (terms @ fit)[..., 0])
    return length


def _judged(left: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(T, N) lengths of what is left, (T, 3, N), and the weights of the next round (Tukey's biweight)."""
    length = np.linalg.norm(left, axis=1)
    cut = np.maximum(3 * np.median(length, axis=1, keepdims=True), 1e-3)
    return length, np.clip(1 - (length / cut) ** 2, 0, None) ** 2


@cache
def _neighbours() -> np.ndarray:
    """(468, 9) the nearest points of each, itself among them."""
    shape = canonical_shape()
    apart = np.linalg.norm(shape[:, None] - shape[None], axis=2)
    return np.argsort(apart, axis=1)[:, :_AROUND]
