"""Nodes that wait, and nodes that fail."""

from __future__ import annotations

import threading

from doublure.core.cancel import check
from doublure.core.frame import Frame
from doublure.nodes.context import Context
from doublure.nodes.schema import Input, Inputs, Node, Param, Params


class Gate:
    """A node ``org.doublure.gate`` whose render waits for ``open``; with ``fault`` it raises that."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.entered = threading.Event()
        self.seen: list[int] = []
        self.fault: BaseException | None = None
        self.node = Node(
            id="org.doublure.gate",
            label="Gate",
            version=1,
            help="Waits.",
            inputs=(Input("plate", "the plate"), Input("front", "a matte", optional=True, mask=True)),
            params=(
                Param("gain", "float", 1.0, "Gain", "Gain."),
                Param("width", "float", 8.0, "W", "W.", unit="px"),
            ),
            render=self._render,
        )

    def _render(self, inputs: Inputs, params: Params, ctx: Context) -> Frame:
        self.entered.set()
        self.seen.append(ctx.number)
        while not self.open.wait(0.005):
            check()
        if self.fault is not None:
            raise self.fault
        plate = inputs["plate"]
        ctx.no_face("the gate has none")
        return plate.with_rgb(plate.rgb * params["gain"]).with_channel(
            "width", plate.pixels[0] * 0 + params["width"]
        )
