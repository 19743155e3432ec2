"""What crosses the face in the occluded take: a pole, or a hand and its forearm."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.stage.base.assets import load_obj
from bench.stage.base.curves import cell_generator, sway
from bench.stage.camera.camera import FACE_CENTRE
from bench.stage.face.tone import tone_colour

CROSSING = 36.0
REACH = 17.0
DEPTH = 20.0


@dataclass
class Prop:
    """A thing held into the picture: points (V, 3) centimetres, triangles (F, 3), reflectance (3,) linear Rec.709."""

    points: np.ndarray
    triangles: np.ndarray
    reflectance: np.ndarray


def pole(radius: float, length: float, sides: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """A closed cylinder along Y around the origin: points (V, 3), triangles (F, 3), outward."""
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    heights = np.linspace(-length / 2, length / 2, 9)
    ring = np.stack([np.sin(angle), np.zeros(sides), np.cos(angle)], 1) * radius
    points = np.concatenate(
        [ring + np.array([0, h, 0]) for h in heights] + [[[0, heights[0], 0], [0, heights[-1], 0]]]
    )
    i, j = (a.ravel() for a in np.meshgrid(np.arange(len(heights) - 1), np.arange(sides), indexing="ij"))
    a, b = i * sides + j, i * sides + (j + 1) % sides
    body = np.concatenate([np.stack([a, b, b + sides], 1), np.stack([a, b + sides, a + sides], 1)])
    k, n = np.arange(sides), len(points) - 2
    top = (len(heights) - 1) * sides
    lids = [
        np.stack([np.full(sides, n), (k + 1) % sides, k], 1),
        np.stack([np.full(sides, n + 1), top + k, top + (k + 1) % sides], 1),
    ]
    return points.astype(np.float32), np.concatenate([body, *lids])


def hand(assets: Path) -> tuple[np.ndarray, np.ndarray]:
    """The left hand and forearm of the MakeHuman base mesh (CC0), centimetres: fingers up +Y, palm towards -Z.

    The origin is in the middle of the palm. Points (V, 3), triangles (F, 3).
    """
    v, _, f, _ = load_obj(assets / "makehuman_skins" / "base.obj", ("body",))
    f = f[((v[f][:, :, 0] > 2.55) & (v[f][:, :, 1] > 0)).all(1)]
    used, inverse = np.unique(f, return_inverse=True)
    points, triangles = v[used].astype(np.float64) * 10, inverse.reshape(-1, 3)
    fingers = points[points[:, 0] > 43.0]
    wrist, tips = points[(points[:, 0] > 36) & (points[:, 0] < 38.5)].mean(0), fingers.mean(0)
    up = (tips - wrist) / np.linalg.norm(tips - wrist)
    # The palm is flat: its thinnest direction is its normal.
    flat = points[points[:, 0] > 40.0]
    normal = np.linalg.svd(flat - flat.mean(0), full_matrices=False)[2][2]
    normal -= up * (normal @ up)
    normal /= np.linalg.norm(normal)
    # MakeHuman's palms face down and forward.
    if normal @ np.array([0.0, -1.0, 0.6]) < 0:
        normal = -normal
    basis = np.stack([np.cross(up, -normal), up, -normal])
    middle = points[(points[:, 0] > 40) & (points[:, 0] < 44)].mean(0)
    return ((points - middle) @ basis.T).astype(np.float32), triangles


def rolled(degrees: float) -> np.ndarray:
    """Rotation (3, 3) about the axis of view."""
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


@dataclass(frozen=True)
class Occluder:
    """A prop and its way across the face.

    Attributes:
        rest: its prop around the origin. tilt: degrees in the picture. height: of its path, centimetres above the
            face's centre. side: 1 or -1, which side it comes from. seed: of its unsteadiness.
    """

    rest: Prop
    tilt: float
    height: float
    side: float
    seed: int

    def at(self, time: float) -> np.ndarray:
        """Points (V, 3) at a time in frames: over the face within about 20 frames, a pause outside, and back."""
        swing = np.cos(np.pi * time / CROSSING)
        # Slower in the middle than a cosine: the face is 15 cm wide, the swing goes to 17 cm on either side.
        across = self.side * REACH * float(np.sign(swing) * abs(swing) ** 1.15)
        bob = 0.5 * sway(self.seed, 31, time, 14)
        tilt = self.tilt + 2.0 * sway(self.seed, 32, time, 19)
        centre = FACE_CENTRE + np.array([across, self.height + bob, DEPTH - FACE_CENTRE[2]])
        return np.asarray(self.rest.points @ rolled(tilt).T + centre, np.float32)


def draw_occluder(seed: int, assets: Path) -> Occluder:
    """The occluder of a performance seed: a pole or a hand, its colour, tilt and path."""
    r = cell_generator(seed, 30, 0)
    side = 1.0 if r.random() < 0.5 else -1.0
    if r.random() < 0.5:
        points, triangles = pole(float(r.uniform(0.9, 1.7)), 90.0)
        colour = np.exp(r.uniform(-3.2, -0.9) + r.normal(0, 0.25, 3))
        return Occluder(Prop(points, triangles, colour), float(r.uniform(-28, 28)), 0.0, side, seed)
    points, triangles = hand(assets)
    colour = tone_colour(float(r.uniform(0.05, 0.8)))
    return Occluder(
        Prop(points, triangles, colour), float(r.uniform(-25, 25)), float(r.uniform(-14, -9)), side, seed
    )
