"""One frame of a graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from doublure.core.cancel import check
from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.nodes.context import Context
from doublure.nodes.graph import Graph
from doublure.nodes.keys import Keys


class Evaluation:
    """A graph at one frame: every node is rendered at most once, and only if it is asked for.

    Args:
        graph: checked.
        ctx: the frame.
        ready: what is known already, by node: its picture, or the fault that came instead.
    """

    def __init__(
        self, graph: Graph, ctx: Context, ready: Mapping[str, Frame | DoublureError] | None = None
    ) -> None:
        self.graph, self.ctx = graph, ctx
        self.keys = Keys(graph, ctx)
        self._done: dict[str, Frame | DoublureError] = dict(ready or {})

    def frame(self, name: str) -> Frame:
        """The picture of a node. Raises DoublureError when it, or one that it needs, cannot be rendered.

        What was rendered before a ``Cancelled`` is kept.
        """
        if name not in self._done:
            try:
                self._done[name] = self._render(name)
            except DoublureError as error:
                self._done[name] = error
        done = self._done[name]
        if isinstance(done, DoublureError):
            raise done
        return done

    def _render(self, name: str) -> Frame:
        check()
        node = self.graph.nodes[name]
        inputs = {key: self.frame(source) for key, source in node.inputs.items()}
        params = self.graph.params_at(name, self.ctx.number)
        # Only what leaves the graph is stamped with its key: keys cost a hash of every file upstream.
        key = self.keys.of(name) if node.type.target is not None else ""
        return node.type.render(inputs, params, replace(self.ctx, key=key))
