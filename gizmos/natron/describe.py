"""A tool as plain data, which a PyPlug carries and ``runtime.py`` builds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from doublure.gizmos.natron.controls import control, is_alias
from doublure.gizmos.plugin import ALPHA, MAJOR, clip_index
from doublure.gizmos.tool import Member, Section, Tool
from doublure.nodes.schema import Value

RESULT = "result"
"""The control that says which picture comes out."""

_INPUT, _OUTPUT = "fr.inria.built-in.Input", "fr.inria.built-in.Output"
_SWITCH = "net.sf.openfx.switchPlugin"
_RESULT_HELP = (
    "What comes out. comp: the finished picture. face: the new face alone, premultiplied. track: the plate with the "
    "tracked landmarks."
)
_ALPHA_HELP = "What the comp's alpha is: the plate's own, or the final matte of the face, for any mask input."
_STEP = 120
_ANY_VERSION = -1


def describe(tool: Tool) -> dict[str, Any]:
    """Everything that the runtime needs, made of dicts, lists, text, numbers, booleans and None."""
    pages = [_page(tool, page.label, page.sections) for page in tool.pages]
    if output := list(_output(tool)):
        pages[-1]["sections"].insert(0, _section("output", "", output))
    pages.append({"name": "tabAbout", "label": "About", "sections": [_section("about", "", _about(tool))]})
    return {
        "label": tool.label,
        "pages": pages,
        "nodes": list(_nodes(tool)),
        "wires": list(_wires(tool)),
        "links": list(_links(tool)),
    }


def _results(tool: Tool) -> list[tuple[str, str]]:
    """(label, node) pairs. A matte as a picture is left out: it is the alpha, which Natron's viewer shows by a key."""
    return [(result.label, result.member) for result in tool.results if not result.matte]


def _page(tool: Tool, label: str, sections: tuple[Section, ...]) -> dict[str, Any]:
    return {
        "name": f"tab{label}",
        "label": label,
        "sections": [
            _section(
                f"{label}_{section.label}".replace(" ", "_"),
                section.label,
                [control(tool, item) for item in section.controls],
            )
            for section in sections
        ],
    }


def _section(name: str, label: str, controls: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": f"group_{name}", "label": label, "controls": controls}


def _output(tool: Tool) -> Iterator[dict[str, Any]]:
    if len(_results(tool)) > 1:
        labels = [label for label, _ in _results(tool)]
        yield {
            "name": RESULT,
            "kind": "choice",
            "label": "Result",
            "help": _RESULT_HELP,
            "choices": labels,
            "default": labels[0],
        }
    if tool.matte:
        yield {
            "name": ALPHA.name,
            "kind": "choice",
            "label": ALPHA.label,
            "help": _ALPHA_HELP,
            "choices": list(ALPHA.choices),
            "default": ALPHA.default,
        }


def _about(tool: Tool) -> list[dict[str, Any]]:
    lines = (("about_version", tool.versions()), ("about_help", tool.about()))
    return [{"name": name, "kind": "text", "label": "", "default": line} for name, line in lines]


def _nodes(tool: Tool) -> Iterator[dict[str, Any]]:
    for column, item in enumerate(tool.inputs):
        flags = [["optional", [item.optional]], ["isMask", [item.mask]]]
        yield _node(item.name, _INPUT, _ANY_VERSION, (column, 0), flags)
    for row, member in enumerate(tool.members, 1):
        values = list(_values(tool, member))
        yield _node(member.name, member.node.id, MAJOR, (0, row), values)
    row = len(tool.members) + 1
    if len(_results(tool)) > 1:
        yield _node("Result", _SWITCH, _ANY_VERSION, (0, row), [])
    yield _node("Output", _OUTPUT, _ANY_VERSION, (0, row + 1), [])


def _node(
    name: str, plugin: str, major: int, place: tuple[int, int], values: list[list[Any]]
) -> dict[str, Any]:
    position = [float(place[0] * 2 * _STEP), float(place[1] * _STEP)]
    return {"name": name, "plugin": plugin, "major": major, "position": position, "values": values}


def _values(tool: Tool, member: Member) -> Iterator[list[Any]]:
    """What differs from the declaration's default; the matte's place is the artist's choice here."""
    for name, value in member.values.items():
        if not (tool.matte and name == ALPHA.name):
            yield [name, _arguments(value)]


def _arguments(value: Value) -> list[Any]:
    return list(value) if isinstance(value, tuple) else [value]


def _wires(tool: Tool) -> Iterator[list[Any]]:
    for member in tool.members:
        for name, source in member.inputs.items():
            yield [member.name, clip_index(member.node, name), source]
    results = _results(tool)
    if len(results) > 1:
        for index, (_, source) in enumerate(results):
            yield ["Result", index, source]
        yield ["Output", 0, "Result"]
    else:
        yield ["Output", 0, results[0][1]]


def _links(tool: Tool) -> Iterator[dict[str, Any]]:
    for item in tool.controls():
        yield _link(item.name, item.member, item.param, alias=is_alias(tool, item))
        for member, param in item.also:
            yield _link(item.name, member, param, alias=False)
    if tool.matte:
        yield _link(ALPHA.name, tool.results[0].member, ALPHA.name, alias=True)
    if len(_results(tool)) > 1:
        yield _link(RESULT, "Result", "which", alias=False)


def _link(name: str, member: str, param: str, *, alias: bool) -> dict[str, Any]:
    return {"control": name, "node": member, "param": param, "alias": alias}
