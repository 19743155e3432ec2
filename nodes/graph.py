"""A graph of nodes: who is connected to whom, with which params."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from doublure.core.errors import DoublureError
from doublure.nodes.keyframes import Animation, read_animation, value_at
from doublure.nodes.names import did_you_mean
from doublure.nodes.schema import Node, Param, Value

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Link:
    """A param that takes its value from another node's param of the same kind."""

    node: str
    param: str

    def __str__(self) -> str:
        return f"{self.node}.{self.param}"


@dataclass
class GraphNode:
    """One node in a graph.

    Attributes:
        name: unique in the graph.
        type: its declaration.
        inputs: input name -> name of the node connected there.
        params: the values given, checked, paths absolute; the others have their defaults.
    """

    name: str
    type: Node
    inputs: dict[str, str] = field(default_factory=dict)
    params: dict[str, Value | Animation | Link] = field(default_factory=dict)


class Graph:
    """Nodes by name, in the order in which they were added.

    Args:
        folder: what relative paths in params are relative to; the current folder by default.

    Example::

        graph = Graph()
        plate = graph.add("plate", Read, pattern="plate.####.exr")
        track = graph.add("track", Track, plate=plate, sidecar="track.json")
        face = graph.add("face", Swap, plate=track, model="hero.safetensors", track=Link("track", "sidecar"))
        comp = graph.add("comp", Blend, plate=plate, face=face)
        graph.add("out", Write, image=comp, pattern="comp.####.exr")
        report = render_graph(graph, range(1001, 1049))
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        self.folder = Path.cwd() if folder is None else Path(folder).absolute()
        self.nodes: dict[str, GraphNode] = {}

    def add(self, name: str, type: Node, /, **values: Any) -> str:
        """Add a node and return its name, to be connected to others.

        Args:
            name: unique, letters, digits and _.
            type: the declaration (``doublure.nodes.Swap``…).
            values: inputs as names of nodes, and params as values, ``{"keys": …}`` or ``Link``.

        Raises:
            DoublureError: the name is taken or unfit, an unknown input or param, a bad value.
        """
        if not _NAME.fullmatch(name):
            raise DoublureError(f"{name!r} cannot be a node's name", remedy="use letters, digits and _")
        if name in self.nodes:
            raise DoublureError(f"there are two nodes named {name}", remedy="give every node its own name")
        type.check_names(values, name)
        inputs = {item.name for item in type.inputs}
        node = GraphNode(name, type, {key: value for key, value in values.items() if key in inputs})
        for key, source in node.inputs.items():
            if not isinstance(source, str):
                raise DoublureError(f"input {name}.{key} is {source!r}", remedy="give the name of a node")
        self.nodes[name] = node
        try:
            for key, value in values.items():
                if key not in inputs:
                    self.set(name, key, value)
        except DoublureError:
            del self.nodes[name]
            raise
        return name

    def set(self, name: str, param: str, value: Any, *, folder: str | os.PathLike[str] | None = None) -> None:
        """Set a param: a value, keyframes (``{"keys": …}``) or a link (``Link`` or ``{"link": "node.param"}``).

        Args:
            folder: what a relative path is relative to, instead of the graph's folder.

        Raises:
            DoublureError: no such node or param, or a bad value.
        """
        node = self.node(name)
        declared = node.type.param(param, name)
        base = self.folder if folder is None else Path(folder).absolute()
        node.params[param] = _read(declared, value, f"{name}.{param}", base)

    def node(self, name: str) -> GraphNode:
        """The node of that name. Raises DoublureError, with the close matches, where there is none."""
        if name not in self.nodes:
            raise DoublureError(f"the graph has no node {name!r}", remedy=did_you_mean(name, self.nodes))
        return self.nodes[name]

    def outputs(self) -> list[str]:
        """The nodes that write files."""
        return [name for name, node in self.nodes.items() if node.type.target is not None]

    def order(self, wanted: Iterable[str]) -> list[str]:
        """The wanted nodes and all that they need (inputs and links), every node after those it needs.

        Raises:
            DoublureError: a cycle, or a connection to a node that does not exist.
        """
        done: list[str] = []
        above: list[str] = []

        def visit(name: str, asker: str | None) -> None:
            if name in done:
                return
            if name not in self.nodes:
                raise DoublureError(
                    f"{asker} is connected to {name!r}, which does not exist",
                    remedy=did_you_mean(name, self.nodes),
                )
            if name in above:
                ring = " -> ".join([*above[above.index(name) :], name])
                raise DoublureError(
                    f"the graph goes round in a circle ({ring})", remedy="disconnect one of them"
                )
            above.append(name)
            node = self.nodes[name]
            given = node.params.values()
            links = [value.node for value in given if isinstance(value, Link) and value.node != name]
            for source in (*node.inputs.values(), *links):
                visit(source, name)
            above.pop()
            done.append(name)

        for name in wanted:
            visit(name, None)
        return done

    def check(self, wanted: Iterable[str]) -> list[str]:
        """Check all that the wanted nodes need: connections, links and required params. Returns their ``order``.

        Raises:
            DoublureError: the first fault.
        """
        order = self.order(wanted)
        for name in order:
            node = self.nodes[name]
            node.type.check_inputs(node.inputs, name)
            for declared in node.type.params:
                self._value(name, declared)
        return order

    def params_at(self, name: str, number: int) -> dict[str, Value]:
        """Every param of a node at a frame. Raises DoublureError where a required one is not set."""
        return {
            declared.name: value_at(self._value(name, declared), number)
            for declared in self.nodes[name].type.params
        }

    def fixed_params(self, name: str) -> dict[str, Value]:
        """The params of a node that cannot be animated. Raises DoublureError where a required one is not set."""
        fixed: dict[str, Value] = {}
        for declared in self.nodes[name].type.params:
            if not declared.animatable:
                value = self._value(name, declared)
                assert not isinstance(value, Animation)
                fixed[declared.name] = value
        return fixed

    def _value(self, name: str, declared: Param) -> Value | Animation:
        """A param's value with links followed, checked against ``declared``."""
        owner = f"{name}.{declared.name}"
        given = self.nodes[name].params.get(declared.name, declared.default)
        seen = [owner]
        while isinstance(given, Link):
            if str(given) in seen:
                raise DoublureError(f"{owner} is linked to itself", remedy="give it a value")
            seen.append(str(given))
            target = self.node(given.node)
            other = target.type.param(given.param, given.node)
            if other.kind != declared.kind:
                raise DoublureError(
                    f"{owner} is a {declared.kind} and cannot be linked to {given}, a {other.kind}",
                    remedy=f"link it to a {declared.kind}",
                )
            given = target.params.get(given.param, other.default)
        if isinstance(given, Animation):
            if not declared.animatable:
                raise DoublureError(f"{owner} cannot be animated", remedy="link it to a param without keys")
            for _, value in given.keys:
                declared.check(value, owner)
            return given
        return declared.check(given, owner)


def _read(declared: Param, value: Any, owner: str, folder: Path) -> Value | Animation | Link:
    if isinstance(value, Link | Animation):
        return value
    if isinstance(value, Mapping):
        if set(value) == {"link"} and isinstance(value["link"], str) and value["link"].count(".") == 1:
            return Link(*value["link"].split("."))
        if "link" in value:
            raise DoublureError(
                f"the link of {owner} is {dict(value)!r}", remedy='write it {"link": "node.param"}'
            )
        return read_animation(declared, value, owner)
    checked = declared.check(value, owner)
    if declared.kind == "file" and checked:
        return os.path.join(folder, str(checked))
    return checked
