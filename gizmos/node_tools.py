"""One tool for each node that hosts have: the node in a group, with every param on the panel."""

from __future__ import annotations

from doublure.gizmos.plugin import INPUT_SPACE, extras, hosted
from doublure.gizmos.tool import Control, Member, Page, Result, Section, Tool
from doublure.nodes.schema import Node


def node_tool(node: Node) -> Tool:
    """The tool of one node. Controls keep the names of the params."""
    member = Member(node.label, node, {item.name: item.name for item in node.inputs})
    sections: dict[str, list[Control]] = {"": []}
    for param in node.params:
        sections.setdefault(param.group, []).append(Control(param.name, node.label, param.name))
    for added in extras(node):
        if added is not INPUT_SPACE:
            sections[""].append(Control(added.name, node.label, added.name))
    sections["Colour space"] = [Control(INPUT_SPACE.name, node.label, INPUT_SPACE.name)]
    page = Page(node.label, tuple(Section(name, tuple(items)) for name, items in sections.items() if items))
    return Tool(
        name=f"Doublure{node.label}",
        label=f"Doublure {node.label}",
        version=1,
        help=node.help,
        inputs=node.inputs,
        members=(member,),
        pages=(page,),
        results=(Result(node.label, node.label),),
    )


def node_tools() -> tuple[Tool, ...]:
    """The tools of all nodes, in the order of a comp."""
    return tuple(node_tool(node) for node in hosted())
