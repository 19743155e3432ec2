"""Light: HDRIs split into training and reserved ones, turned, tilted, exposed, with a key light added.

Directions follow Mitsuba's envmap: column u and row v look along (sin 2πu sin πv, cos πv, -cos 2πu sin πv), so the
middle of the picture is +Z, the way the performer faces.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import OpenImageIO as oiio

from bench.stage.base.assets import require
from doublure.core.errors import DoublureError

RESERVED_HDRIS = ("courtyard", "studio")
TRAINING_HDRIS = ("city", "forest", "interior", "night", "sunrise", "sunset")
ENV_WIDTH, ENV_HEIGHT = 256, 128


@dataclass(frozen=True)
class Key:
    """A gaussian key light: unit direction towards it (3,), width (sigma) in degrees, colour (3,), and strength, its
    irradiance against the fill's."""

    direction: np.ndarray
    width: float
    colour: np.ndarray
    strength: float


@dataclass(frozen=True)
class Light:
    """An HDRI turned about Y and tilted about X and Z (degrees), exposure in stops, and an optional key."""

    hdri: str
    turn: float
    tilt: tuple[float, float]
    stops: float
    key: Key | None


def load_hdri(assets: Path, name: str) -> np.ndarray:
    """An HDRI at full size, (H, W, 3) float32, linear Rec.709."""
    file = require(assets / "hdri" / f"{name}.exr")
    pixels = oiio.ImageBuf(str(file)).get_pixels(oiio.FLOAT)
    if pixels is None:
        raise DoublureError("the HDRI cannot be read", file=file, remedy="fetch the asset again")
    return np.ascontiguousarray(pixels[:, :, :3])


def shrink(hdri: np.ndarray) -> np.ndarray:
    """The HDRI averaged down to 128 rows of 256 pixels, with suns and bare lamps spread over a few degrees.

    Energy is kept. A sun of one pixel would need ten times the samples for the same noise.
    """
    small = cv2.resize(hdri, (ENV_WIDTH, ENV_HEIGHT), interpolation=cv2.INTER_AREA)
    luma = small @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    ceiling = 30 * float((luma * solid_angles(ENV_WIDTH, ENV_HEIGHT)).sum() / (4 * np.pi))
    base = small * np.minimum(1, ceiling / np.maximum(luma, 1e-9))[..., None].astype(np.float32)
    wide = np.concatenate([small - base] * 3, 1)
    soft = cv2.GaussianBlur(wide, (0, 0), 2.0, borderType=cv2.BORDER_REPLICATE)
    return base + soft[:, ENV_WIDTH : 2 * ENV_WIDTH]


def directions(width: int, height: int) -> np.ndarray:
    """Unit directions (H, W, 3) of a lat-long picture's pixel centres."""
    phi = 2 * np.pi * (np.arange(width) + 0.5) / width
    theta = np.pi * (np.arange(height) + 0.5) / height
    s = np.sin(theta)[:, None]
    return np.stack([np.sin(phi) * s, np.cos(theta)[:, None] * np.ones(width), -np.cos(phi) * s], -1)


def solid_angles(width: int, height: int) -> np.ndarray:
    """Solid angle (H, 1) in steradians of the pixels of each row; they add up to 4π over the picture."""
    edges = np.cos(np.pi * np.arange(height + 1) / height)
    return ((edges[:-1] - edges[1:]) * 2 * np.pi / width)[:, None]


