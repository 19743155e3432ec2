"""A head in space: the fitted person in one frame's pose and expression, and the passes that are drawn of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from doublure.core.face.morphable import morphable
from doublure.core.face.raster import rasterise
from doublure.core.window import Window

CHANNELS = (
    *(f"normal.{axis}" for axis in "XYZ"),
    *(f"position.{axis}" for axis in "XYZ"),
    "uv.U",
    "uv.V",
    "mesh",
)
"""What :meth:`Head.passes` draws, named as the stage's layers are."""


@dataclass(frozen=True)
class Person:
    """What stays the same through a shot.

    Attributes:
        identity: (K,) float64, the model's modes of shape in standard deviations.
        focal: of the lens, in square pixels.
        centre: (2,) float64 square pixels, where the optical axis meets the picture.
    """

    identity: np.ndarray
    focal: float
    centre: np.ndarray

    def scaled(self, factor: float) -> Person:
        """The same in the picture resized by ``factor``."""
        return replace(self, focal=self.focal * factor, centre=self.centre * factor)


@dataclass(frozen=True)
class Head:
    """Where the head truly is, as a pinhole camera sees it: ``pixel = focal * (X, Y) / Z + centre``.

    ``Pose`` beside it lays crops and is steady; its zero differs from person to person. This one does not.

    Attributes:
        rotation: (3, 3) float64, model to camera; identity for a face that looks along the optical axis.
        translation: (3,) float64 centimetres from the pinhole: x right, y down, z away.
        expression: (E,) float64, 0..1, after ``morphable().names``.
        person: who it is, and the lens.
    """

    rotation: np.ndarray
    translation: np.ndarray
    expression: np.ndarray
    person: Person

    def scaled(self, factor: float) -> Head:
        """The same head in the picture resized by ``factor``."""
        return replace(self, person=self.person.scaled(factor))

    def vertices(self) -> np.ndarray:
        """(V, 3) float64 centimetres from the pinhole."""
        model = morphable().vertices(self.person.identity, self.expression)
        return np.asarray(model @ self.rotation.T + self.translation)

    def project(self, points: np.ndarray) -> np.ndarray:
        """Points (N, 3) in centimetres from the pinhole -> (N, 2) square pixels."""
        return np.asarray(self.person.focal * points[:, :2] / points[:, 2:] + self.person.centre)

    def normals(self, vertices: np.ndarray) -> np.ndarray:
        """(V, 3) unit normals of ``vertices()``: x right, y down, z away; out of the skin."""
        faces = morphable().triangles
        corners = vertices[faces]
        flat = np.cross(corners[:, 2] - corners[:, 0], corners[:, 1] - corners[:, 0])
        out = np.stack(
            [np.bincount(faces.ravel(), np.repeat(flat[:, k], 3), len(vertices)) for k in range(3)], 1
        )
        return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12))

    def passes(self, window: Window, pixel_aspect: float = 1.0, *, shrink: float = 1.0) -> torch.Tensor:
        """Normal, position, UV and coverage of the mesh over plate pixels.

        Args:
            window: the plate pixels wanted, not empty; overscan may make it larger than the display window.
            pixel_aspect: of the plate.
            shrink: plate pixels per pixel of the result, 1 or more.

        Returns:
            (9, H, W) float32 after ``CHANNELS``: unit normals (x right, y up, z towards the camera), positions in
            centimetres (likewise, from the pinhole), ICT-FaceKit's UV (0..1, v up), and 1 where the mesh is; 0
            elsewhere. Eyes and the mouth's inside are not part of the mesh.
        """
        model, vertices = morphable(), self.vertices()
        width = max(1, round(window.width / shrink))
        height = max(1, round(window.height / shrink))
        places = self.project(vertices) / (pixel_aspect, 1) - (window.x0, window.y0)
        places *= (width / window.width, height / window.height)
        up = np.array([1.0, -1.0, -1.0])
        carried = np.concatenate(
            [self.normals(vertices) * up, vertices * up, model.uv, np.ones((len(vertices), 1))], 1
        )
        drawn = rasterise(
            torch.from_numpy(places), torch.from_numpy(vertices[:, 2]), model.faces, height, width
        )
        out = drawn.interpolate(torch.from_numpy(carried), model.faces)
        length = out[:3].norm(dim=0, keepdim=True)
        out[:3] /= length.clamp_min(1e-6)
        out[8] = drawn.covered.float()
        return out
