"""What take.json knows of a frame: pose, expression, light, landmarks and pupils, computed without rendering."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.stage.camera.camera import Camera
from bench.stage.layers.surface import visible
from bench.stage.take import Stage
from bench.stage.take_file import describe_light, rounded

DIGITS = 3


def describe_camera(camera: Camera) -> dict[str, Any]:
    """The camera for take.json."""
    return {
        "fov": round(camera.fov, 6),
        "distance": round(float(camera.distance), 6),
        "aim": rounded(camera.aim, 6),
        "width": camera.width,
        "height": camera.height,
        "focal_pixels": round(float(camera.height / 2 / np.tan(np.deg2rad(camera.fov) / 2)), 6),
    }


def describe_shot(stage: Stage, frame: int, roles: tuple[str, ...]) -> dict[str, Any]:
    """One entry of take.json's shots, for roles that share act and light."""
    moment = stage.moment(roles[0], frame)
    act = moment.script.act(moment.time)
    landmarks, pupils = {}, {}
    for role in roles:
        solids = stage.solids(role, moment)
        points = solids[0].now[stage.casting.model.landmarks68].astype(np.float64)
        seen = visible(points, solids, stage.camera)
        landmarks[role] = [
            [*rounded(p, DIGITS), int(v)] for p, v in zip(stage.camera.project(points), seen, strict=True)
        ]
        eyes = stage.camera.project(stage.pupils @ solids[0].now.astype(np.float64))
        pupils[role] = [rounded(p, DIGITS) for p in eyes]
    return {
        "frame": frame,
        "pose": rounded(act.pose, 4),
        "expression": {
            name: round(float(w), 5) for name, w in zip(stage.names, act.weights, strict=True) if w > 0
        },
        "light": describe_light(moment.script.light(moment.time), moment.exposed.metered[1]),
        "landmarks": landmarks,
        "pupils": pupils,
    }
