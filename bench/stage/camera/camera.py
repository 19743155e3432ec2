"""The camera: where it stands for a wanted face size, and Mitsuba's sensor for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.stage.base.llvm import load_mitsuba

FACE_HEIGHT_CM = 19.0
FACE_CENTRE = np.array([0.0, 1.2, 4.0])


@dataclass(frozen=True)
class Camera:
    """A pinhole on the +Z side. fov is the vertical angle of view in degrees over `height` pixels; aim is where the
    optical axis meets the plane of the face, in centimetres; crop is (x, y, width, height) of the film, in pixels."""

    width: int
    height: int
    fov: float
    distance: float
    aim: np.ndarray
    crop: tuple[int, int, int, int] | None = None

    @property
    def origin(self) -> np.ndarray:
        """Position of the pinhole (3,), centimetres."""
        return self.aim + np.array([0.0, 0.0, self.distance])

    def project(self, points: np.ndarray) -> np.ndarray:
        """Pixel coordinates (N, 2), x right and y down from the film's top left corner, of points (N, 3)."""
        d = points - self.origin
        scale = self.height / 2 / np.tan(np.deg2rad(self.fov) / 2)
        return np.stack(
            [self.width / 2 + d[:, 0] / -d[:, 2] * scale, self.height / 2 - d[:, 1] / -d[:, 2] * scale], 1
        )

    def directions(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Unit directions (N, 3) from the pinhole through film positions x, y (N,), in pixels from the top left."""
        scale = self.height / 2 / np.tan(np.deg2rad(self.fov) / 2)
        d = np.stack([(x - self.width / 2) / scale, (self.height / 2 - y) / scale, -np.ones_like(x)], -1)
        return d / np.linalg.norm(d, axis=-1, keepdims=True)

    def sensor(self, samples: int, alpha: bool) -> dict[str, Any]:
        """Mitsuba's description of the camera."""
        mi = load_mitsuba()
        film: dict[str, Any] = {
            "type": "hdrfilm",
            "width": self.width,
            "height": self.height,
            # Mattes count samples over the square of a pixel too; softness is the lens's business.
            "rfilter": {"type": "box"},
            "pixel_format": "rgba" if alpha else "rgb",
            "component_format": "float32",
        }
        if self.crop is not None:
            film |= dict(
                zip(("crop_offset_x", "crop_offset_y", "crop_width", "crop_height"), self.crop, strict=True)
            )
        o = self.origin
        to_world = mi.ScalarTransform4f().look_at(
            origin=[float(v) for v in o], target=[float(v) for v in self.aim], up=[0, 1, 0]
        )
        return {
            "type": "perspective",
            "fov": self.fov,
            "fov_axis": "y",
            "to_world": to_world,
            "near_clip": 1.0,
            "far_clip": 10000.0,
            "film": film,
            "sampler": {"type": "multijitter", "sample_count": samples},
        }


def distance_for(fov: float, face_fraction: float) -> float:
    """Distance in centimetres at which a face fills this fraction of the picture height."""
    return FACE_HEIGHT_CM / face_fraction / 2 / np.tan(np.deg2rad(fov) / 2)


def random_camera(performance_seed: int, frame: int, size: int) -> Camera:
    """The training camera of a frame: fov 10-25 degrees, face 68-78 % of the height, jittered framing."""
    r = np.random.default_rng([performance_seed, frame, 41])
    fov = float(r.uniform(10, 25))
    aim = FACE_CENTRE + np.array([*np.clip(r.normal(0, 0.9, 2), -2, 2), 0.0])
    return Camera(size, size, fov, distance_for(fov, float(r.uniform(0.68, 0.78))), aim)
