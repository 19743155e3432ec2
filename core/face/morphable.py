"""A head that can be anybody's: the mean face, how people differ, how a face moves, and where landmarks lie on it.

The surface is the narrow face of ICT-FaceKit's light model (MIT, USC Institute for Creative Technologies), a linear
("morphable") model after Blanz and Vetter, "A Morphable Model for the Synthesis of 3D Faces", 1999. Made by
``bench.morphable_face``. Lengths are centimetres of the head: x right, y down, z away from the camera of a face that
looks into the lens; the origin lies inside the head, behind the bridge of the nose.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import torch


@dataclass(frozen=True)
class Morphable:
    """The model. Every array is read-only.

    Attributes:
        mean: (V, 3) float32.
        identity: (K, V, 3) float32, what one standard deviation of each mode of shape adds.
        expression: (E, V, 3) float32, what each expression at full strength adds.
        names: of the E expressions (ARKit's, with ``_L`` and ``_R`` for the person's own sides).
        triangles: (T, 3) int32, clockwise in the picture.
        uv: (V, 2) float32, ICT-FaceKit's own layout of the face, 0..1, v up.
        corners: (468, 3) int32, shares: (468, 3) float32: each FaceMesh point as a mixture of three vertices.
        offset: (468, 3) float32: how far from there FaceMesh puts it in the mean (its outline lies off the skin).
        bias: (B, 468, 3) float32: how people differ in that, a standard deviation of each mode.
        wander: (N, 468, 3) float32: how frames of one person differ in it, likewise.
        noise: (468, 2) float32: standard deviation of what is left, in x or y, and in depth.
    """

    mean: np.ndarray
    identity: np.ndarray
    expression: np.ndarray
    names: tuple[str, ...]
    triangles: np.ndarray
    uv: np.ndarray
    corners: np.ndarray
    shares: np.ndarray
    offset: np.ndarray
    bias: np.ndarray
    wander: np.ndarray
    noise: np.ndarray

    def at_landmarks(self, field: np.ndarray) -> np.ndarray:
        """(…, V, C) of the vertices -> (…, 468, C) float64 at FaceMesh's points."""
        values = field[..., self.corners, :].astype(np.float64)
        return np.asarray((values * self.shares[..., None]).sum(-2))

    def vertices(self, identity: np.ndarray, expression: np.ndarray | None = None) -> np.ndarray:
        """(V, 3) float32 of a person (K,), with an expression (E,)."""
        out = self.mean + np.tensordot(np.float32(identity), self.identity, 1)
        if expression is not None:
            out = out + np.tensordot(np.float32(expression), self.expression, 1)
        return np.asarray(out, np.float32)

    @cached_property
    def faces(self) -> torch.Tensor:
        """``triangles`` as an int64 tensor."""
        return torch.from_numpy(self.triangles.astype(np.int64))


@cache
def morphable() -> Morphable:
    """The model that ships, read once."""
    with np.load(Path(__file__).with_name("morphable.npz"), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    names = tuple(str(name) for name in arrays.pop("names"))
    for name, array in arrays.items():
        if array.dtype == np.float16:
            arrays[name] = array.astype(np.float32)
        arrays[name].setflags(write=False)
    return Morphable(names=names, **arrays)
