"""The nodes a compositor sees, each declared once, and the graph that renders them headless."""

from __future__ import annotations

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
