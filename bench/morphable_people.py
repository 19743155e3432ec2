"""People for ``bench.morphable_face``: the stage's, drawn quickly without its renderer, and read by FaceMesh.

Skin with texture under one light and an ambient one: enough for landmarks, and a hundred times quicker than light
transport. There is no hair, which is why ``core.face.fit`` takes its zero from rendered people too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from bench.stage.acting.performance import Act, random_act
from bench.stage.base.geometry import part_triangles, smooth_normals
from bench.stage.camera.camera import Camera, random_camera
from bench.stage.face.traits import draw_traits
from bench.stage.face.transfer import SKIN, atlas_uv
from bench.stage.hair.brows import brow_shadow, draw_brows
from bench.stage.people.body import head_matrix, neck_weight, pose_head
from bench.stage.people.eyes import paint_eye
from bench.stage.people.mouth import paint_gums, paint_teeth
from bench.stage.people.person import Casting
from bench.stage.people.skin import base_layer
from doublure.core.face.eyes import read_eyes, with_eyes
from doublure.core.face.landmarks import Crop, settle, steady
from doublure.core.face.raster import rasterise

SIDE = 256
AXES = np.diag([1.0, -1.0, -1.0])
_PARTS = (SKIN, ("M_GumsTongue",), ("M_Teeth",), ("M_IrisLeft",), ("M_IrisRight",))
_SURE = 0.8


@dataclass(frozen=True)
class Reading:
    """One drawn frame: ``person``; ``vertices`` (V, 3) and ``points`` (468, 3) seen by a pinhole, x right, y down, z
    away: the first in centimetres, the second as FaceMesh read them, in centimetres of the plane at depth ``plane``;
    ``rotation`` (3, 3) of the head."""

    person: int
    vertices: np.ndarray
    points: np.ndarray
    rotation: np.ndarray
    plane: float


class Sketch:
    """Draws the stage's people."""

    def __init__(self, assets: Path, cache: Path) -> None:
        self.casting = Casting(assets, cache)
        model = self.casting.model
        parts = [part_triangles(model, names) for names in _PARTS]
        self.triangles = np.concatenate([corners for corners, _ in parts])
        uv = [(atlas_uv(model) if i == 0 else model.uv % 1.0)[rows] for i, (_, rows) in enumerate(parts)]
        self.uv = np.concatenate(uv)
        self.part = np.concatenate([np.full(len(corners), i) for i, (corners, _) in enumerate(parts)])
        self.weight = neck_weight(model.neutral)

    def person(self, seed: int) -> tuple[np.ndarray, list[np.ndarray]]:
        """(V, 3) neutral vertices, and the textures of skin, gums, teeth and eyes."""
        casting, traits = self.casting, draw_traits(seed)
        neutral = casting.model.neutral + np.tensordot(traits.shape, casting.model.identity, 1)
        skin = base_layer(casting.bases, traits, casting.canvas)
        skin = skin + casting.canvas.lips[..., None] * np.log(traits.lip_tint)
        skin = np.exp(skin - np.median(skin[400:600, 400:600].reshape(-1, 3), 0) + np.log(traits.tone))
        brows = brow_shadow(draw_brows(casting.canvas, traits), (skin.shape[0], skin.shape[1]))
        share = np.clip(1.2 * cv2.GaussianBlur(brows, (0, 0), 2), 0, 1)[..., None] * traits.brow_opacity
        skin = skin * (1 - share) + 0.8 * np.asarray(traits.hair_colour) * share
        eyes = [paint_eye(p, traits, nose) for p, nose in zip(casting.eye_points, (-1, 1), strict=True)]
        teeth, gums = casting.mouth_texels
        return neutral, [skin, paint_gums(gums, traits), paint_teeth(teeth, traits), *eyes]

    def draw(
        self, vertices: np.ndarray, textures: list[np.ndarray], camera: Camera, rng: np.random.Generator
    ) -> np.ndarray:
        """(H, W, 3) uint8 sRGB."""
        facing = self.triangles[:, [0, 2, 1]]
        depth = -(vertices - camera.origin)[:, 2]
        seen = rasterise(
            torch.from_numpy(camera.project(vertices)),
            torch.from_numpy(depth),
            torch.from_numpy(facing),
            camera.height,
            camera.width,
        )
        covered = seen.covered.numpy()
        row, share = seen.triangle.numpy()[covered], seen.weights.numpy()[covered][..., None]
        normal = (smooth_normals(vertices, self.triangles)[facing[row]] * share).sum(1)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
        uv = (self.uv[:, [0, 2, 1]][row] * share).sum(1)
        colour = np.zeros((len(row), 3), np.float32)
        for i, texture in enumerate(textures):
            chosen = self.part[row] == i
            rows, columns = texture.shape[:2]
            x = np.clip((uv[chosen, 0] * columns).astype(int), 0, columns - 1)
            y = np.clip(((1 - uv[chosen, 1]) * rows).astype(int), 0, rows - 1)
            colour[chosen] = texture[y, x]
        light = rng.normal(size=3)
        light[2] = abs(light[2]) + 0.3
        light /= np.linalg.norm(light)
        key = np.clip(normal @ light, 0, None) * rng.uniform(0.3, 1.2)
        fill = np.clip(0.35 + 0.25 * normal[:, 1] + 0.1 * normal[:, 0] * rng.normal(), 0.05, None)
        colour *= (key + fill)[:, None]
        picture = np.ones((camera.height, camera.width, 3), np.float32) * rng.uniform(0.03, 0.5, 3)
        picture[covered] = colour * (rng.uniform(0.35, 0.7) / np.percentile(colour.mean(1), 90))
        picture = np.clip(cv2.GaussianBlur(np.float32(picture), (0, 0), 0.5), 1e-6, 1)
        encoded = np.where(picture <= 0.0031308, 12.92 * picture, 1.055 * picture ** (1 / 2.4) - 0.055)
        noisy = encoded + rng.normal(0, 0.008, encoded.shape)
        return np.asarray((np.clip(noisy, 0, 1) * 255).round().astype(np.uint8))

    def read(self, seed: int, frames: Iterable[int]) -> list[Reading]:
        """FaceMesh's readings of a person in random acts; frames in which it sees no face are left out."""
        model = self.casting.model
        neutral, textures = self.person(seed)
        out = []
        for frame in frames:
            rng = np.random.default_rng([seed, frame, 7])
            act: Act = random_act(1000 + seed, frame, model.expression_names)
            camera = random_camera(1000 + seed, frame, SIDE)
            local = neutral + np.tensordot(act.weights, model.expression, 1)
            vertices = pose_head(local, self.weight, act.pose)
            picture = self.draw(vertices, textures, camera, rng)
            marks = camera.project(vertices[model.landmarks68])
            middle = (marks.min(0) + marks.max(0)) / 2
            first = Crop(middle, 1.5 * float(np.ptp(marks, axis=0).max()), float(np.radians(-act.pose[2])))
            rough = settle(picture, first)
            if rough.presence < _SURE:
                continue
            seen = steady(picture, Crop.of_points(rough.points), rounds=1)
            points = with_eyes(seen.points, read_eyes(picture, seen.points))
            focal = camera.height / 2 / np.tan(np.deg2rad(camera.fov) / 2)
            rigid = pose_head(local, np.ones_like(self.weight), act.pose)
            out.append(
                Reading(
                    seed,
                    ((rigid - camera.origin) @ AXES).astype(np.float64),
                    (points - (SIDE / 2, SIDE / 2, 0)) * (camera.distance / focal),
                    AXES @ head_matrix(act.pose) @ AXES,
                    float(camera.distance),
                )
            )
        print(f"person {seed}: {len(out)} frames", file=sys.stderr, flush=True)
        return out
