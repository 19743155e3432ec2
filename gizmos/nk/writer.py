"""Writes a Nuke script. ``parse(write(script)) == script``."""

from __future__ import annotations

from doublure.gizmos.nk.syntax import (
    Braced,
    Declaration,
    Node,
    Push,
    Script,
    Set,
    Statement,
    UserKnob,
    Version,
)
from doublure.gizmos.nk.values import number, quoted, word


def write(script: Script) -> str:
    """The text of a script, one statement or knob a line, a group's children indented as Nuke does it.

    Raises:
        DoublureError: a value that a script cannot hold (see ``values.py``).
    """
    return "".join(f"{line}\n" for statement in script for line in _lines(statement, ""))


def user_knob(knob: UserKnob) -> str:
    """What stands in the braces of ``addUserKnob``."""
    parts = [str(knob.code), quoted(knob.name)]
    if knob.label is not None:
        parts += ["l", quoted(knob.label)]
    if knob.tip:
        parts += ["t", quoted(knob.tip)]
    parts += [*knob.flags]
    if knob.text is not None:
        parts += ["T", quoted(knob.text)]
    if knob.choices:
        parts += ["M", "{" + " ".join(map(quoted, knob.choices)) + "}"]
    if knob.limits is not None:
        parts += ["R", *map(number, knob.limits)]
    if knob.level is not None:
        parts += ["n", str(knob.level)]
    return " ".join(parts)


def _lines(statement: Statement, indent: str) -> list[str]:
    if isinstance(statement, Node):
        return _node(statement, indent)
    if isinstance(statement, Set):
        return [f"{indent}set {quoted(statement.name)} [stack {statement.depth}]"]
    if isinstance(statement, Push):
        return [f"{indent}push " + ("0" if statement.name is None else f"${statement.name}")]
    if isinstance(statement, Version):
        return [f"{indent}version {quoted(statement.number)} {quoted(statement.release)}"]
    assert isinstance(statement, Declaration)
    return [f"{indent}{statement.command} {word(Braced(statement.text))}"]


def _node(node: Node, indent: str) -> list[str]:
    lines = [f"{indent}{node.type} {{"]
    for knob in node.knobs:
        if isinstance(knob, UserKnob):
            lines.append(f"{indent} addUserKnob {{{user_knob(knob)}}}")
        else:
            lines.append(f"{indent} {quoted(knob.name)} {word(knob.value)}")
    lines.append(f"{indent}}}")
    if node.children is not None:
        lines += [line for child in node.children for line in _lines(child, f"{indent} ")]
        lines.append(f"{indent}end_group")
    return lines
