"""The checked-in files that hosts load, as they lie in this package."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent
HOSTS = ("nuke", "natron")
PLUGIN = "plugin"
"""Folder of each host's files, below the host's package."""


def present(root: Path = ROOT) -> dict[str, bytes]:
    """Path below the package -> content, for every host. Python's compiled files are nobody's."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for host in HOSTS
        for path in sorted((root / host / PLUGIN).rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


def files_of(host: str, root: Path = ROOT) -> dict[str, bytes]:
    """The files of one host: path below its plug-in folder -> content."""
    prefix = f"{host}/{PLUGIN}/"
    return {
        name.removeprefix(prefix): data for name, data in present(root).items() if name.startswith(prefix)
    }
