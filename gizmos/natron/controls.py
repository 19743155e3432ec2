"""A control as the data from which a PyPlug makes it."""

from __future__ import annotations

from typing import Any

from doublure.gizmos.plugin import Extra
from doublure.gizmos.tool import Control, Tool, help_of, label_of


def control(tool: Tool, item: Control) -> dict[str, Any]:
    """One control: name, kind, label, help, and what its kind has besides.

    ``choices``; ``default``, a list for numbers; ``range``, of numbers: the hard minimum and maximum, then the
    slider's; ``animatable``. A choice without choices takes them from the node inside.
    """
    target = tool.target(item)
    if isinstance(target, Extra):
        own = {"choices": list(target.choices), "default": target.default} if target.choices else {}
        return {**_common(tool, item, target.kind), **own}
    start = tool.member(item.member).value(target)
    data = _common(tool, item, target.kind)
    if target.kind in ("float", "int", "point", "colour"):
        low = target.minimum if target.soft_minimum is None else target.soft_minimum
        high = target.maximum if target.soft_maximum is None else target.soft_maximum
        data["default"] = list(start) if isinstance(start, tuple) else [start]
        data["range"] = [target.minimum, target.maximum, low, high]
    else:
        data["default"] = start
    if target.choices:
        data["choices"] = list(target.choices)
    data["animatable"] = target.animatable
    return data


def is_alias(tool: Tool, item: Control) -> bool:
    """Whether a control is tied to the inner one both ways.

    A path or a name is not: Natron has two types of paths and ties like to like only, so the inner one follows by
    an expression.
    """
    target = tool.target(item)
    return isinstance(target, Extra) or target.kind not in ("string", "file")


def _common(tool: Tool, item: Control, kind: str) -> dict[str, Any]:
    return {"name": item.name, "kind": kind, "label": label_of(tool, item), "help": help_of(tool, item)}
