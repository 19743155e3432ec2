"""The nodes a compositor sees, each declared once, and the graph that renders them headless.

The names are imported when they are first used: a client of the service, which is in here too, need not wait for torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doublure.nodes.blend import Blend
    from doublure.nodes.context import Cancelled, Context, Shared
    from doublure.nodes.graph import Graph, Link
    from doublure.nodes.graph_file import load_graph, override, save_graph
    from doublure.nodes.prepare import prepare_graph
    from doublure.nodes.read import Read
    from doublure.nodes.registry import NODES
    from doublure.nodes.relight import Relight
    from doublure.nodes.render import render_graph
    from doublure.nodes.report import RenderReport
    from doublure.nodes.schema import Input, Node, Param, describe
    from doublure.nodes.swap import Swap
    from doublure.nodes.track import Track
    from doublure.nodes.write import Write

__all__ = [
    "NODES",
    "Blend",
    "Cancelled",
    "Context",
    "Graph",
    "Input",
    "Link",
    "Node",
    "Param",
    "Read",
    "Relight",
    "RenderReport",
    "Shared",
    "Swap",
    "Track",
    "Write",
    "describe",
    "load_graph",
    "override",
    "prepare_graph",
    "render_graph",
    "save_graph",
]

_HOMES = {
    "Blend": "blend",
    "Cancelled": "context",
    "Context": "context",
    "Shared": "context",
    "Graph": "graph",
    "Link": "graph",
    "load_graph": "graph_file",
    "override": "graph_file",
    "save_graph": "graph_file",
    "prepare_graph": "prepare",
    "Read": "read",
    "NODES": "registry",
    "Relight": "relight",
    "render_graph": "render",
    "RenderReport": "report",
    "Input": "schema",
    "Node": "schema",
    "Param": "schema",
    "describe": "schema",
    "Swap": "swap",
    "Track": "track",
    "Write": "write",
}


if not TYPE_CHECKING:  # a type checker would take any name for a good one

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = found
        return found
