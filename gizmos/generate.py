"""The checked-in files that hosts load, made from the declarations of the nodes."""

from __future__ import annotations

from pathlib import Path

from doublure.core.atomic import atomic_file
from doublure.gizmos.natron.files import natron_files
from doublure.gizmos.nuke.files import nuke_files
from doublure.gizmos.tools import tools

ROOT = Path(__file__).parent
HOSTS = ("nuke", "natron")
PLUGIN = "plugin"
"""Folder of each host's files, below the host's package."""


def generated() -> dict[str, bytes]:
    """Path below the package -> content, for every host."""
    files = {"nuke": nuke_files(tools()), "natron": natron_files(tools())}
    return {
        f"{host}/{PLUGIN}/{path}": data for host, content in files.items() for path, data in content.items()
    }


def present(root: Path = ROOT) -> dict[str, bytes]:
    """The same, as it lies on the disk. Python's compiled files are nobody's."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for host in HOSTS
        for path in sorted((root / host / PLUGIN).rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


def files_of(host: str, root: Path = ROOT) -> dict[str, bytes]:
    """The checked-in files of one host: path below its plug-in folder -> content."""
    prefix = f"{host}/{PLUGIN}/"
    return {
        name.removeprefix(prefix): data for name, data in present(root).items() if name.startswith(prefix)
    }


def regenerate(root: Path = ROOT) -> list[Path]:
    """Write what has changed and remove what is no longer generated; the paths that were touched."""
    wanted, there = generated(), present(root)
    touched = []
    for name in sorted({*wanted, *there}):
        path = root / name
        if name not in wanted:
            path.unlink()
        elif there.get(name) != wanted[name]:
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_file(path) as temporary:
                temporary.write_bytes(wanted[name])
        else:
            continue
        touched.append(path)
    return touched
