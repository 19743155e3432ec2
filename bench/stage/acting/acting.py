"""What a performer does at any moment of a take: speech, smiles, blinks, glances, brows, and the head's turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.stage.acting.performance import VISEMES, Act, Weights
from bench.stage.base.curves import events, sway, wander

FPS = 24
SYLLABLE, BLINK, GLANCE, SMILE = 4.2, 44.0, 13.0, 110.0
SHUTS, OPENS = 0.080 * FPS, 0.160 * FPS
SHAPES = tuple(k for k in VISEMES if k != "rest")


@dataclass(frozen=True)
class Acting:
    """How a take is acted.

    Attributes:
        talk: how much the mouth moves, 0-1.
        yaw: amplitude of the slow head turn in degrees; period: of that turn, in frames.
        pitch, roll: amplitudes of the head's wandering, degrees.
        start: where in its swing the turn starts, 0-1 of the period; None leaves it to the seed.
    """

    talk: float
    yaw: float
    period: float
    pitch: float = 6.0
    roll: float = 4.0
    start: float | None = None


def speech(seed: int, time: float, amount: float) -> tuple[dict[str, float], float]:
    """The mouth's visemes {name: weight} and the stress of the syllable being spoken, 0-1."""
    phrase = np.clip(2.4 * wander(seed, 1, time, 17) - 0.55, 0, 1)
    shapes: dict[str, float] = {}
    stress = 0.0
    for at, r in events(seed, 2, time, SYLLABLE, 7):
        kind, size, accent = SHAPES[r.integers(len(SHAPES))], r.uniform(0.6, 1.1), r.random()
        weight = float(np.exp(-(((time - at) / 2.0) ** 2)) * size * amount * (0.15 + 0.85 * phrase))
        if weight > 0.004:
            shapes[kind] = shapes.get(kind, 0.0) + weight
        if accent > 0.8:
            stress = max(stress, float(np.exp(-(((time - at) / 3.2) ** 2)) * phrase))
    return shapes, stress


def blink(seed: int, time: float) -> float:
    """How far the lids are shut, 0-1: they close in 80 ms, open in 160 ms, about every two seconds."""
    shut = 0.0
    for at, r in events(seed, 3, time, BLINK, 8):
        full = r.uniform(0.9, 1.0)
        d = time - at
        shape = 1 + d / SHUTS if d < 0 else 1 - d / OPENS
        shut = max(shut, full * float(np.clip(shape, 0, 1)))
    return shut * shut * (3 - 2 * shut)


def gaze(seed: int, time: float) -> np.ndarray:
    """Where the eyes want to look (2,), -1 to 1, to the performer's left and up: held targets, 50 ms jumps."""
    centre = np.zeros(2)
    before: list[tuple[float, np.ndarray]] = []
    for at, r in events(seed, 4, time, GLANCE, 2 * GLANCE):
        far = r.random() < 0.25
        before.append((at, np.clip(r.normal(0, [0.34, 0.2] if far else [0.12, 0.07]), -0.7, 0.7)))
    for (at, target), (_, last) in zip(before[1:], before, strict=False):
        if time >= at:
            jump = float(np.clip((time - at) / 1.2, 0, 1))
            centre = last + (target - last) * jump * jump * (3 - 2 * jump)
    # Fixation is never quite still.
    return centre + 0.012 * np.array([sway(seed, 5, time, 5), sway(seed, 6, time, 6)])


def smiling(seed: int, time: float) -> float:
    """A smile that comes and goes over one to two seconds, 0-1; not in every stretch of time."""
    most = 0.0
    for at, r in events(seed, 7, time, SMILE, 40):
        size = r.uniform(0.4, 1.0) if r.random() < 0.6 else 0.0
        most = max(most, size * float(np.exp(-(((time - at) / r.uniform(11, 20)) ** 2))))
    return most


def head_pose(acting: Acting, seed: int, time: float, stress: float) -> np.ndarray:
    """Yaw, pitch, roll (3,) in degrees: the slow turn, idle sway, nods on stressed syllables, breath."""
    start = wander(seed, 8, 0.0, 1.0) if acting.start is None else acting.start
    side = 1.0 if wander(seed, 9, 0.0, 1.0) < 0.5 else -1.0
    yaw = side * acting.yaw * np.cos(2 * np.pi * (time / acting.period + start))
    breath = np.sin(2 * np.pi * (time / FPS * 0.27 + start))
    return np.array(
        [
            yaw + 3.0 * sway(seed, 10, time, 21),
            acting.pitch * sway(seed, 11, time, 27) + 1.8 * stress + 0.35 * breath,
            acting.roll * sway(seed, 12, time, 33) - 0.04 * yaw,
        ]
    )


def act_at(acting: Acting, seed: int, time: float, names: tuple[str, ...]) -> Act:
    """The act at a time in frames (24 a second, any real number); it depends on nothing but its arguments."""
    w = Weights(names)
    mouth, stress = speech(seed, time, acting.talk)
    smile = smiling(seed, time)
    for kind, weight in mouth.items():
        for name, amount in VISEMES[kind].items():
            w.add(name, weight * amount * (1 - 0.5 * smile))
    for name, amount in (
        ("mouthSmile", 0.8),
        ("cheekSquint", 0.5),
        ("eyeSquint", 0.3),
        ("mouthUpperUp", 0.2),
    ):
        w.add(name, amount * smile)
    mood = wander(seed, 13, time, 25)
    w.add("browInnerUp", 0.35 * mood**2 + 0.45 * stress)
    w.add("browOuterUp", 0.25 * mood**2 + 0.40 * stress)
    w.add("browDown", 0.5 * wander(seed, 14, time, 31) ** 3)
    pose = head_pose(acting, seed, time, stress)
    look = gaze(seed, time)
    # The eyes hold their target while the head turns, as far as they comfortably can.
    across = float(np.clip(look[0] - np.clip(pose[0] / 60, -0.35, 0.35), -0.8, 0.8))
    up = float(np.clip(look[1] + pose[1] / 70, -0.7, 0.7))
    w.add_gaze(across, up)
    w.add("eyeWide", 0.2 * max(up, 0) + 0.15 * stress)
    w.add("eyeBlink", blink(seed, time) + 0.02)
    return Act(w.limited(), pose)
