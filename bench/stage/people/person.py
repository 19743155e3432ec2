"""A person ready to render: shape, skin and eye textures, from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from bench.stage.base.assets import SKIN_VERTICES, FaceModel, load_face_model
from bench.stage.base.geometry import part_triangles, smooth_normals
from bench.stage.face.canvas import Canvas, build_canvas, smoothstep
from bench.stage.face.traits import Traits, draw_traits
from bench.stage.face.transfer import BASE_SKINS, SKIN, base_skin
from bench.stage.hair.beard import beard_density, beard_hairs
from bench.stage.hair.brows import brow_hairs, brow_shadow, draw_brows
from bench.stage.hair.cap import knit_cap
from bench.stage.hair.hair import ears, hair_height, head_hair
from bench.stage.hair.haircuts import Haircut, haircut
from bench.stage.hair.lashes import lash_hairs
from bench.stage.hair.strands import Strands
from bench.stage.people.cloth import collar_ribs, shirt_depth
from bench.stage.people.eyes import eyeball_points, paint_eye
from bench.stage.people.mouth import mouth_points, paint_gums, paint_teeth
from bench.stage.people.relief import age_lines, atlas_normals, paint_relief, scan_slopes
from bench.stage.people.skin import fine_texture, paint_skin

EYES = ("M_IrisLeft", "M_IrisRight")


@dataclass(frozen=True)
class Person:
    """What the rig needs of a person. Colours are linear Rec.709 reflectance.

    Attributes:
        neutral: (V, 3) centimetres.
        skin: (1024, 2048, 3); roughness: (1024, 2048), 0-1; relief: (1024, 2048, 3) tangent-space normals, -1 to 1.
        eyes: left and right, (512, 512, 3). mouth: teeth, and gums with the tongue, (256, 256, 3).
        strands: hair, brows, lashes, beard, and the ribs of collar and cap.
    """

    traits: Traits
    neutral: np.ndarray
    skin: np.ndarray
    roughness: np.ndarray
    relief: np.ndarray
    eyes: tuple[np.ndarray, np.ndarray]
    mouth: tuple[np.ndarray, np.ndarray]
    cut: Haircut
    strands: tuple[Strands, ...]


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
    def skin_triangles(self) -> np.ndarray:
        """(F, 3), the same rows as the first F of the rig's."""
        return part_triangles(self.model, SKIN)[0]

    @cached_property
    def normals(self) -> np.ndarray:
        """The mean face's smooth normals in the atlas (1024, 2048, 3)."""
        return atlas_normals(self.model, self.canvas, self.skin_triangles)

    @cached_property
    def scanned(self) -> np.ndarray:
        """The scan's slopes in the atlas (1024, 2048, 2)."""
        return scan_slopes(self.model, self.canvas, self.skin_triangles, self.assets, self.cache)

    @cached_property
    def bases(self) -> dict[str, np.ndarray]:
        """The base skins in the atlas."""
        return {n: base_skin(n, self.model, self.assets, self.cache) for n in BASE_SKINS}

    @cached_property
    def eye_points(self) -> tuple[np.ndarray, np.ndarray]:
        """Texel positions of the two eyeballs."""
        return eyeball_points(self.model, EYES[0]), eyeball_points(self.model, EYES[1])

    @cached_property
    def mouth_texels(self) -> tuple[np.ndarray, np.ndarray]:
        """Texel positions of teeth and of gums with the tongue."""
        return mouth_points(self.model, "M_Teeth"), mouth_points(self.model, "M_GumsTongue")

    def person(self, seed: int) -> Person:
        """The person of a seed."""
        traits = draw_traits(seed)
        neutral = self.model.neutral + np.tensordot(traits.shape, self.model.identity, 1)
        mouth = paint_teeth(self.mouth_texels[0], traits), paint_gums(self.mouth_texels[1], traits)
        cut = haircut(traits)
        neutral = thicken(neutral, self.model, traits, cut).astype(np.float32)
        left, right = (paint_eye(p, traits, nose) for p, nose in zip(self.eye_points, (-1, 1), strict=True))
        brows, beard = draw_brows(self.canvas, traits), beard_density(self.canvas, traits)
        shadow = brow_shadow(brows, beard.shape)
        lines = age_lines(self.canvas, traits)
        skin, roughness = paint_skin(self.bases, self.canvas, traits, cut, shadow, beard, lines)
        texture = fine_texture(self.bases, traits)
        bare = 1 - smoothstep(hair_height(self.canvas.position, traits, cut), -0.5, 0.8)
        bare = bare * (1 - smoothstep(shirt_depth(self.canvas.position, traits), 0.0, 0.15))
        relief = paint_relief(self.canvas, self.normals, self.scanned, texture, lines, 1 - bare, traits)
        where = (self.canvas, neutral, self.model.neutral, self.skin_triangles)
        strands = (
            *head_hair(traits, cut, *where[1:]),
            *brow_hairs(brows, traits, *where),
            *beard_hairs(beard, traits, *where),
            *(knit_cap(traits, *where[1:]) if cut.knit else ()),
            *collar_ribs(traits, *where[1:]),
            *lash_hairs(traits, self.model, neutral, self.skin_triangles),
        )
        return Person(traits, neutral, skin, roughness, relief, (left, right), mouth, cut, strands)


def thicken(neutral: np.ndarray, model: FaceModel, traits: Traits, cut: Haircut) -> np.ndarray:
    """Moves the scalp outwards by the body of packed hair, and the shirt by its thickness."""
    triangles, _ = part_triangles(model, SKIN)
    scalp = smoothstep(hair_height(model.neutral, traits, cut), 0.3, 3.0) * ~ears(model.neutral)
    scalp[SKIN_VERTICES:] = 0
    shirt = 0.25 * smoothstep(shirt_depth(model.neutral, traits), 0.0, 0.3)
    shirt[SKIN_VERTICES:] = 0
    return neutral + smooth_normals(neutral, triangles) * (scalp * cut.body + shirt)[:, None]
