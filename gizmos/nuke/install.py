"""Puts the tools into a Nuke folder, ``~/.nuke`` or one of ``NUKE_PATH``: files, and one line in its ``init.py``."""

from __future__ import annotations

from pathlib import Path

from doublure.core.errors import DoublureError
from doublure.gizmos.folder import Change, copy_files, remove_files
from doublure.gizmos.manifest import read_manifest
from doublure.gizmos.marked_line import add_line, remove_line
from doublure.gizmos.packaged import files_of

FOLDER, INIT = "doublure", "init.py"
MARK = "# added by doublure nuke install"

# Nuke resolves a relative path against the folder of the init.py that it runs.
LINE = f'import nuke; nuke.pluginAddPath("./{FOLDER}")  {MARK}'


def default_folder() -> Path:
    """Nuke's own folder of this user."""
    return Path.home() / ".nuke"


def install(folder: Path) -> Change:
    """Copy the tools below the folder and name them in its ``init.py``. A second time it changes nothing.

    Raises:
        DoublureError: a folder of the tools' name is not ours, or something cannot be written.
    """
    init = folder / INIT
    made = () if init.exists() else (INIT,)
    change = copy_files(files_of("nuke"), folder / FOLDER, made)
    added = add_line(init, LINE, MARK)
    return Change((*change.touched, *([init] if added else [])), change.kept)


def uninstall(folder: Path) -> Change:
    """Take out what ``install`` put there. A second time it changes nothing.

    Raises:
        DoublureError: a folder of the tools' name is not ours, or something cannot be changed.
    """
    init = folder / INIT
    manifest = read_manifest(folder / FOLDER)
    removed = init.exists() and remove_line(init, MARK)
    if removed and manifest is not None and INIT in manifest.made:
        _remove_if_empty(init)
    change = remove_files(folder / FOLDER)
    return Change((*change.touched, *([init] if removed else [])), change.kept)


def _remove_if_empty(init: Path) -> None:
    try:
        if not init.is_symlink() and init.stat().st_size == 0:
            init.unlink()
    except OSError as error:
        raise DoublureError(f"this cannot be removed ({error.strerror})", file=init) from error
