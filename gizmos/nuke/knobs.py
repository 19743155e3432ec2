"""A param as a knob on a Nuke panel, and how a node inside the group follows it."""

from __future__ import annotations

from doublure.gizmos.nk.syntax import LINK, Braced, Knob, UserKnob, Value
from doublure.gizmos.nk.values import number
from doublure.gizmos.plugin import Extra
from doublure.gizmos.tool import Control, Tool, help_of, label_of
from doublure.nodes.schema import Param
from doublure.nodes.schema import Value as ParamValue

CODES = {"string": 1, "file": 2, "int": 3, "choice": 4, "bool": 6, "float": 7, "point": 12, "colour": 18}
"""Kind of a param -> code of a user knob."""

_PARTS = {"point": "xy", "colour": "rgb"}
_SLIDERS = ("float", "colour")
_STARTLINE = ("+STARTLINE",)


def is_own(tool: Tool, control: Control) -> bool:
    """Whether the tool's knob has a value of its own, instead of being the inner node's knob.

    A linked tool has none, except a path that several nodes need: a link has one target. Text of a node tool is
    linked too: whether Nuke evaluates ``[value …]`` in an OpenFX node's text is asked of it only where it must be.
    """
    target = tool.target(control)
    if isinstance(target, Extra):
        return False
    return bool(control.also) or not (tool.linked or target.kind in ("string", "file"))


def knobs_of(tool: Tool, control: Control) -> tuple[UserKnob | Knob, ...]:
    """A control's knob, followed by its value where it has one of its own."""
    target = tool.target(control)
    label, tip = label_of(tool, control), help_of(tool, control)
    if not is_own(tool, control):
        inner = f"{control.member}.{control.param}"
        return (UserKnob(LINK, control.name, label, tip, text=inner),)
    assert isinstance(target, Param)
    value = tool.member(control.member).value(target)
    flags = _STARTLINE if target.kind == "bool" else ()
    knob = UserKnob(
        CODES[target.kind],
        control.name,
        label,
        tip,
        limits=limits(target),
        choices=target.choices,
        flags=flags,
    )
    return (knob, Knob(control.name, written(value)))


def limits(param: Param) -> tuple[float, float] | None:
    """The slider's range, or None where the knob has no slider or the param no bound on a side."""
    if param.kind not in _SLIDERS:
        return None
    low = param.minimum if param.soft_minimum is None else param.soft_minimum
    high = param.maximum if param.soft_maximum is None else param.soft_maximum
    return None if low is None or high is None else (float(low), float(high))


def written(value: ParamValue) -> Value:
    """A param's value as a knob's."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return Braced(" ".join(map(number, value)))
    return number(value)


def following(tool: Tool, control: Control) -> tuple[tuple[str, Knob], ...]:
    """(member, knob) pairs that make inner nodes follow a control; none where its knob is the node's own."""
    target = tool.target(control)
    kind = "choice" if isinstance(target, Extra) else target.kind
    if is_own(tool, control):
        followers, leader = ((control.member, control.param), *control.also), f"parent.{control.name}"
    else:
        followers, leader = control.also, f"{control.member}.{control.param}"
    return tuple((member, Knob(param, _expression(kind, leader))) for member, param in followers)


def _expression(kind: str, leader: str) -> Value:
    if kind in ("string", "file"):
        return f"[value {leader}]"
    if kind in _PARTS:
        return Braced(" ".join(f"{{{leader}.{part}}}" for part in _PARTS[kind]))
    return Braced(f"{{{leader}}}")
