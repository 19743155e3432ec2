"""Every tool that Doublure brings into a host."""

from __future__ import annotations

from doublure.gizmos.face_replace import FACE_REPLACE
from doublure.gizmos.node_tools import node_tools
from doublure.gizmos.tool import Tool


def tools() -> tuple[Tool, ...]:
    """The tools in a menu's order: the one for most shots first."""
    return (FACE_REPLACE, *node_tools())
