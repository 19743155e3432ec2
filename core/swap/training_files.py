"""The files of a training: its model, the best one, what a resume needs, and backups to go back to."""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path
from typing import Any

from torch import Tensor

from doublure.core.errors import DoublureError
from doublure.core.swap.checkpoint import STATE_SCHEMA, read_tensors


def state_path(out: str | os.PathLike[str]) -> Path:
    """Where a training keeps what a resume needs, beside its model."""
    return Path(out).with_suffix(".training.safetensors")


def best_path(out: str | os.PathLike[str]) -> Path:
    """Where a training keeps, beside its model, the one whose heroes' held-out detail was best."""
    return Path(out).with_suffix(".best.safetensors")


def preview_path(out: str | os.PathLike[str]) -> Path:
    """Where a training shows what it has learned."""
    return Path(out).with_suffix(".preview.png")


def backups(out: str | os.PathLike[str]) -> list[Path]:
    """The folders of a training's backups, oldest first; each holds the model and what a resume needs."""
    folder = _folder(out)
    return sorted(one for one in folder.glob("[0-9]*") if one.is_dir()) if folder.is_dir() else []


def back_up(out: str | os.PathLike[str], step: int, keep: int) -> Path:
    """Sets the files of a training aside as those of ``step``, whole or not at all, and lets the oldest go.

    They are links to the same bytes where the file system has them: a checkpoint is replaced, never written over.

    Args:
        keep: how many backups stay; at least 1.

    Raises:
        DoublureError: the disk refuses.
    """
    target = _folder(out) / f"{step:010d}"
    temporary = target.with_name(f".{uuid.uuid4().hex[:12]}")
    try:
        temporary.mkdir(parents=True)
        for file in (Path(out), state_path(out), preview_path(out)):
            if file.is_file():
                _link(file, temporary / file.name)
        shutil.rmtree(target, ignore_errors=True)
        temporary.rename(target)
        for old in backups(out)[:-keep]:
            shutil.rmtree(old)
    except OSError as error:
        raise DoublureError(
            f"the backup cannot be made ({error.strerror or error})",
            file=target,
            remedy="check the folder's rights and free space",
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def read_state(out: str | os.PathLike[str]) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """(tensors, header) that a training goes on from.

    Raises:
        DoublureError: there are none, or they cannot be read; the newest backup is named where there is one.
    """
    path = state_path(out)
    if not path.is_file():
        raise DoublureError(
            "there is no training to resume", file=path, remedy="leave --resume out to begin one"
        )
    try:
        return read_tensors(path, STATE_SCHEMA)
    except DoublureError as fault:
        kept = backups(out)
        if not kept:
            raise
        raise DoublureError(
            fault.what, file=path, remedy=f"copy the files of {kept[-1]} over it and resume"
        ) from fault


def _folder(out: str | os.PathLike[str]) -> Path:
    return Path(out).with_suffix(".backups")


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # Not every file system has links, and none has them across disks.
        shutil.copy2(source, target)
