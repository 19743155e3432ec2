"""Cache keys: two frames with the same key have the same pixels."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from doublure.nodes.context import Context
from doublure.nodes.graph import Graph
from doublure.nodes.schema import Node


def digest_of(data: Any) -> str:
    """SHA-256, in hex, of JSON-able data; independent of the order of names."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def node_key(node: Node, params: Mapping[str, Any], inputs: Mapping[str, str], ctx: Context) -> str:
    """Cache key of one node at ``ctx.number``.

    Args:
        node: its declaration; id and version count.
        params: complete; those that change pixels count. A path never does, what lies there does (``content``).
        inputs: input name -> that node's key.
        ctx: the frame.

    Raises:
        DoublureError: a file that the node would read is missing.
    """
    counted = {p.name: params[p.name] for p in node.params if p.keyed and p.kind != "file"}
    return digest_of(
        {
            "node": node.id,
            "version": node.version,
            "number": ctx.number,
            "params": counted,
            "inputs": dict(inputs),
            "content": dict(node.content(params, ctx)) if node.content else {},
        }
    )


class Keys:
    """The keys of a graph's nodes at one frame, each worked out once."""

    def __init__(self, graph: Graph, ctx: Context) -> None:
        self._graph, self._ctx = graph, ctx
        self._known: dict[str, str] = {}

    def of(self, name: str) -> str:
        """Key of the node ``name``. Raises DoublureError as ``node_key``."""
        if name not in self._known:
            node = self._graph.nodes[name]
            inputs = {key: self.of(source) for key, source in node.inputs.items()}
            params = self._graph.params_at(name, self._ctx.number)
            self._known[name] = node_key(node.type, params, inputs, self._ctx)
        return self._known[name]
