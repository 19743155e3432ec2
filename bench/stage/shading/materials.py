"""Which parts of the head there are, and what each is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.stage.face.transfer import SKIN
from bench.stage.people.person import EYES, Person

PARTS: dict[str, tuple[str, ...]] = {
    "skin": SKIN,
    "eye0": EYES[:1],
    "eye1": EYES[1:],
    "teeth": ("M_Teeth",),
    "gums": ("M_GumsTongue",),
    "cornea": ("M_ScleraLeft", "M_ScleraRight"),
    "tears": ("M_LacrimalFluid",),
}


@dataclass(frozen=True)
class Material:
    """What a part is made of, for Disney's principled BSDF.

    Attributes:
        reflectance: linear Rec.709, (3,) or a texture (H, W, 3).
        roughness: 0-1, a number or a texture (H, W).
        specular: 0-1; 0.5 is an index of refraction of 1.5.
        opaque: False where light passes straight through: only its highlight is seen.
    """

    reflectance: np.ndarray
    roughness: float | np.ndarray
    specular: float
    opaque: bool = True


def materials(person: Person) -> dict[str, Material]:
    """The material of every part of PARTS and of the shirt."""
    return {
        "skin": Material(person.skin, person.roughness, 0.34),
        "eye0": Material(person.eyes[0], 0.3, 0.0),
        "eye1": Material(person.eyes[1], 0.3, 0.0),
        # A film of water, n = 1.33: it reflects 0.08 x 0.27 = 2 % head on.
        "cornea": Material(np.zeros(3), 0.06, 0.27, opaque=False),
        "tears": Material(np.zeros(3), 0.12, 0.27, opaque=False),
        "teeth": Material(person.mouth[0], 0.24, 0.4),
        "gums": Material(person.mouth[1], 0.36, 0.3),
        "shirt": Material(np.clip(person.traits.shirt, 0.004, 0.4), 0.9, 0.1),
    }
