"""Takes one hero out of a model: the module that is exported, and what its file says of itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from doublure.core.consent.grant import Grant
from doublure.core.consent.training import as_header
from doublure.core.swap.complexion import resized_change
from doublure.core.swap.export_module import HeroCrop
from doublure.core.swap.infer import Swapper, matte_rim
from doublure.core.swap.masks import reach

SCHEMA = "doublure.export/1"
KEY = "doublure.json"
"""Under which name a file holds its origin."""


@dataclass(frozen=True)
class Origin:
    """Where an exported file comes from. It is told, not enforced.

    Attributes:
        model: SHA-256 of the model file.
        hero: whose face it puts on.
        driver: whom the records permit it for.
        project, shots: what it was exported for.
        size: side of the crop in pixels.
        grants: of the records under which it was exported.
    """

    model: str
    hero: str
    driver: str
    project: str
    shots: tuple[str, ...]
    size: int
    grants: Sequence[Grant]

    def as_json(self) -> str:
        header = {
            "schema": SCHEMA,
            "model": self.model,
            "hero": self.hero,
            "driver": self.driver,
            "project": self.project,
            "shots": list(self.shots),
            "size": self.size,
            "consent": as_header(self.grants),
        }
        return json.dumps(header, sort_keys=True)


def hero_crop(swapper: Swapper, hero: str = "") -> HeroCrop:
    """The module of one hero, in evaluation mode, float32, sharing its weights with the model.

    Args:
        swapper: holds the model.
        hero: whose face, by name; "" is the model's only hero.

    Raises:
        DoublureError: the model does not know the hero, or has several.
    """
    model, index = swapper.model, swapper.hero_index(hero)
    size, codes = model.network.shape.size, model.network.codes.weight.detach()
    change = resized_change(swapper.own_complexion(), model.complexions[index], size)
    module = HeroCrop(
        model.network,
        codes[index][None].clone(),
        swapper.own_code().detach().clone(),
        torch.from_numpy(change.transpose(2, 0, 1)[None].copy()).float(),
        torch.from_numpy(matte_rim(size))[None, None],
        reach(size) if swapper.model.outlined else 0,
    )
    return module.eval().requires_grad_(False)
