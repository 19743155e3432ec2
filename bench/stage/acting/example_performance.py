"""The performance of the example take: forty-eight frames of talk, as shipped with its plate."""

from __future__ import annotations

import numpy as np

from bench.stage.acting.performance import VISEMES, Act, Weights


def smooth_curve(r: np.random.Generator, frames: int, spacing: float) -> np.ndarray:
    """A seeded smooth curve (frames,) through random knots in 0-1 every spacing frames (cubic, never outside 0-1)."""
    knots = r.random(int(frames / spacing) + 5)
    t = np.arange(frames) / spacing + 1
    i = t.astype(int)
    f = t - i
    f = f * f * (3 - 2 * f)
    return knots[i] * (1 - f) + knots[i + 1] * f


def talk_take(performance_seed: int, frames: int, names: tuple[str, ...]) -> list[Act]:
    """A continuous take at 24 frames a second: talk, a smile, blinks, glances and a head turn of about ±20°."""
    r = np.random.default_rng([performance_seed, 22])
    t = np.arange(frames)
    kinds = [k for k in VISEMES if k != "rest"]
    syllables, at = [], 0.0
    while at < frames + 8:
        syllables.append((at, kinds[r.integers(len(kinds))], r.uniform(0.6, 1.1)))
        at += r.uniform(3.0, 5.5)
    talk = 0.35 + 0.65 * np.clip(1.6 * smooth_curve(r, frames, 15) - 0.2, 0, 1)
    blink = np.zeros(frames)
    centre = r.uniform(6, 12)
    while centre < frames:
        # Lids close in about 80 ms and open in about 160 ms.
        d = t - centre
        blink = np.maximum(blink, np.clip(np.where(d < 0, 1 + d / 2.4, 1.15 - d / 4.2), 0, 1))
        centre += r.uniform(14, 26)
    smile = np.clip(1.5 * np.exp(-(((t - frames * r.uniform(0.55, 0.7)) / (frames * 0.14)) ** 2)), 0, 1)
    turn = np.sin(2 * np.pi * (t / frames * 0.9 + r.random()))
    yaw = 20 * turn + 4 * (smooth_curve(r, frames, 9) - 0.5)
    pitch = 5 * (smooth_curve(r, frames, 16) - 0.5) * 2 + 3 * (smooth_curve(r, frames, 6) - 0.5)
    roll = 8 * (smooth_curve(r, frames, 20) - 0.5)
    brows, frown = smooth_curve(r, frames, 12) ** 2, smooth_curve(r, frames, 14) ** 3
    look, glance_end, gaze = np.zeros((frames, 2)), 0, np.zeros(2)
    for k in range(frames):
        if k >= glance_end:
            gaze, glance_end = r.normal(0, [0.22, 0.13]), k + int(r.integers(7, 16))
        look[k] = gaze
    look[1:] = 0.65 * look[1:] + 0.35 * look[:-1]

    acts = []
    for k in range(frames):
        w = Weights(names)
        for at, kind, size in syllables:
            weight = np.exp(-(((k - at) / 2.0) ** 2)) * size * talk[k] * (1 - 0.55 * smile[k])
            if weight > 0.01:
                for name, amount in VISEMES[kind].items():
                    w.add(name, float(weight * amount))
        w.add("mouthSmile", float(0.8 * smile[k]))
        w.add("cheekSquint", float(0.5 * smile[k]))
        w.add("eyeSquint", float(0.3 * smile[k]))
        w.add("mouthUpperUp", float(0.2 * smile[k]))
        w.add("browInnerUp", float(0.5 * brows[k]))
        w.add("browOuterUp", float(0.5 * brows[k]))
        w.add("browDown", float(0.5 * frown[k]))
        w.add("eyeBlink", float(blink[k]))
        # The eyes hold their target, so they turn against the head.
        w.add_gaze(float(np.clip(look[k, 0] - yaw[k] / 60, -0.9, 0.9)), float(look[k, 1]))
        acts.append(Act(w.limited(), np.array([yaw[k], pitch[k], roll[k]])))
    return acts
