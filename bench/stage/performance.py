"""What a face does: expression weights and head pose, frame by frame or as smooth curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

VISEMES: dict[str, dict[str, float]] = {
    "aa": {"jawOpen": 0.65, "mouthLowerDown": 0.35, "mouthUpperUp": 0.25},
    "ee": {
        "jawOpen": 0.18,
        "mouthSmile": 0.35,
        "mouthStretch": 0.4,
        "mouthLowerDown": 0.5,
        "mouthUpperUp": 0.3,
    },
    "ih": {"jawOpen": 0.25, "mouthStretch": 0.2, "mouthLowerDown": 0.4, "mouthUpperUp": 0.25},
    "oh": {"jawOpen": 0.4, "mouthFunnel": 0.6, "mouthPucker": 0.2},
    "oo": {"jawOpen": 0.12, "mouthPucker": 0.75, "mouthFunnel": 0.3},
    "mm": {"mouthClose": 0.05, "mouthPress": 0.45, "mouthRollLower": 0.3, "mouthRollUpper": 0.25},
    "ff": {"jawOpen": 0.08, "mouthRollLower": 0.55, "mouthUpperUp": 0.35},
    "th": {"jawOpen": 0.2, "mouthLowerDown": 0.3, "mouthUpperUp": 0.2},
    "ch": {"jawOpen": 0.1, "mouthFunnel": 0.65, "mouthUpperUp": 0.25, "mouthLowerDown": 0.3},
    "rest": {},
}
MAX_YAW, MAX_PITCH, MAX_ROLL = 40.0, 20.0, 12.0


@dataclass(frozen=True)
class Act:
    """One frame: weights (57,) in ICT order, 0-1; head yaw, pitch, roll (3,) in degrees."""

    weights: np.ndarray
    pose: np.ndarray


class Weights:
    """Collects named expression weights; a name without ``_L``/``_R`` sets both sides where ICT has two."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.values = np.zeros(len(names), np.float32)

    def add(self, name: str, amount: float) -> None:
        """Adds amount to a shape (or to both its sides)."""
        sides = [name] if name in self.names else [f"{name}_L", f"{name}_R"]
        for side in sides:
            self.values[self.names.index(side)] += amount

    def add_gaze(self, yaw: float, pitch: float) -> None:
        """Turns both eyes: yaw to the performer's left and pitch up, each -1 to 1; the lids follow up and down."""
        self.add("eyeLookOut_L" if yaw > 0 else "eyeLookIn_L", abs(yaw))
        self.add("eyeLookIn_R" if yaw > 0 else "eyeLookOut_R", abs(yaw))
        self.add("eyeLookUp" if pitch > 0 else "eyeLookDown", abs(pitch))

    def limited(self) -> np.ndarray:
        """The weights (N,), kept within 0-1, with a blink never added to a squint past closed lids."""
        w = np.clip(self.values, 0, 1)
        for side in "LR":
            blink, squint = (self.names.index(f"{n}_{side}") for n in ("eyeBlink", "eyeSquint"))
            w[squint] *= 1 - w[blink]
            down = self.names.index(f"eyeLookDown_{side}")
            w[blink] = min(w[blink], 1 - 0.35 * w[down])
        return w


def _bell(r: np.random.Generator, limit: float) -> float:
    return float(np.clip(r.normal(0, 0.45), -1, 1) * limit)


def random_act(performance_seed: int, frame: int, names: tuple[str, ...]) -> Act:
    """An independent random frame: speech, smiles, blinks, gaze, brows; about a quarter near neutral."""
    r = np.random.default_rng([performance_seed, frame, 21])
    w = Weights(names)
    strength = 0.2 if r.random() < 0.25 else 1.0
    kinds = list(VISEMES)
    for share in (1.0, 0.0) if r.random() < 0.5 else (0.6, 0.4):
        for name, amount in VISEMES[kinds[r.integers(len(kinds))]].items():
            w.add(name, strength * share * amount * r.uniform(0.5, 1.35))
    if r.random() < 0.35:
        smile = strength * r.uniform(0.2, 1.0)
        w.add("mouthSmile", 0.9 * smile)
        w.add("cheekSquint", 0.6 * smile)
        w.add("eyeSquint", 0.4 * smile)
        w.add("mouthUpperUp", r.uniform(0, 0.4) * smile)
    for name, chance, most in (
        ("mouthPucker", 0.10, 0.8),
        ("mouthFrown", 0.12, 0.7),
        ("noseSneer", 0.10, 0.7),
        ("cheekPuff", 0.05, 0.6),
        ("mouthDimple", 0.10, 0.6),
        ("mouthShrugLower", 0.10, 0.6),
        ("mouthStretch", 0.08, 0.7),
        ("mouthLeft", 0.08, 0.6),
        ("mouthRight", 0.08, 0.6),
        ("jawLeft", 0.05, 0.5),
        ("jawRight", 0.05, 0.5),
        ("jawForward", 0.06, 0.5),
        ("jawOpen", 0.08, 0.8),
        ("eyeWide", 0.10, 0.7),
        ("eyeSquint", 0.12, 0.8),
        ("browDown", 0.20, 0.9),
        ("browInnerUp", 0.22, 0.9),
        ("browOuterUp", 0.20, 0.9),
        ("mouthSmile_L", 0.05, 0.6),
        ("mouthSmile_R", 0.05, 0.6),
        ("browOuterUp_L", 0.04, 0.8),
    ):
        if r.random() < chance:
            w.add(name, strength * r.uniform(0.1, most))
    lid = r.random()
    w.add("eyeBlink", 1.0 if lid < 0.10 else r.uniform(0.25, 0.85) if lid < 0.24 else r.uniform(0, 0.12))
    w.add_gaze(_bell(r, 0.9), _bell(r, 0.7))
    pose = np.array([_bell(r, MAX_YAW), _bell(r, MAX_PITCH), _bell(r, MAX_ROLL)])
    return Act(w.limited(), pose)


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
