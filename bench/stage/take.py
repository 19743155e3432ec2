"""The example take: a plate of the driver, and the truth, the hero under the same act, light and camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from bench.stage.assets import SKIN_VERTICES
from bench.stage.camera import FACE_CENTRE, FACE_HEIGHT_CM, Camera
from bench.stage.color import rec709_to_acescg
from bench.stage.grain import Grain, add_grain
from bench.stage.light import (
    RESERVED_HDRIS,
    Key,
    Light,
    black_body,
    environment,
    hdri_gain,
    load_hdri,
    rotation,
    shrink,
)
from bench.stage.matte import face_matte
from bench.stage.performance import Act, talk_take
from bench.stage.person import Casting
from bench.stage.rig import Rig
from bench.stage.write import is_complete, timecode, write_exr

DISPLAY = (960, 540)
OVERSCAN = 16
FPS = 24
FOCAL_PIXELS = 2000.0
FACE_PIXELS = 280.0
TAKE_NAME = "talk_example"
FIRST_FRAME, TAKE_FRAMES = 1001, 48
BODY_SAMPLES = 8


def take_camera() -> Camera:
    """The take's camera over the data window: about 50 mm on Super 35, the face left of centre."""
    height = DISPLAY[1] + 2 * OVERSCAN
    fov = 2 * np.rad2deg(np.arctan(height / 2 / FOCAL_PIXELS))
    aim = FACE_CENTRE + np.array([3.4, -1.2, 0.0])
    return Camera(
        DISPLAY[0] + 2 * OVERSCAN, height, float(fov), FOCAL_PIXELS * FACE_HEIGHT_CM / FACE_PIXELS, aim
    )


def take_light(step: int) -> Light:
    """The light of the take's frame number step (from 0): the reserved HDRI turning slowly, and a soft key."""
    azimuth, height = np.deg2rad([-48.0, 32.0])
    direction = np.array([np.sin(azimuth) * np.cos(height), np.sin(height), np.cos(azimuth) * np.cos(height)])
    key = Key(direction, 22.0, black_body(4600.0), 1.3)
    return Light(RESERVED_HDRIS[0], 200.0 + 0.2 * step, (0.0, 0.0), 0.0, key)


def backdrop(hdri: np.ndarray, light: Light, gain: float, camera: Camera, radius: float = 11.0) -> np.ndarray:
    """The HDRI (H, W, 3) behind the performer, out of focus: (camera.height, camera.width, 3), linear Rec.709."""
    x, y = np.meshgrid(np.arange(camera.width) + 0.5, np.arange(camera.height) + 0.5)
    d = camera.directions(x.ravel(), y.ravel()) @ rotation(light.turn, *light.tilt)
    rows, columns = hdri.shape[:2]
    u = np.arctan2(d[:, 0], -d[:, 2]) / (2 * np.pi) % 1.0
    v = np.arccos(np.clip(d[:, 1], -1, 1)) / np.pi
    wide = np.concatenate([hdri[:, -2:], hdri, hdri[:, :2]], 1)
    shape = (camera.height, camera.width)
    picture = cv2.remap(
        wide,
        (u * columns + 1.5).astype(np.float32).reshape(shape),
        (v * rows - 0.5).astype(np.float32).reshape(shape),
        cv2.INTER_CUBIC,
    )
    size = int(2 * np.ceil(radius) + 1)
    grid = np.hypot(*np.meshgrid(np.arange(size) - size // 2, np.arange(size) - size // 2))
    disc = np.clip(radius + 0.5 - grid, 0, 1).astype(np.float32)
    return np.asarray(
        cv2.filter2D(np.maximum(picture, 0), -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT) * gain
    )


def _box(points: np.ndarray, camera: Camera, margin: int) -> tuple[int, int, int, int]:
    seen = camera.project(points)
    x0, y0 = np.clip(np.floor(seen.min(0)).astype(int) - margin, 0, None)
    x1, y1 = np.minimum(np.ceil(seen.max(0)).astype(int) + margin, [camera.width, camera.height])
    return int(x0), int(y0), int(x1 - x0), int(y1 - y0)


def shoot(
    rig: Rig,
    act: Act,
    light: Light,
    small: np.ndarray,
    hdri: np.ndarray,
    camera: Camera,
    samples: int,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """One clean frame (H, W, 3), linear Rec.709, over its backdrop, and the posed vertices (V, 3).

    The head gets `samples` per pixel, the shoulders few.
    """
    vertices = rig.pose(act)
    rig.light(environment(small, light))
    body = np.zeros((camera.height, camera.width, 4), np.float32)
    x, y, w, _ = _box(vertices[:SKIN_VERTICES], camera, 60)
    shoulders = (x, y, w, camera.height - y)
    body[y:, x : x + w] = rig.render(
        replace(camera, crop=shoulders), BODY_SAMPLES, seed, alpha=True, bounces=False
    )
    head = vertices[:SKIN_VERTICES][rig.weight[:SKIN_VERTICES] > 0.35]
    x, y, w, h = box = _box(head, camera, 4)
    body[y : y + h, x : x + w] = rig.render(
        replace(camera, crop=box), samples, seed + 1, alpha=True, bounces=False
    )
    behind = backdrop(hdri, light, hdri_gain(small, light), camera)
    return body[:, :, :3] + (1 - body[:, :, 3:4]) * behind, vertices


def render_take(
    casting: Casting,
    driver: int,
    hero: int,
    frames: Sequence[int],
    truth_frames: Sequence[int],
    out: Path,
    *,
    performance_seed: int,
    plate_samples: int,
    truth_samples: int,
    compression: str,
) -> None:
    """Renders ``out/plate/plate.1001.exr`` (driver, grain) and ``out/truth/truth.1001.exr`` (hero, clean, matte)."""
    rig, camera = Rig(casting.model), take_camera()
    acts = talk_take(performance_seed, TAKE_FRAMES, casting.model.expression_names)
    hdri = load_hdri(casting.assets, RESERVED_HDRIS[0])
    small = shrink(hdri)
    for role, seed, wanted, samples in (
        ("plate", driver, frames, plate_samples),
        ("truth", hero, truth_frames, truth_samples),
    ):
        missing = [f for f in wanted if not is_complete(out / role / f"{role}.{f:04d}.exr")]
        if missing:
            rig.cast(casting.person(seed), small.shape[:2])
        for frame in missing:
            step = frame - FIRST_FRAME
            clean, vertices = shoot(
                rig, acts[step], take_light(step), small, hdri, camera, samples, frame * 10 + seed
            )
            pixels = rec709_to_acescg(clean)
            channels: tuple[str, ...] = ("R", "G", "B")
            if role == "plate":
                pixels = add_grain(pixels, Grain(), (performance_seed, frame))
            else:
                matte = face_matte(vertices, rig.whole, camera)
                pixels, channels = np.concatenate([pixels, matte[..., None]], 2), ("R", "G", "B", "matte")
            write_exr(
                out / role / f"{role}.{frame:04d}.exr",
                pixels,
                channels=channels,
                origin=(-OVERSCAN, -OVERSCAN),
                display=DISPLAY,
                compression=compression,
                attributes={
                    "smpte:TimeCode": timecode(frame, FPS),
                    "framesPerSecond": (FPS, 1),
                    "PixelAspectRatio": 1.0,
                    "doublure/take": TAKE_NAME,
                },
            )
            print(f"{role}.{frame:04d}", flush=True)
