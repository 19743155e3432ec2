"""What a C2PA manifest of a shot says: actions, ingredients, and that nobody may train on it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from doublure.core.provenance.record import ListedFile, ListedFrames

DIGITAL_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
"""IPTC NewsCode "edited using generative AI": the output of a trained model composited with other media."""
FRAMES_ASSERTION = "org.doublure.frames"
_NOT_ALLOWED = ("ai_inference", "ai_training", "ai_generative_training", "data_mining")


@dataclass(frozen=True)
class Ingredient:
    """Something that the shot was made from: ``label`` is unique in a manifest, ``sha256`` is hex."""

    label: str
    title: str
    relationship: str
    sha256: str

    @property
    def identifier(self) -> str:
        """How a manifest names it."""
        return f"sha256:{self.sha256}"


def ingredients(plate: ListedFrames, files: Sequence[ListedFile]) -> list[Ingredient]:
    """The plate as the parent, the models and consent records as inputs, by hash."""
    first, last = plate.frames[0], plate.frames[-1]
    title = f"plate {first.name} to {last.name}"
    found = [Ingredient("plate", title, "parentOf", plate.digest())]
    for role in ("model", "consent"):
        for index, file in enumerate(f for f in files if f.role == role):
            name = file.path.rpartition("/")[2]
            found.append(Ingredient(f"{role}{index}", f"{role} {name}", "inputTo", file.sha256))
    return found


def manifest(
    title: str, media_type: str, result: ListedFrames, inputs: Sequence[Ingredient]
) -> dict[str, Any]:
    """A manifest definition for the C2PA library (specification 2.2: actions v2, ingredients v3).

    Args:
        title: the name of the file that it is for.
        media_type: of that file.
        result: the frames; their digest goes into our own assertion.
        inputs: from ``ingredients``, the plate first.
    """
    tool = {"name": "Doublure", "version": version("doublure")}
    parents = [item.label for item in inputs if item.relationship == "parentOf"]
    others = [item.label for item in inputs if item.relationship != "parentOf"]
    actions = [
        {"action": "c2pa.opened", "parameters": {"ingredientIds": parents}},
        {
            "action": "c2pa.edited",
            "digitalSourceType": DIGITAL_SOURCE,
            "description": "a face was replaced: swap, relight, blend",
            "softwareAgent": tool,
            "parameters": {"ingredientIds": others},
        },
    ]
    entries = {f"cawg.{use}": {"use": "notAllowed"} for use in _NOT_ALLOWED}
    frames = {
        "alg": "sha256",
        "digest": result.digest(),
        "count": len(result.frames),
        "first": result.frames[0].number,
        "last": result.frames[-1].number,
    }
    return {
        "claim_generator_info": [tool],
        "format": media_type,
        "title": title,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": actions}},
            {"label": "cawg.training-mining", "data": {"entries": entries}},
            {"label": FRAMES_ASSERTION, "data": frames},
        ],
    }


def stand_in(item: Ingredient) -> tuple[dict[str, Any], bytes]:
    """An ingredient as the library wants it: its description, and a few bytes in place of gigabytes of plate."""
    about = {
        "label": item.label,
        "title": item.title,
        "relationship": item.relationship,
        "instance_id": item.identifier,
        "description": f"SHA-256 {item.sha256}",
    }
    return about, json.dumps({"sha256": item.sha256}).encode()
