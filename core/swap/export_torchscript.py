"""Writes a hero as TorchScript, for hosts with a torch of their own, such as Nuke's Inference."""

from __future__ import annotations

import io
import os
import warnings
import zipfile

import torch

from doublure.core.atomic import atomic_file
from doublure.core.swap.export_hero import KEY, Origin
from doublure.core.swap.export_module import HeroCrop


def write_torchscript(path: str | os.PathLike[str], module: HeroCrop, origin: Origin) -> None:
    """Writes the module; its origin is the extra file ``doublure.json``.

    Raises:
        DoublureError: the file cannot be written.
    """
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # torch deprecates TorchScript, and hosts read nothing else.
        warnings.filterwarnings("ignore", "`torch.jit", DeprecationWarning)
        torch.jit.save(torch.jit.script(module), buffer, _extra_files={KEY: origin.as_json()})
    with atomic_file(path) as temporary:
        temporary.write_bytes(_without_sources(buffer))


def _without_sources(archive: io.BytesIO) -> bytes:
    """The archive without its debug records, which name the folders of the machine that wrote it."""
    kept = io.BytesIO()
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as target:
        for entry in source.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                target.writestr(zipfile.ZipInfo(entry.filename), source.read(entry))
    return kept.getvalue()
