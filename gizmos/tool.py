"""A tool, as data: nodes wired inside a group, and the controls on the group's panel, in an artist's order.

Every host's tools are generated from this, so what a control does is written once.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

from doublure.gizmos.plugin import Extra, extra
from doublure.nodes.schema import Input, Node, Param, Value

_COLUMNS = 80


@dataclass(frozen=True)
class Member:
    """A node inside a tool.

    Attributes:
        name: its name inside the group, such as ``Blend``.
        node: its declaration.
        inputs: input name -> a tool's input or another member, by name. Left out: not connected.
        values: param name -> value, where it differs from the declaration's default.
    """

    name: str
    node: Node
    inputs: Mapping[str, str]
    values: Mapping[str, Value] = field(default_factory=dict)

    def value(self, param: Param) -> Value:
        """The value at which the tool starts."""
        return param.check(self.values[param.name], self.name) if param.name in self.values else param.default


@dataclass(frozen=True)
class Control:
    """A control on a tool's panel that drives a param.

    Attributes:
        name: its script name. File format: never renamed.
        member: name of the node that it drives.
        param: name of the param there, or of one that the plug-in adds.
        label: what the panel shows instead of the param's label.
        also: further (member, param) pairs that it drives, all of the same kind.
        help: tooltip instead of the param's.
    """

    name: str
    member: str
    param: str
    label: str = ""
    also: tuple[tuple[str, str], ...] = ()
    help: str = ""


@dataclass(frozen=True)
class Section:
    """Controls under a heading that can be folded; "" for none."""

    label: str
    controls: tuple[Control, ...]


@dataclass(frozen=True)
class Page:
    """A tab of the panel."""

    label: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Result:
    """A picture that a tool can give.

    Attributes:
        label: what the artist chooses. Saved by label, so it is file format.
        member: the node whose picture it is.
        matte: give the node's alpha as a picture, in R, G and B.
    """

    label: str
    member: str
    matte: bool = False


@dataclass(frozen=True)
class Tool:
    """A group of nodes that hosts show as one.

    Attributes:
        name: file name and default node name, such as ``DoublureSwap``.
        label: what menus show.
        version: raised when the tool's controls or wires change.
        help: a paragraph for an artist.
        inputs: the group's inputs, in order.
        members: its nodes, in the order in which they are computed.
        pages: its panel.
        results: what comes out; where there are more than one, the artist chooses on the last page.
        matte: the first result's alpha is the matte of the face; the input's own alpha is put back, and the matte
            goes where the artist wants it.
        linked: a control is the inner node's own knob, shown on the panel; else it is the tool's, and the inner
            node follows it, so that the tool's file holds every default and range.
    """

    name: str
    label: str
    version: int
    help: str
    inputs: tuple[Input, ...]
    members: tuple[Member, ...]
    pages: tuple[Page, ...]
    results: tuple[Result, ...]
    matte: bool = False
    linked: bool = False

    def member(self, name: str) -> Member:
        """The member of that name."""
        return next(item for item in self.members if item.name == name)

    def controls(self) -> tuple[Control, ...]:
        """Every control, in the panel's order."""
        return tuple(
            control for page in self.pages for section in page.sections for control in section.controls
        )

    def target(self, control: Control) -> Param | Extra:
        """What a control drives first.

        Raises:
            DoublureError: the node has no such param.
        """
        node = self.member(control.member).node
        return extra(node, control.param) or node.param(control.param)

    def versions(self) -> str:
        """The tool's version and its nodes', in a line."""
        nodes = ", ".join(f"{item.node.label} {item.node.version}" for item in self.members)
        return f"{self.label} {self.version} ({nodes})"

    def about(self) -> str:
        """Help and inputs, in lines that a panel can show."""
        inputs = (
            f"Input {item.name}{' (optional)' if item.optional else ''}: {item.help}." for item in self.inputs
        )
        return "\n".join(textwrap.fill(paragraph, _COLUMNS) for paragraph in (self.help, *inputs))


def label_of(tool: Tool, control: Control) -> str:
    """What the panel shows beside a control, with the unit."""
    target = tool.target(control)
    label = control.label or target.label
    unit = target.unit if isinstance(target, Param) else ""
    return f"{label} ({unit})" if unit else label


def help_of(tool: Tool, control: Control) -> str:
    """A control's tooltip."""
    return control.help or tool.target(control).help
