"""A tool as a Nuke ``Group``.

A Group, not a gizmo: a farm without the tools still loads the script. Inputs of an OpenFX node are its clips in
the order in which they are described: ``Source`` first, then the others as declared.
"""

from __future__ import annotations

from collections.abc import Iterable

from doublure.gizmos.nk.stack import Wired, toolset
from doublure.gizmos.nk.syntax import Braced, Knob, Node, Script, UserKnob
from doublure.gizmos.nuke.knobs import following, written
from doublure.gizmos.nuke.panel import MATTE_TARGET, RESULT, panel
from doublure.gizmos.plugin import extras, nuke_class
from doublure.gizmos.tool import Member, Result, Tool

TILE = "0x5a7f93ff"
"""Colour of the node, RGBA."""

MATTE_CHANNEL = "mask.a"
"""Where the matte goes unless the artist says otherwise: a channel that every script has."""

_STEP = 90


def script(tool: Tool) -> Script:
    """The file of a tool: pasting it connects it to the selected node."""
    return toolset(group(tool))


def group(tool: Tool) -> Wired:
    """The tool's group with everything inside; its inputs are not connected."""
    knobs = (
        Knob("name", f"{tool.name}1"),
        Knob("help", tool.help),
        Knob("tile_color", TILE),
        *([Knob("label", f"[value {RESULT}], mix [value mix]")] if len(tool.results) > 1 else []),
        *panel(tool),
    )
    return Wired(_node("Group", knobs), (None,) * len(tool.inputs), tuple(_inside(tool)))


def _inside(tool: Tool) -> Iterable[Wired]:
    for index, item in enumerate(tool.inputs):
        knobs = [Knob("name", item.name)]
        if index:
            knobs.append(Knob("number", str(index)))
        yield Wired(_node("Input", knobs, index * 2 * _STEP, 0))
    for row, member in enumerate(tool.members, 1):
        inputs = tuple(member.inputs.get(item.name) for item in member.node.inputs)
        yield Wired(_node(nuke_class(member.node), _member(tool, member), 0, row * _STEP), inputs)
    yield from _outside(tool, len(tool.members) + 1)


def _member(tool: Tool, member: Member) -> list[Knob]:
    """Values of an inner node: what follows the panel, and every other param as it starts."""
    driven = {
        knob.name: knob
        for control in tool.controls()
        for name, knob in following(tool, control)
        if name == member.name
    }
    knobs = [Knob("name", member.name)]
    for param in member.node.params:
        knobs.append(driven.get(param.name) or Knob(param.name, written(member.value(param))))
    for added in extras(member.node):
        default = member.values.get(added.name, added.default)
        if added.name in driven:
            knobs.append(driven[added.name])
        elif default:
            knobs.append(Knob(added.name, written(default)))
    return knobs


def _outside(tool: Tool, row: int) -> Iterable[Wired]:
    """What follows the last node: the plate's own channels, the choice of a result, the output."""
    names = []
    for result in tool.results:
        if result.matte:
            knobs = _copy("Matte", [("alpha", "rgba.red"), ("alpha", "rgba.green"), ("alpha", "rgba.blue")])
            yield Wired(_node("Copy", knobs, 2 * _STEP, row * _STEP), (result.member, result.member))
            names.append("Matte")
        elif tool.matte and result is tool.results[0]:
            yield _comp(tool, result, row)
            names.append(MATTE_TARGET[0])
        else:
            names.append(result.member)
    last = names[0]
    if len(names) > 1:
        knobs = [Knob("which", Braced(f"{{parent.{RESULT}}}")), Knob("name", "Result")]
        yield Wired(_node("Switch", knobs, 0, (row + 1) * _STEP), tuple(names))
        last = "Result"
    yield Wired(_node("Output", [Knob("name", "Output1")], 0, (row + 2) * _STEP), (last,))


def _comp(tool: Tool, result: Result, row: int) -> Wired:
    """The plate with the result's colours; its matte goes to a channel that the artist picks."""
    pairs = [("red", "rgba.red"), ("green", "rgba.green"), ("blue", "rgba.blue"), ("alpha", MATTE_CHANNEL)]
    knobs = _copy(MATTE_TARGET[0], pairs)
    return Wired(_node("Copy", knobs, 0, row * _STEP), (tool.inputs[0].name, result.member))


def _copy(name: str, pairs: list[tuple[str, str]]) -> list[Knob]:
    """Knobs of a Copy: channels of its second input into those of its first."""
    knobs = []
    for index, (source, target) in enumerate(pairs):
        knobs += [Knob(f"from{index}", f"rgba.{source}"), Knob(f"to{index}", target)]
    return [*knobs, Knob("name", name)]


def _node(kind: str, knobs: Iterable[Knob | UserKnob], x: int | None = None, y: int | None = None) -> Node:
    place = () if x is None or y is None else (Knob("xpos", str(x)), Knob("ypos", str(y)))
    return Node(kind, (*knobs, *place))
