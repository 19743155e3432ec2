"""Every node by its id."""

from __future__ import annotations

from doublure.nodes.blend import Blend
from doublure.nodes.read import Read
from doublure.nodes.relight import Relight
from doublure.nodes.schema import Node
from doublure.nodes.swap import Swap
from doublure.nodes.track import Track
from doublure.nodes.write import Write

NODES: dict[str, Node] = {node.id: node for node in (Read, Track, Swap, Relight, Blend, Write)}
"""In the order of a comp."""
