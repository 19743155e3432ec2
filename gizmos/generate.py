"""Makes the checked-in files that hosts load from the declarations of the nodes."""

from __future__ import annotations

from pathlib import Path

from doublure.core.atomic import atomic_file
from doublure.gizmos.natron.files import natron_files
from doublure.gizmos.nuke.files import nuke_files
from doublure.gizmos.packaged import PLUGIN, ROOT, present
from doublure.gizmos.tools import tools


def generated() -> dict[str, bytes]:
    """Path below the package -> content, for every host."""
    files = {"nuke": nuke_files(tools()), "natron": natron_files(tools())}
    return {
        f"{host}/{PLUGIN}/{path}": data for host, content in files.items() for path, data in content.items()
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
