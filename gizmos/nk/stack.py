"""Between a script's stack and wires: what is connected to what.

Input 0 is the stack's top. A node without ``inputs`` has one; ``inputs 2+1`` are two and a mask. A group starts
with an empty stack of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from doublure.core.errors import DoublureError
from doublure.gizmos.nk.syntax import Knob, Node, Push, Set, Statement, Version

_INPUTS = re.compile(r"\d+(\+\d+)?")
_MOST = 1000
# Nuke sets this one itself before it pastes.
_SELECTED = "cut_paste_input"


@dataclass(frozen=True)
class Wired:
    """A node with its wires.

    Attributes:
        node: without its ``inputs`` knob and with no children.
        inputs: names of the nodes at its inputs, None where nothing is connected.
        children: the nodes of a group, else None.
    """

    node: Node
    inputs: tuple[str | None, ...] = ()
    children: tuple[Wired, ...] | None = None

    @property
    def name(self) -> str:
        """The node's name, by which wires know it.

        Raises:
            DoublureError: it has none.
        """
        name = self.node.value("name")
        if not isinstance(name, str):
            raise DoublureError(f"a {self.node.type} has no name", remedy="name every node of the script")
        return name


def connect(statements: Iterable[Statement], above: Sequence[str | None] = ()) -> tuple[Wired, ...]:
    """The nodes of a script with their wires.

    Args:
        statements: a script, or a group's children.
        above: what is on the stack before, last on top: what a pasted script finds selected.

    Raises:
        DoublureError: a variable that was never set, two nodes of one name, a node without a name, or an
            ``inputs`` that is no number.
    """
    stack: list[str | None] = list(above)
    variables = {_SELECTED: stack[-1] if stack else None}
    nodes: dict[str, Wired] = {}
    for statement in statements:
        if isinstance(statement, Set):
            variables[statement.name] = stack[-1 - statement.depth] if statement.depth < len(stack) else None
        elif isinstance(statement, Push):
            if statement.name is not None and statement.name not in variables:
                raise DoublureError(f"${statement.name} is pushed but was never set")
            stack.append(None if statement.name is None else variables[statement.name])
        elif isinstance(statement, Node) and statement.type != "Root":
            count = _count(statement)
            inputs = tuple(stack.pop() if stack else None for _ in range(count))
            children = None if statement.children is None else connect(statement.children)
            knobs = tuple(
                knob for knob in statement.knobs if not (isinstance(knob, Knob) and knob.name == "inputs")
            )
            wired = Wired(replace(statement, knobs=knobs, children=None), inputs, children)
            if wired.name in nodes:
                raise DoublureError(f"two nodes of one group are named {wired.name}")
            nodes[wired.name] = wired
            stack.append(wired.name)
    return tuple(nodes.values())


def lay_out(nodes: Sequence[Wired]) -> tuple[Statement, ...]:
    """Statements that connect the nodes so; each node must come after what it is connected to.

    Every wire is pushed by name, so that no node depends on what happens to be on the stack.

    Raises:
        DoublureError: a wire from a node that comes later or is not there.
    """
    statements: list[Statement] = []
    known: set[str] = set()
    for wired in nodes:
        for name in reversed(wired.inputs):
            if name is not None and name not in known:
                raise DoublureError(f"{wired.name} is connected to {name}, which does not come before it")
            statements.append(Push(None if name is None else _variable(name)))
        knobs = (Knob("inputs", str(len(wired.inputs))), *wired.node.knobs)
        children = None if wired.children is None else lay_out(wired.children)
        statements += [replace(wired.node, knobs=knobs, children=children), Set(_variable(wired.name))]
        known.add(wired.name)
    return tuple(statements)


def toolset(tool: Wired) -> tuple[Statement, ...]:
    """A script that pastes one node behind the selected one: the file of a tool in Nuke's menu."""
    statement = lay_out([replace(tool, inputs=(None,) * len(tool.inputs))])[-2]
    pushes = [Push(None)] * (len(tool.inputs) - 1) + [Push(_SELECTED)] * bool(tool.inputs)
    return (Set(_SELECTED), Version("15.0", "v1"), *pushes, statement)


def _variable(name: str) -> str:
    return f"N_{name}"


def _count(node: Node) -> int:
    value = node.value("inputs")
    if value is None:
        return 1
    if not isinstance(value, str) or not _INPUTS.fullmatch(value):
        raise DoublureError(f"a {node.type} has inputs {value!r}, which is no number")
    count = sum(int(part) for part in value.split("+"))
    if count > _MOST:
        raise DoublureError(f"a {node.type} has {count} inputs, more than {_MOST}")
    return count
