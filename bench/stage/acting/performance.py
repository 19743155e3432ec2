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
