"""A model on disk: safetensors with a JSON header. Nothing in it can be executed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as serialise

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError
from doublure.core.swap.marks import POINTS
from doublure.core.swap.network import NetworkShape, SwapNetwork

SCHEMA = "doublure.model/1"
STATE_SCHEMA = "doublure.training/1"
CONSENT = ("record", "person", "part", "sha256")
"""What a model says of each likeness record."""


@dataclass(frozen=True)
class Model:
    """A trained network with what it knows about itself.

    Attributes:
        network: in evaluation mode, float32.
        complexions: (people, 3, G, G), see `doublure.core.swap.complexion`.
        people: name, role ("hero", "driver", "cast"), frames and sha256 of the footage, by code index.
        training: steps, seconds and held-out figures when it was saved.
        path: where it was loaded from.
        consent: the likeness records under which it was trained: record, person, part and sha256 of each. Empty in
            models from before there were any.
        start: SHA-256 of the model that its training went on from, if any.
        outlined: whether the matte has learned where a face ends; else it knows the hull of the landmarks.
        rests: (people, M, 3) everybody's face at rest (`doublure.core.swap.marks`), which a guided network needs; None
            where it is not guided.
    """

    network: SwapNetwork
    complexions: torch.Tensor
    people: tuple[dict[str, Any], ...]
    training: dict[str, Any]
    path: Path | None = None
    consent: tuple[dict[str, str], ...] = ()
    start: str | None = None
    outlined: bool = False
    rests: torch.Tensor | None = None

    @property
    def names(self) -> list[str]:
        return [p["name"] for p in self.people]

    @property
    def heroes(self) -> list[str]:
        return [p["name"] for p in self.people if p["role"] == "hero"]

    def index(self, name: str) -> int:
        """The code index of a person. Raises DoublureError when the model does not know them."""
        if name not in self.names:
            raise DoublureError(
                f"this model does not know {name!r}; it was trained for {', '.join(self.heroes) or 'nobody'}",
                file=self.path,
                remedy="choose one of these as hero, or the model that was trained for this person",
            )
        return self.names.index(name)


def write_tensors(
    path: str | os.PathLike[str], tensors: Mapping[str, torch.Tensor], header: Mapping[str, Any]
) -> None:
    """Writes safetensors atomically with ``header`` as JSON under its key ``doublure``."""
    plain = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
    data = serialise(plain, metadata={"doublure": json.dumps(header, sort_keys=True)})
    with atomic_file(path) as temporary:
        temporary.write_bytes(data)


def read_tensors(path: str | os.PathLike[str], schema: str) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """(tensors, header) of a file written by `write_tensors`.

    Raises:
        DoublureError: no such file, not safetensors, truncated, or of another schema.
    """
    path = Path(path)
    if not path.is_file():
        raise DoublureError("there is no such model file", file=path, remedy="check the path")
    try:
        with safe_open(path, "pt") as file:
            header = json.loads((file.metadata() or {}).get("doublure", "{}"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (not a dict)
    except (SafetensorError, OSError, ValueError) as fault:
        raise DoublureError(
            f"this is not a readable model ({fault})", file=path, remedy="copy it again or train it again"
        ) from fault
    if header.get("schema") != schema:
        raise DoublureError(
            f"its header says {header.get('schema')!r}, not {schema!r}",
            file=path,
            remedy="give a file written by this version of doublure train",
        )
    return tensors, header


def save_model(path: str | os.PathLike[str], model: Model) -> None:
    """Writes a model with half-float weights (half the size; the rounding is far below the network's error)."""
    tensors = {f"network.{name}": tensor.half() for name, tensor in model.network.state_dict().items()}
    tensors["complexions"] = model.complexions
    if model.rests is not None:
        tensors["rests"] = model.rests
    header = {
        "schema": SCHEMA,
        "shape": model.network.shape.as_dict(),
        "people": list(model.people),
        "training": model.training,
        "consent": list(model.consent),
        "start": model.start,
        "outlined": model.outlined,
    }
    write_tensors(path, tensors, header)


def load_model(path: str | os.PathLike[str]) -> Model:
    """Reads a model. Raises DoublureError where the file is missing, broken or foreign."""
    tensors, header = read_tensors(path, SCHEMA)
    try:
        # Models from before say no core: they are all core.
        network = SwapNetwork(NetworkShape(**{"core": header["shape"]["size"], **header["shape"]}))
        complexions, rests = tensors.pop("complexions"), tensors.pop("rests", None)
        network.load_state_dict({name.removeprefix("network."): t.float() for name, t in tensors.items()})
        people = tuple(
            dict(person, name=str(person["name"]), role=str(person["role"])) for person in header["people"]
        )
        consent = tuple({key: str(each[key]) for key in CONSENT} for each in header.get("consent", []))
    except (KeyError, TypeError, ValueError, RuntimeError) as fault:
        raise DoublureError(
            f"its header and weights do not fit together ({fault})",
            file=path,
            remedy="copy it again or train it again",
        ) from fault
    if not len(people) == network.shape.people == len(complexions):
        raise DoublureError(
            f"it names {len(people)} people, holds {network.shape.people} codes and {len(complexions)} complexions",
            file=path,
            remedy="copy it again or train it again",
        )
    if (rests is None) == bool(network.shape.guide) or (
        rests is not None and rests.shape != (len(people), len(POINTS), 3)
    ):
        raise DoublureError(
            "the faces at rest that guide its network do not fit its people",
            file=path,
            remedy="copy it again or train it again",
        )
    # Channels last is how convolutions read fastest: a tenth of a frame.
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Model(
        network.eval(),
        complexions,
        people,
        dict(header.get("training", {})),
        Path(path),
        consent,
        header.get("start"),
        bool(header.get("outlined", False)),
        rests,
    )
