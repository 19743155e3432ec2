"""A face whose light is known: the canonical mesh, shaded by directional lights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from doublure.core.blend.filters import gaussian
from doublure.core.face.pose import Pose
from doublure.core.face.topology import canonical_shape
from doublure.core.face.track import FaceFrame
from doublure.core.frame import Frame
from doublure.core.relight.normals import normal_map
from doublure.core.window import Window

HEIGHT, WIDTH = 220, 260


@dataclass(frozen=True)
class Stage:
    """The canonical face at scale and yaw, and a shader for it."""

    track: FaceFrame
    normals: np.ndarray
    data: Window

    def frame(
        self, light: tuple[float, float, float], *, ambient: float = 0.15, seed: int = 0, alpha: bool = False
    ) -> Frame:
        """Lambert skin with 5 % texture under one lamp (direction towards it) and ambient light."""
        towards = np.array(light) / np.linalg.norm(light)
        lamp = np.clip(self.normals @ towards, 0, None)
        rng = np.random.default_rng(seed)
        texture = gaussian(torch.from_numpy(rng.standard_normal((HEIGHT, WIDTH)).astype(np.float32)), 2.0)
        skin = np.array([0.5, 0.35, 0.28])[:, None, None] * (1 + 0.05 * (texture / texture.std()).numpy())
        cover = (self.normals != 0).any(2)
        rgb = np.where(cover, skin * (ambient + lamp * np.array([1.1, 1.0, 0.9])[:, None, None]), 0.05)
        pixels = torch.from_numpy(rgb.astype(np.float32))
        channels: tuple[str, ...] = ("R", "G", "B")
        if alpha:
            a = torch.from_numpy(cover.astype(np.float32))[None]
            pixels, channels = torch.cat([pixels * a, a]), (*channels, "A")
        return Frame(pixels, channels, self.data, self.data, "ACEScg", number=1)


def make_stage(yaw: float = 0.0, scale: float = 60.0, origin: tuple[int, int] = (0, 0)) -> Stage:
    c, s = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
    turn = np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])
    middle = np.array([WIDTH / 2 + origin[0], HEIGHT * 0.33 + origin[1]])
    points = (canonical_shape() @ turn.T) * scale + np.array([*middle, 0.0])
    data = Window(origin[0], origin[1], origin[0] + WIDTH, origin[1] + HEIGHT)
    normals = normal_map(points, data, longest=1000).normals
    pose = Pose(turn, scale, middle)
    return Stage(FaceFrame(1, True, None, 1.0, points.astype(np.float32), pose), normals, data)


@pytest.fixture(scope="session")
def stage() -> Stage:
    return make_stage()
