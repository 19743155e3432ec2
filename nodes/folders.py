"""Output folders, checked before work begins rather than after."""

from __future__ import annotations

import os
from pathlib import Path

from doublure.core.errors import DoublureError


def ensure_writable(folder: Path) -> None:
    """Make the folder where it is missing. Raises DoublureError where nothing could be written into it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error.strerror or str(error)) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _unwritable(folder, "no right to write there")


def _unwritable(folder: Path, reason: str) -> DoublureError:
    return DoublureError(
        f"the output folder cannot be written ({reason})",
        file=folder,
        remedy="check its rights, or choose another",
    )
