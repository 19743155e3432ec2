"""The files that Nuke loads: one toolset a tool, ``init.py``, ``menu.py`` and icons."""

from __future__ import annotations

from collections.abc import Iterable

from doublure.gizmos.icons import icon
from doublure.gizmos.nk.writer import write
from doublure.gizmos.nuke.group import script
from doublure.gizmos.tool import Tool

ICON = 24
"""Side of an icon in pixels: what Nuke's toolbar shows."""

_INIT = '''"""Doublure's tools for Nuke. This file is run everywhere, also on a farm."""

import nuke

nuke.pluginAddPath("./icons")
'''

_MENU = '''"""Doublure's menu in the node toolbar. This file is run where Nuke has an interface."""

import os

import nuke

FOLDER = os.path.dirname(os.path.abspath(__file__)).replace(os.sep, "/")
PASTE = "with nuke.lastHitGroup():\\n    nuke.loadToolset({!r})"
MENU = nuke.menu("Nodes").addMenu("Doublure", icon="Doublure.png")
for name, label in (
%s
):
    MENU.addCommand(label, PASTE.format(FOLDER + "/Doublure/" + name + ".nk"), icon=name + ".png")
'''


def nuke_files(tools: Iterable[Tool]) -> dict[str, bytes]:
    """Path below the plug-in folder -> content."""
    tools = tuple(tools)
    entries = "\n".join(f'    ("{tool.name}", "{tool.label.removeprefix("Doublure ")}"),' for tool in tools)
    files = {
        "init.py": _INIT.encode(),
        "menu.py": (_MENU % entries).encode(),
        "icons/Doublure.png": icon(None, ICON),
    }
    for tool in tools:
        files[f"Doublure/{tool.name}.nk"] = write(script(tool)).encode()
        files[f"icons/{tool.name}.png"] = icon(tool, ICON)
    return files
