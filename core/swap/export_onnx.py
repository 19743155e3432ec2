"""Writes a hero as ONNX. Needs the extra ``doublure[export]``."""

from __future__ import annotations

import logging
import os
import warnings
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor, nn

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError
from doublure.core.swap.export_hero import KEY, Origin
from doublure.core.swap.export_module import HeroCrop

OPSET = 18
INPUTS = ("crop", "mix", "complexion", "sharpness")
OUTPUT = "rgba"


class _WithKnobs(nn.Module):
    """ONNX has no attributes that a host could set: the knobs are inputs, (1,) each."""

    def __init__(self, module: HeroCrop) -> None:
        super().__init__()
        self.module = module

    def forward(self, crop: Tensor, mix: Tensor, complexion: Tensor, sharpness: Tensor) -> Tensor:
        return self.module.swap(crop, mix, complexion, sharpness, True, True)


def write_onnx(path: str | os.PathLike[str], module: HeroCrop, origin: Origin) -> None:
    """Writes the module with the inputs `INPUTS` and the output `OUTPUT`; its origin is in ``metadata_props``.

    The graph decodes both identities whatever ``mix`` is. Of a guided network ``crop`` always has the guides, all 0
    where no landmarks are known.

    Raises:
        DoublureError: the extra is not installed, or the file cannot be written.
    """
    require_onnx(path)
    proto = _proto(module)
    entry = proto.metadata_props.add()
    entry.key, entry.value = KEY, origin.as_json()
    with atomic_file(path) as temporary:
        temporary.write_bytes(proto.SerializeToString())


def require_onnx(path: str | os.PathLike[str]) -> None:
    """Raises DoublureError, naming the file that was to be written, where the extra is not installed."""
    missing = [name for name in ("onnx", "onnxscript") if find_spec(name) is None]
    if missing:
        raise DoublureError(
            f"ONNX needs {' and '.join(missing)}",
            file=path,
            remedy="install doublure[export]",
        )


def _proto(module: HeroCrop) -> Any:
    size = module.size
    given = (
        torch.zeros(1, 4 + 2 * module.guide, size, size),
        *(torch.full([1], value) for value in (1.0, 1.0, 0.0)),
    )
    log = logging.getLogger("torch.onnx")
    level = log.level
    # It warns of the absence of a package that nothing here needs.
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            # Its own use of what torch itself deprecates is nothing that a user could change.
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.simplefilter("ignore", FutureWarning)
            program = torch.onnx.export(
                _WithKnobs(module).eval(),
                given,
                input_names=list(INPUTS),
                output_names=[OUTPUT],
                opset_version=OPSET,
                dynamo=True,
                verbose=False,
            )
    finally:
        log.setLevel(level)
    assert program is not None
    proto = program.model_proto
    # Each node tells which line of which folder of this machine it comes from.
    for each in (*proto.graph.node, *proto.graph.initializer, *proto.graph.value_info, proto.graph):
        del each.metadata_props[:]
    return proto
