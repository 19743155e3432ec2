"""A person ready to render: shape, skin and eye textures, from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from bench.stage.assets import SKIN_VERTICES, FaceModel, load_face_model
from bench.stage.canvas import Canvas, build_canvas, hairline, neckline, smoothstep
from bench.stage.eyes import eyeball_points, paint_eye
from bench.stage.geometry import part_triangles, smooth_normals
from bench.stage.skin import paint_skin
from bench.stage.traits import Traits, draw_traits
from bench.stage.transfer import BASE_SKINS, SKIN, base_skin

EYES = ("M_ScleraLeft", "M_ScleraRight")


@dataclass(frozen=True)
class Person:
    """neutral (V, 3) centimetres; skin (1024, 2048, 3) and eyes, two (256, 256, 3), linear
    Rec.709 reflectance; roughness (1024, 2048), 0-1."""

    traits: Traits
    neutral: np.ndarray
    skin: np.ndarray
    roughness: np.ndarray
    eyes: tuple[np.ndarray, np.ndarray]


class Casting:
    """Makes people from seeds; loads the shared assets once."""

    def __init__(self, assets: Path, cache: Path) -> None:
        self.assets, self.cache = assets, cache
        self.model: FaceModel = load_face_model(assets)

    @cached_property
    def canvas(self) -> Canvas:
        """The skin atlas."""
        return build_canvas(self.model)

    @cached_property
    def bases(self) -> dict[str, np.ndarray]:
        """The base skins in the atlas."""
        return {n: base_skin(n, self.model, self.assets, self.cache) for n in BASE_SKINS}

    @cached_property
    def eye_points(self) -> tuple[np.ndarray, np.ndarray]:
        """Texel positions of the two eyeballs."""
        return eyeball_points(self.model, EYES[0]), eyeball_points(self.model, EYES[1])

    def person(self, seed: int) -> Person:
        """The person of a seed."""
        traits = draw_traits(seed)
        neutral = self.model.neutral + np.tensordot(traits.shape, self.model.identity, 1)
        neutral = grow_hair(neutral, self.model, traits)
        left, right = (paint_eye(p, traits) for p in self.eye_points)
        skin, roughness = paint_skin(self.bases, self.canvas, traits)
        return Person(traits, neutral.astype(np.float32), skin, roughness, (left, right))


def grow_hair(neutral: np.ndarray, model: FaceModel, traits: Traits) -> np.ndarray:
    """Moves the scalp outwards by the hair's volume, with a little unevenness, and the shirt by its thickness."""
    triangles, _ = part_triangles(model, SKIN)
    height = hairline(model.neutral) - traits.hairline
    scalp = smoothstep(height, -0.2, 2.0)
    scalp[SKIN_VERTICES:] = 0
    ear = (np.abs(model.neutral[:, 0]) > 7.6) & (np.abs(model.neutral[:, 1] - 3) < 5.5)
    scalp[ear & (np.abs(model.neutral[:, 2]) < 4.5)] = 0
    r = np.random.default_rng([traits.seed, 13])
    volume = traits.hair_volume * (traits.hair_opacity > 0.5)
    lump = 1 + 0.05 * r.standard_normal(len(neutral))
    top = 1 + 0.7 * smoothstep(model.neutral[:, 1], 8, 13)
    shirt = 0.25 * smoothstep(neckline(model.neutral), 0.0, 0.3)
    shirt[SKIN_VERTICES:] = 0
    return neutral + smooth_normals(neutral, triangles) * (scalp * volume * lump * top + shirt)[:, None]
