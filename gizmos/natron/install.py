"""Puts the PyPlugs into Natron's folder, ``~/.Natron`` or one of ``NATRON_PLUGIN_PATH``.

Natron searches the subfolders too, so no file of the user's need be changed.
"""

from __future__ import annotations

from pathlib import Path

from doublure.gizmos.folder import Change, copy_files, remove_files
from doublure.gizmos.packaged import files_of

FOLDER = "Doublure"


def default_folder() -> Path:
    """Natron's own folder of this user."""
    return Path.home() / ".Natron"


def install(folder: Path) -> Change:
    """Copy the tools below the folder. A second time it changes nothing.

    Raises:
        DoublureError: a folder of the tools' name is not ours, or something cannot be written.
    """
    return copy_files(files_of("natron"), folder / FOLDER)


def uninstall(folder: Path) -> Change:
    """Take out what ``install`` put there. A second time it changes nothing.

    Raises:
        DoublureError: a folder of the tools' name is not ours, or something cannot be changed.
    """
    return remove_files(folder / FOLDER)
