"""The kinds of takes there are: how each is acted and lit, and what crosses the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.stage.acting.acting import Acting, act_at
from bench.stage.acting.performance import Act
from bench.stage.base.curves import cell_generator
from bench.stage.camera.camera import FACE_CENTRE, Camera, distance_for
from bench.stage.light.light import Light, random_light
from bench.stage.light.lighting import Lighting, light_at
from doublure.core.errors import DoublureError

FIRST_FRAME = 1001
FOV, FACE_SHARE = 16.0, 0.56
HERO_SETUP = 8
HERO_STRIDE = 300


@dataclass(frozen=True)
class Kind:
    """One kind of take."""

    acting: Acting
    lighting: Lighting
    occluded: bool = False


KINDS: dict[str, Kind] = {
    "talk": Kind(Acting(1.0, 10, 84), Lighting(0.2, True)),
    "turn": Kind(Acting(0.6, 30, 72), Lighting(0.8, False)),
    "hardkey": Kind(
        Acting(0.9, 14, 80),
        Lighting(0.2, True, width=(4.0, 6.0), strength=(7.0, 11.0), travel=28.0, period=72.0),
    ),
    "profile": Kind(Acting(0.5, 68, 96, start=0.0), Lighting(0.4, True, strength=(0.6, 1.2))),
    "occluded": Kind(
        Acting(0.8, 9, 90), Lighting(0.2, True, width=(8.0, 14.0), strength=(1.5, 2.5)), occluded=True
    ),
}
HERO_ACTING = Acting(1.0, 26, 60, pitch=9.0, roll=6.0)


def take_kind(name: str) -> Kind:
    """The kind of take of this name; a DoublureError that lists them for another."""
    if name not in KINDS:
        raise DoublureError(f"there is no take '{name}'", remedy=f"choose one of {', '.join(KINDS)}")
    return KINDS[name]


def default_seed(kind: str, driver: int, hero: int) -> int:
    """The performance seed of a take that was given none."""
    return int(np.random.default_rng([list(KINDS).index(kind), driver, hero, 61]).integers(1, 2**31))


def take_camera(performance_seed: int, size: int) -> Camera:
    """The locked-off camera of a take: 16° of view, the face 56 % of the height, framed a little off by the seed."""
    r = cell_generator(performance_seed, 50, 0)
    aim = FACE_CENTRE + np.array([r.uniform(-1.2, 1.2), r.uniform(0.1, 0.9), 0.0])
    return Camera(size, size, FOV, distance_for(FOV, FACE_SHARE * float(r.uniform(0.95, 1.05))), aim)


@dataclass(frozen=True)
class Script:
    """What happens at a time in frames: the act and the light. set_up tells stretches of one light apart."""

    act: Callable[[float], Act]
    light: Callable[[float], Light]


def take_script(kind: Kind, performance_seed: int, names: tuple[str, ...]) -> Script:
    """The script of plate and truth; frame 1001 is time 0."""
    return Script(
        lambda t: act_at(kind.acting, performance_seed, t, names),
        lambda t: light_at(kind.lighting, performance_seed, t),
    )


def hero_script(performance_seed: int, frame: int, names: tuple[str, ...]) -> Script:
    """The script of the hero footage around one of its frames: set-ups of 8 frames, each with its own light.

    Within a set-up time runs on at 24 frames a second; between two the performance jumps. Only training HDRIs.
    """
    set_up = (frame - 1) // HERO_SETUP
    skipped = set_up * (HERO_STRIDE - HERO_SETUP) - 1
    acting_seed = performance_seed + 1
    return Script(
        lambda t: act_at(HERO_ACTING, acting_seed, t + skipped, names),
        lambda t: random_light(acting_seed, set_up),
    )
