"""The morphable head at the landmarks that carry a fit, each with its doubt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from doublure.core.face.morphable import Morphable, morphable
from doublure.core.face.topology import LEFT_EYE, LIPS, LIPS_INNER, POINTS, RIGHT_EYE, RIGID, mirror

_DOUBT = np.array([1.2, 1.2, 5.0])
"""Times a landmark's measured noise in x, y and depth: neighbours err alike, and depth is FaceMesh's guess."""


def _used() -> np.ndarray:
    """The points that carry the fit: contours of eyes, lips and brows, and a third of the rest, as neighbours err
    alike; left and right alike."""
    partner = mirror()
    first = np.minimum(np.arange(POINTS), partner) % 4 == 0
    first[[*LIPS, *LIPS_INNER, *LEFT_EYE, *RIGHT_EYE]] = True
    return np.flatnonzero(first | first[partner])


USED = _used()
LEVEL = np.flatnonzero(np.isin(USED, RIGID))
"""The places among ``USED`` of the points that expression hardly moves."""


@dataclass(frozen=True)
class Basis:
    """The model at the n used landmarks: ``shared`` (K + B, n, 3), ``own`` (E + N, n, 3), ``noise`` (n, 3)."""

    mean: np.ndarray
    shared: np.ndarray
    own: np.ndarray
    expressions: int
    noise: np.ndarray

    @cached_property
    def shared_columns(self) -> tuple[np.ndarray, np.ndarray]:
        return _columns(self.shared)

    @cached_property
    def own_columns(self) -> tuple[np.ndarray, np.ndarray]:
        return _columns(self.own)


def _columns(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n, 3, P) float32 of vectors (P, n, 3), and the same less the mean of the RIGID points."""
    levelled = vectors - vectors[:, LEVEL].mean(1, keepdims=True)
    return tuple(np.ascontiguousarray(v.transpose(1, 2, 0), np.float32) for v in (vectors, levelled))  # type: ignore[return-value]


def basis_of(model: Morphable) -> Basis:
    """Mean, modes and noise of a model at ``USED``."""

    def at(field: np.ndarray) -> np.ndarray:
        return model.at_landmarks(field)[..., USED, :]

    def habits(modes: np.ndarray) -> np.ndarray:
        return modes[..., USED, :].astype(np.float64)

    return Basis(
        at(model.mean) + habits(model.offset),
        np.concatenate([at(model.identity), habits(model.bias)]),
        np.concatenate([at(model.expression), habits(model.wander)]),
        len(model.names),
        np.maximum(model.noise[USED].astype(np.float64), 0.04)[:, [0, 0, 1]] * _DOUBT,
    )


@cache
def shipped() -> Basis:
    """Of the head that ships."""
    return basis_of(morphable())


def level(depth: np.ndarray, axis: int = -1) -> np.ndarray:
    """Depths less the mean of the RIGID points'."""
    return depth - np.take(depth, LEVEL, axis).mean(axis, keepdims=True)
