"""What one person looks like, drawn from a seed: shape coefficients, skin, brows, lips, beard, eyes, hair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.stage.face.tone import tone_colour

SHAPE_MODES = 30
SHAPE_SPREAD = 0.8
LOW_SKINS = (
    "middleage_lightskinned_male_diffuse",
    "young_lightskinned_female_diffuse2",
    "young_lightskinned_male_diffuse",
    "old_darkskinned_female_diffuse",
    "scan",
)
HAIR_COLOURS = (
    (0.012, 0.009, 0.008),
    (0.02, 0.013, 0.009),
    (0.05, 0.028, 0.016),
    (0.10, 0.055, 0.028),
    (0.22, 0.14, 0.07),
    (0.16, 0.06, 0.025),
    (0.20, 0.19, 0.18),
)
IRIS_COLOURS = (
    (0.028, 0.015, 0.009),
    (0.045, 0.024, 0.012),
    (0.085, 0.050, 0.024),
    (0.078, 0.075, 0.042),
    (0.080, 0.100, 0.098),
    (0.088, 0.120, 0.150),
    (0.140, 0.158, 0.165),
)


@dataclass(frozen=True)
class Traits:
    """One person. Colours are linear Rec.709; opacities and amounts are 0-1 unless said otherwise."""

    seed: int
    shape: np.ndarray
    low_skin: str
    high_skin: str
    tone: np.ndarray
    detail: float
    mottling: float
    redness: float
    freckles: float
    lip_tint: np.ndarray
    hair_colour: np.ndarray
    hair_opacity: float
    hair_volume: float
    hairline: float
    beard: float
    brow_density: float
    brow_thickness: float
    brow_arch: float
    brow_drop: float
    brow_opacity: float
    iris_colour: np.ndarray
    iris_radius: float
    roughness: float
    shirt: np.ndarray
    masculine: bool
    age: float
    pores: float
    oil: float


def draw_traits(seed: int) -> Traits:
    """The person of a seed; the same seed is always the same person."""
    r = np.random.default_rng([seed, 1])
    shape = np.zeros(100, np.float32)
    shape[:SHAPE_MODES] = SHAPE_SPREAD * r.standard_normal(SHAPE_MODES)
    melanin = float(r.beta(0.9, 1.2))
    tone = tone_colour(melanin) * np.exp(r.normal(0, [0.03, 0.05, 0.07])) * np.exp(r.normal(0, 0.05))
    masculine = r.random() < 0.55
    low = LOW_SKINS[r.choice(5, p=[0.22, 0.22, 0.22, 0.12, 0.22])]
    high = LOW_SKINS[r.choice(5, p=[0.25, 0.15, 0.15, 0.25, 0.20])] if r.random() < 0.6 else low
    dark = 3 if melanin > 0.6 else len(HAIR_COLOURS)
    hair = np.array(HAIR_COLOURS[r.integers(dark)]) * np.exp(r.normal(0, 0.15))
    iris = IRIS_COLOURS[r.integers(3 if melanin > 0.6 else len(IRIS_COLOURS))]
    redness = r.uniform(0.2, 1.3) * (1.1 - 0.8 * melanin)
    lip = np.array([1.0, 0.72, 0.74]) ** r.uniform(0.1, 1.5) * np.exp(r.normal(-0.08, 0.15))
    # A stream of its own, so that what is drawn here changes nobody who was drawn before.
    own = np.random.default_rng([seed, 41])
    age = float(own.beta(1.2, 1.6))
    if "old" in high or "middleage" in high:
        age = 0.35 + 0.65 * age
    return Traits(
        seed=seed,
        shape=shape,
        low_skin=low,
        high_skin=high,
        tone=tone,
        detail=float(r.uniform(0.8, 1.35)),
        mottling=float(r.uniform(0.6, 1.6)),
        redness=float(redness),
        freckles=float(r.uniform(0.2, 1) if r.random() < 0.3 and melanin < 0.6 else 0),
        lip_tint=lip,
        hair_colour=hair,
        hair_opacity=float(r.choice([0.97, 0.99, 0.35], p=[0.5, 0.35, 0.15])),
        hair_volume=float(r.uniform(0.15, 1.0)),
        hairline=float(r.uniform(-0.9, 1.1)),
        beard=float(r.choice([0.0, 0.2, 0.4, 0.75]) if masculine else 0),
        brow_density=float(r.uniform(0.6, 1.5) * (1.15 if masculine else 0.9)),
        brow_thickness=float(r.uniform(0.7, 1.45) * (1.15 if masculine else 0.85)),
        brow_arch=float(r.uniform(-0.2, 1.2)),
        brow_drop=float(r.uniform(-0.02, 0.045)),
        brow_opacity=float(r.uniform(0.75, 1.0)),
        iris_colour=np.array(iris) * np.exp(r.normal(0, 0.2)),
        iris_radius=float(r.uniform(0.56, 0.62)),
        roughness=float(r.uniform(0.42, 0.56)),
        shirt=np.exp(r.uniform(-4.5, -2.2) + r.normal(0, 0.35, 3)),
        masculine=bool(masculine),
        age=age,
        pores=float(own.uniform(0.6, 1.25)),
        oil=float(own.uniform(0.0, 1.0)),
    )