def irradiance(env: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Irradiance (3,) of a lat-long picture (H, W, 3) on a surface with this unit normal."""
    height, width = env.shape[:2]
    cosine = np.clip(directions(width, height) @ normal, 0, None) * solid_angles(width, height)
    return np.einsum("hwc,hw->c", env, cosine)


def rotation(turn: float, tilt_x: float, tilt_z: float) -> np.ndarray:
    """Rotation matrix (3, 3) about Y, then X, then Z; degrees."""
    a, b, c = np.deg2rad([turn, tilt_x, tilt_z])
    ry = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    rx = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    rz = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return rz @ rx @ ry


def rotate(env: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The lat-long picture after rotating the world it shows by a matrix (3, 3); bilinear, wrapping."""
    height, width = env.shape[:2]
    d = directions(width, height) @ matrix
    u = np.arctan2(d[..., 0], -d[..., 2]) / (2 * np.pi) % 1.0
    v = np.arccos(np.clip(d[..., 1], -1, 1)) / np.pi
    wide = np.concatenate([env[:, -1:], env, env[:, :1]], 1)
    return cv2.remap(
        wide,
        (u * width + 0.5).astype(np.float32),
        (v * height - 0.5).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )


def black_body(kelvin: float) -> np.ndarray:
    """Linear Rec.709 colour (3,) of a black body, luminance 1, out-of-gamut channels held at 0.

    Chromaticity after Kim et al. (US 7024034), the usual cubic fit, 1667-25000 K.
    """
    k = kelvin
    if k < 4000:
        x = -0.2661239e9 / k**3 - 0.2343589e6 / k**2 + 0.8776956e3 / k + 0.179910
    else:
        x = -3.0258469e9 / k**3 + 2.1070379e6 / k**2 + 0.2226347e3 / k + 0.240390
    if k < 2222:
        y = -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    elif k < 4000:
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    xyz = np.array([x / y, 1.0, (1 - x - y) / y])
    rgb = (
        np.array(
            [
                [3.2404542, -1.5371385, -0.4985314],
                [-0.9692660, 1.8760108, 0.0415560],
                [0.0556434, -0.2040259, 1.0572252],
            ]
        )
        @ xyz
    )
    return np.maximum(rgb, 0)


def key_lobe(key: Key) -> np.ndarray:
    """The key light as a lat-long picture (128, 256, 3) whose irradiance facing it has luminance near 1."""
    angle = np.arccos(np.clip(directions(ENV_WIDTH, ENV_HEIGHT) @ key.direction, -1, 1))
    lobe = np.exp(-0.5 * (angle / np.deg2rad(key.width)) ** 2)
    total = (lobe * np.clip(np.cos(angle), 0, None) * solid_angles(ENV_WIDTH, ENV_HEIGHT)).sum()
    return (lobe / total)[..., None] * key.colour


def levels(small: np.ndarray, light: Light, grey: float = 0.55) -> tuple[float, float]:
    """The HDRI's own light on the performer before exposure, and what it is multiplied by in `environment`."""
    fill = _facing(rotate(small, rotation(light.turn, *light.tilt)))
    key = 0.0 if light.key is None else _facing(key_lobe(light.key)) * light.key.strength * np.pi
    return fill, grey * 2**light.stops / (fill * (1 + key))


def hdri_gain(small: np.ndarray, light: Light, grey: float = 0.55) -> float:
    """What the HDRI is multiplied by in `environment`."""
    return levels(small, light, grey)[1]


def environment(small: np.ndarray, light: Light, grey: float = 0.55) -> np.ndarray:
    """The light as a lat-long picture (128, 256, 3), float32, linear Rec.709.

    Scaled so that, at 0 stops, a white diffuse surface turned between the camera and the sides shows `grey`.
    """
    env = rotate(small, rotation(light.turn, *light.tilt))
    fill, gain = levels(small, light, grey)
    if light.key is not None:
        env = env + key_lobe(light.key) * light.key.strength * np.pi * fill
    return (env * gain).astype(np.float32)


def _facing(env: np.ndarray) -> float:
    luma = np.array([0.2126, 0.7152, 0.0722])
    normals = np.array([[0, 0, 1], [0.7, 0.1, 0.7], [-0.7, 0.1, 0.7], [0, 0.7, 0.7]])
    normals = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    return float(np.mean([irradiance(env, n) @ luma for n in normals]) / np.pi)


def random_key(r: np.random.Generator, softest: float = 35.0) -> Key:
    """A key light somewhere in front of the performer: 2800-8000 K, 1 to 6 times the fill."""
    azimuth, height = np.deg2rad(r.uniform(-85, 85)), np.deg2rad(r.uniform(-15, 65))
    direction = np.array([np.sin(azimuth) * np.cos(height), np.sin(height), np.cos(azimuth) * np.cos(height)])
    return Key(
        direction,
        float(np.exp(r.uniform(np.log(4), np.log(softest)))),
        black_body(r.uniform(2800, 8000)),
        float(np.exp(r.uniform(0, np.log(6)))),
    )


def random_light(performance_seed: int, frame: int) -> Light:
    """The training light of a frame: one of the six training HDRIs, any turn, ±1.5 stops, a key in 45 % of frames."""
    r = np.random.default_rng([performance_seed, frame, 31])
    hdri = TRAINING_HDRIS[r.integers(len(TRAINING_HDRIS))]
    key = random_key(r) if r.random() < 0.45 else None
    tilt = r.normal(0, 6, 2)
    return Light(
        hdri, float(r.uniform(0, 360)), (float(tilt[0]), float(tilt[1])), float(r.uniform(-1.5, 1.5)), key
    )
