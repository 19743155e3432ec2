"""The example take: a plate of the driver, and the truth, the hero under the same act, light and camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.stage.acting.example_performance import talk_take
from bench.stage.acting.performance import Act
from bench.stage.base.assets import SKIN_VERTICES
from bench.stage.base.color import rec709_to_acescg
from bench.stage.camera.camera import FACE_CENTRE, FACE_HEIGHT_CM, Camera
from bench.stage.camera.grain import Grain, add_grain
from bench.stage.layers.matte import face_matte
from bench.stage.light.backdrop import backdrop
from bench.stage.light.light import (
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
from bench.stage.light.lighting import towards
from bench.stage.people.person import Casting
from bench.stage.shading.rig import Rig
from bench.stage.write import is_complete, timecode, write_exr

DISPLAY = (960, 540)
OVERSCAN = 16
FPS = 24
FOCAL_PIXELS = 2000.0
FACE_PIXELS = 280.0
EXAMPLE_NAME = "talk_example"
FIRST_FRAME, EXAMPLE_FRAMES = 1001, 48
BODY_SAMPLES = 16
BACKDROP_BLUR = 11.0


def example_camera() -> Camera:
    """The camera over the data window: about 50 mm on Super 35, the face left of centre."""
    height = DISPLAY[1] + 2 * OVERSCAN
    fov = 2 * np.rad2deg(np.arctan(height / 2 / FOCAL_PIXELS))
    aim = FACE_CENTRE + np.array([3.4, -1.2, 0.0])
    return Camera(
        DISPLAY[0] + 2 * OVERSCAN, height, float(fov), FOCAL_PIXELS * FACE_HEIGHT_CM / FACE_PIXELS, aim
    )


def example_light(step: int) -> Light:
    """The light of frame number step (from 0): a reserved HDRI turning slowly, and a soft key."""
    key = Key(towards(-48.0, 32.0), 22.0, black_body(4600.0), 1.3)
    return Light(RESERVED_HDRIS[0], 200.0 + 0.2 * step, (0.0, 0.0), 0.0, key)


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
    picture = np.zeros((camera.height, camera.width, 4), np.float32)

    def paint(box: tuple[int, int, int, int], count: int, shift: int) -> None:
        shading = rig.shade(replace(camera, crop=box), count, seed + shift)
        x, y, w, h = box
        picture[y : y + h, x : x + w, :3] = shading.diffuse + shading.specular
        picture[y : y + h, x : x + w, 3] = shading.alpha

    x, y, w, _ = _box(vertices[:SKIN_VERTICES], camera, 60)
    paint((x, y, w, camera.height - y), BODY_SAMPLES, 0)
    paint(_box(vertices[:SKIN_VERTICES][rig.weight[:SKIN_VERTICES] > 0.35], camera, 14), samples, 2)
    turned = rotation(light.turn, *light.tilt)
    behind = backdrop(hdri, turned, hdri_gain(small, light), camera, BACKDROP_BLUR)
    return picture[:, :, :3] + (1 - picture[:, :, 3:4]) * behind, vertices


def render_example(
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
    rig, camera = Rig(casting.model), example_camera()
    acts = talk_take(performance_seed, EXAMPLE_FRAMES, casting.model.expression_names)
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
                rig, acts[step], example_light(step), small, hdri, camera, samples, frame * 10 + seed
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
                    "doublure/take": EXAMPLE_NAME,
                },
            )
            print(f"{role}.{frame:04d}", flush=True)
