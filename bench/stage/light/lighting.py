"""The light of a take: an HDRI that turns and a key that moves, at one exposure from beginning to end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bench.stage.base.curves import cell_generator, sway
from bench.stage.light.light import RESERVED_HDRIS, Key, Light, black_body, key_lobe, levels, rotate, rotation

METERED = (0.0, 18.0, 36.0, 54.0)


def towards(azimuth: float, height: float) -> np.ndarray:
    """Unit direction (3,) of an azimuth, 0 in front and positive to the picture's right, and a height, degrees."""
    a, h = np.deg2rad([azimuth, height])
    return np.array([np.sin(a) * np.cos(h), np.sin(h), np.cos(a) * np.cos(h)])


@dataclass(frozen=True)
class Lighting:
    """How a take is lit.

    Attributes:
        spin: how far the HDRI turns in a frame, degrees, either way by seed.
        key: whether there is a key light; width: sigma, degrees, drawn between these two.
        strength: of the key against the fill, drawn between these two.
        travel: how far the key moves to either side, degrees; period: of that, in frames.
        stops: exposure against the stage's normal one.
    """

    spin: float
    key: bool
    width: tuple[float, float] = (18.0, 26.0)
    strength: tuple[float, float] = (0.8, 1.6)
    travel: float = 6.0
    period: float = 90.0
    stops: float = 0.0


def light_at(lighting: Lighting, seed: int, time: float) -> Light:
    """The light of a performance seed at a time in frames; only reserved HDRIs."""
    r = cell_generator(seed, 40, 0)
    hdri = RESERVED_HDRIS[r.integers(len(RESERVED_HDRIS))]
    start, way = r.uniform(0, 360), 1 if r.random() < 0.5 else -1
    side = 1.0 if r.random() < 0.5 else -1.0
    azimuth, height = side * r.uniform(30, 55), r.uniform(18, 42)
    width, strength = (float(np.exp(r.uniform(*np.log(v)))) for v in (lighting.width, lighting.strength))
    colour, phase = black_body(float(r.uniform(3400, 6200))), r.uniform(0, 2 * np.pi)
    key = None
    if lighting.key:
        moved = azimuth + lighting.travel * np.sin(2 * np.pi * time / lighting.period + phase)
        key = Key(towards(moved, height + 1.5 * sway(seed, 41, time, 40)), width, colour, strength)
    return Light(hdri, float((start + way * lighting.spin * time) % 360), (0.0, 0.0), lighting.stops, key)


@dataclass(frozen=True)
class Exposed:
    """A light at a fixed exposure.

    Attributes:
        small: the light's HDRI, shrunk (128, 256, 3). at: the light at a time. times: where it is metered.
    """

    small: np.ndarray
    at: Callable[[float], Light]
    times: tuple[float, ...] = METERED

    @cached_property
    def metered(self) -> tuple[float, float]:
        """The fill before exposure and the gain, the mean over the metered times."""
        both = np.array([levels(self.small, self.at(t)) for t in self.times])
        return float(both[:, 0].mean()), float(np.exp(np.log(both[:, 1]).mean()))

    def environment(self, time: float) -> np.ndarray:
        """The light at a time as a lat-long picture (128, 256, 3), float32, linear Rec.709."""
        light, (fill, gain) = self.at(time), self.metered
        env = rotate(self.small, rotation(light.turn, *light.tilt))
        if light.key is not None:
            env = env + key_lobe(light.key) * light.key.strength * np.pi * fill
        return (env * gain).astype(np.float32)
