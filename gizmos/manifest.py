"""What was installed in a folder, so that an update or a removal touches our files and no others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError

NAME = "doublure-tools.json"
"""The manifest's file name in the folder."""

_SCHEMA = "doublure.tools/1"


@dataclass(frozen=True)
class Manifest:
    """The record of an installation.

    Attributes:
        files: path below the folder -> SHA-256 of what was written there.
        made: files of the user's that did not exist before.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    made: tuple[str, ...] = ()


def digest(content: bytes) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(content).hexdigest()


def read_manifest(folder: Path) -> Manifest | None:
    """The folder's record, or None where there is none.

    Raises:
        DoublureError: it is damaged, or names a file outside the folder.
    """
    path = folder / NAME
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        files, made = data["files"], data["made"]
        sound = (
            data["schema"] == _SCHEMA
            and all(_is_inside(name) and isinstance(value, str) for name, value in files.items())
            and all(isinstance(name, str) for name in made)
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(path) from error
    if not sound:
        raise _damaged(path)
    return Manifest(files, tuple(made))


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the folder's record. Raises DoublureError where it cannot be written."""
    data = {"schema": _SCHEMA, "files": dict(manifest.files), "made": list(manifest.made)}
    with atomic_file(folder / NAME) as temporary:
        temporary.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def _is_inside(name: object) -> bool:
    if not isinstance(name, str) or not name or "\\" in name or "\0" in name:
        return False
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and name != NAME


def _damaged(path: Path) -> DoublureError:
    return DoublureError(
        "the record of what was installed is damaged",
        file=path,
        remedy="move the folder away and install again",
    )
