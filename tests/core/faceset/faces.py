"""Faces made up: enough for what is decided about faces, without a picture."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from doublure.core.faceset.face import THUMB, Face
from doublure.core.faceset.light import Light

NEUTRAL = np.array([0.01, 0.69, 0.56, 0.0, 0.09, 0.09, 0.25, 0.25])


def face(name: str = "mara/0001.0", **changes: Any) -> Face:
    """A sharp face that looks into the lens; light's fields may be given as ``light={"x": 1.0}``."""
    light = Light(
        **{"x": 0.0, "y": -0.1, "contrast": 1.0, "warmth": 1.0, "exposure": 0.0, **changes.pop("light", {})}
    )
    expression = NEUTRAL.copy()
    for index, value in changes.pop("doing", {}).items():
        expression[index] = value
    made = Face(
        id=name,
        crop=f"crops/{name}.exr",
        crop_sha256="0" * 64,
        side=333,
        across=220.0,
        matrix=np.eye(2, 3),
        points=np.zeros((468, 3), np.float32),
        presence=1.0,
        yaw=0.0,
        pitch=0.0,
        roll=0.0,
        expression=expression,
        light=light,
        sharpness=0.1,
        dark=0.0,
        clipped=0.0,
        inside=1.0,
        hidden=None,
        identity=None,
        thumbnail=np.full((THUMB, THUMB), 128, np.uint8),
    )
    return replace(made, **changes)


def descriptor(person: int, variation: float, seed: int) -> np.ndarray:
    """(128,) of a person, ``variation`` away from their mean; means of two people are about 0.7 apart."""
    mean = np.random.default_rng(person).normal(size=128)
    off = np.random.default_rng(1000 + seed).normal(size=128)
    return np.asarray(0.5 * mean / np.linalg.norm(mean) + variation * off / np.linalg.norm(off))
