"""Renders independent random frames of people: the same frame number is the same act, light and camera for all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from bench.stage.acting.performance import random_act
from bench.stage.base.color import rec709_to_acescg
from bench.stage.camera.camera import random_camera
from bench.stage.layers.matte import face_matte
from bench.stage.light.backdrop import backdrop
from bench.stage.light.light import (
    TRAINING_HDRIS,
    environment,
    hdri_gain,
    load_hdri,
    random_light,
    rotation,
    shrink,
)
from bench.stage.people.person import Casting
from bench.stage.shading.rig import Rig
from bench.stage.write import is_complete, write_exr


def render_footage(
    casting: Casting,
    rig: Rig,
    seed: int,
    frames: Iterable[int],
    folder: Path,
    name: str,
    *,
    size: int,
    samples: int,
    performance_seed: int,
    compression: str = "zip",
) -> int:
    """Renders the missing frames ``folder/name.0001.exr`` of one person; returns how many were rendered.

    Their channel ``matte`` is the coverage by the visible face, as in a take's truth.
    """
    missing = [f for f in frames if not is_complete(folder / f"{name}.{f:04d}.exr")]
    if not missing:
        return 0
    hdris = {n: load_hdri(casting.assets, n) for n in TRAINING_HDRIS}
    small = {n: shrink(hdri) for n, hdri in hdris.items()}
    rig.cast(casting.person(seed), small[TRAINING_HDRIS[0]].shape[:2])
    for frame in missing:
        light = random_light(performance_seed, frame)
        camera = random_camera(performance_seed, frame, size)
        vertices = rig.pose(random_act(performance_seed, frame, casting.model.expression_names))
        rig.light(environment(small[light.hdri], light))
        performer = rig.shade(camera, samples, seed=frame * 1000 + seed)
        turned = rotation(light.turn, *light.tilt)
        behind = backdrop(hdris[light.hdri], turned, hdri_gain(small[light.hdri], light), camera)
        picture = performer.diffuse + performer.specular + (1 - performer.alpha[..., None]) * behind
        matte = face_matte(vertices, rig.whole, camera)
        write_exr(
            folder / f"{name}.{frame:04d}.exr",
            np.dstack([rec709_to_acescg(picture), matte]),
            channels=("R", "G", "B", "matte"),
            compression=compression,
        )
    return len(missing)
