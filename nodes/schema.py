"""What a node is: inputs, params and one function, declared as data.

Everything a host shows (OpenFX descriptors, Nuke groups, the reference in ``docs/nodes.md``, ``doublure nodes``)
is generated from these declarations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.nodes.names import did_you_mean

if TYPE_CHECKING:
    from doublure.nodes.context import Context, Setup

Kind = Literal["float", "int", "bool", "choice", "string", "file", "colour", "point"]
KINDS: tuple[str, ...] = get_args(Kind)

Value = bool | int | float | str | tuple[float, ...]
"""A param's value: ``colour`` is three floats (R, G, B), ``point`` two (x, y in plate coordinates)."""

Region = Literal["same", "whole"]

_ID = re.compile(r"org\.doublure\.[a-z0-9]+")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Param:
    """One control of a node.

    Attributes:
        name: identifier in graphs and scripts, lower case. File format: never renamed.
        kind: one of ``KINDS``.
        default: its value where nothing is set.
        label: what a host's panel shows.
        help: one or two sentences for an artist; a host's tooltip.
        minimum, maximum: hard range, inclusive; a value outside is refused.
        soft_minimum, soft_maximum: range of a host's slider; the hard range where None.
        unit: "px", "frames", "stops"… or "" for a plain number.
        choices: labels of a ``choice``; they are saved by label, so they are file format too.
        animatable: may have keyframes. Only animatable params differ from frame to frame.
        group: heading under which a host's panel shows it.
        required: "" is refused (``string`` and ``file``).
        keyed: the value changes the pixels, so it belongs in the cache key. Paths never are keyed: the content is.
    """

    name: str
    kind: Kind
    default: Value
    label: str
    help: str
    minimum: float | None = None
    maximum: float | None = None
    soft_minimum: float | None = None
    soft_maximum: float | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()
    animatable: bool = True
    group: str = ""
    required: bool = False
    keyed: bool = True

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"param name {self.name!r} is not lower case letters, digits and _")
        if self.kind not in KINDS:
            raise ValueError(f"param {self.name}: no kind {self.kind!r}")
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError(f"param {self.name}: choices belong to a choice")
        if self.kind in ("string", "file") and self.animatable:
            raise ValueError(f"param {self.name}: a {self.kind} cannot be animated")
        # Read back without `required`: an empty default of a required file is legal, an empty value is not.
        replace_required = replace(self, required=False) if self.required else self
        if replace_required.check(self.default, self.name) != self.default:
            raise ValueError(f"param {self.name}: default {self.default!r} is not of kind {self.kind}")

    def check(self, value: Any, owner: str) -> Value:
        """The value in its proper type.

        Args:
            value: from Python or JSON (lists for colours and points).
            owner: what to call the param in a sentence ("swap.mix").

        Raises:
            DoublureError: wrong kind, out of range, no such choice, or empty where required.
        """
        from doublure.nodes.values import check_value

        return check_value(self, value, owner)


@dataclass(frozen=True)
class Input:
    """One image input of a node.

    Attributes:
        name: identifier, lower case.
        help: what to connect, for an artist.
        optional: may be left unconnected.
        mask: a single-channel matte, not a picture.
    """

    name: str
    help: str
    optional: bool = False
    mask: bool = False


@dataclass(frozen=True)
class Identity:
    """When a node passes an input through unchanged, so that a host need not ask for a render.

    Attributes:
        input: name of the input.
        when: (param, value) pairs, all of which must hold.
    """

    input: str
    when: tuple[tuple[str, Value], ...]


Params = Mapping[str, Any]
Inputs = Mapping[str, Frame]
Render = Callable[[Inputs, Params, "Context"], Frame]


@dataclass(frozen=True)
class Node:
    """One operation: data and a pure function.

    Attributes:
        id: ``org.doublure.<name>``, lower case. File format: never renamed.
        label: what hosts show.
        version: raised when the same params give other pixels; part of the cache key.
        help: a paragraph for an artist.
        inputs, params: see there; names are unique over both.
        render: ``(inputs, params, ctx) -> Frame`` at ``ctx.number``. Params are complete and checked, frames are
            ACEScg, optional inputs that are not connected are absent.
        frames_needed: frames before and after the current one that ``render`` looks at (negative, positive).
        identity: the params under which an input passes through; the first one that holds counts. R, G, B and A of
            the result then equal the input's.
        region_needed: ``same``: the same pixels of the inputs; ``whole``: all of them.
        prepare: called once before the first frame, with the params that cannot be animated, to find faults of
            the set-up early and to analyse a shot.
        content: digests of the files that ``render`` reads at ``ctx.number``, for the cache key.
        reads: the files that ``render`` opens at a frame; an output must not overwrite them.
        numbers: the frames to render by default, for a node that brings pictures into a graph.
        existing: the frames whose pictures can be expected to exist, for the same.
        target: the file written at a frame, for a node that takes pictures out of a graph.
        deliver: writes what ``render`` returned to ``target``; the one side effect, apart from ``render``.
    """

    id: str
    label: str
    version: int
    help: str
    inputs: tuple[Input, ...]
    params: tuple[Param, ...]
    render: Render
    frames_needed: tuple[int, int] = (0, 0)
    region_needed: Region = "same"
    identity: tuple[Identity, ...] = ()
    prepare: Callable[[Params, Setup], None] | None = None
    content: Callable[[Params, Context], Mapping[str, str]] | None = None
    reads: Callable[[Params, int], list[Path]] | None = None
    numbers: Callable[[Params], list[int]] | None = None
    existing: Callable[[Params], list[int]] | None = None
    target: Callable[[Params, int], Path] | None = None
    deliver: Callable[[Frame, Params, int], None] | None = None

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"node id {self.id!r} is not org.doublure.<lower case>")
        names = [item.name for item in self.inputs] + [param.name for param in self.params]
        if len(names) != len(set(names)):
            raise ValueError(f"node {self.id}: a name is used twice")
        for identity in self.identity:
            self.input(identity.input)
            for name, value in identity.when:
                self.param(name).check(value, name)

    def param(self, name: str, owner: str | None = None) -> Param:
        """The param of that name. Raises DoublureError, with the close matches, where there is none."""
        for param in self.params:
            if param.name == name:
                return param
        raise DoublureError(
            f"{owner or self.label} has no param {name!r}",
            remedy=did_you_mean(name, [param.name for param in self.params]),
        )

    def input(self, name: str, owner: str | None = None) -> Input:
        """The input of that name. Raises DoublureError, with the close matches, where there is none."""
        for item in self.inputs:
            if item.name == name:
                return item
        raise DoublureError(
            f"{owner or self.label} has no input {name!r}",
            remedy=did_you_mean(name, [item.name for item in self.inputs]),
        )

    def check_names(self, names: Iterable[str], owner: str | None = None) -> None:
        """Raise DoublureError, with the close matches, where a name is neither an input nor a param."""
        known = [item.name for item in self.inputs] + [param.name for param in self.params]
        for name in names:
            if name not in known:
                raise DoublureError(
                    f"{owner or self.label} has no input or param {name!r}", remedy=did_you_mean(name, known)
                )

    def passes(self, params: Params) -> str | None:
        """The input that these complete params pass through unchanged, or None."""
        for identity in self.identity:
            if all(params[name] == value for name, value in identity.when):
                return identity.input
        return None

    def complete(self, params: Params, owner: str | None = None) -> dict[str, Value]:
        """Every param with its checked value or default. Raises DoublureError on unknown names and bad values."""
        owner = owner or self.label
        for name in params:
            self.param(name, owner)
        return {
            param.name: param.check(params.get(param.name, param.default), f"{owner}.{param.name}")
            for param in self.params
        }

    def __call__(self, *, ctx: Context | None = None, **values: Any) -> Frame:
        """Render from Python: ``Blend(plate=plate, face=face, feather=12.0)``.

        Args:
            ctx: the frame number and what is shared between calls; by default the number of the first input.
            values: frames by input name and values by param name.

        Raises:
            DoublureError: a missing input, unknown names, bad values, and whatever ``render`` raises.
        """
        from doublure.nodes.context import Context

        self.check_names(values)
        wanted = {item.name for item in self.inputs}
        inputs = {name: value for name, value in values.items() if name in wanted and value is not None}
        params = self.complete({name: value for name, value in values.items() if name not in wanted})
        self.check_inputs(inputs)
        if ctx is None:
            number = next((frame.number for frame in inputs.values() if frame.number is not None), 1)
            ctx = Context(number)
        frame = self.render(inputs, params, ctx)
        if self.deliver is not None:
            self.deliver(frame, params, ctx.number)
        return frame

    def check_inputs(self, connected: Mapping[str, Any], owner: str | None = None) -> None:
        """Raise DoublureError where an input does not exist or a needed one is not connected."""
        for name in connected:
            self.input(name, owner)
        for item in self.inputs:
            if not item.optional and item.name not in connected:
                raise DoublureError(
                    f"input {item.name!r} of {owner or self.label} is not connected",
                    remedy=f"connect {item.help}",
                )


def describe(node: Node) -> dict[str, Any]:
    """A node's declaration as plain JSON data (no functions), every field present."""
    return {
        "id": node.id,
        "label": node.label,
        "version": node.version,
        "help": node.help,
        "inputs": [
            {"name": item.name, "help": item.help, "optional": item.optional, "mask": item.mask}
            for item in node.inputs
        ],
        "params": [describe_param(param) for param in node.params],
        "frames_needed": list(node.frames_needed),
        "region_needed": node.region_needed,
        "identity": [{"input": identity.input, "when": dict(identity.when)} for identity in node.identity],
    }


def describe_param(param: Param) -> dict[str, Any]:
    """A param's declaration as plain JSON data, every field present."""
    default = list(param.default) if isinstance(param.default, tuple) else param.default
    return {
        "name": param.name,
        "kind": param.kind,
        "default": default,
        "label": param.label,
        "help": param.help,
        "minimum": param.minimum,
        "maximum": param.maximum,
        "soft_minimum": param.minimum if param.soft_minimum is None else param.soft_minimum,
        "soft_maximum": param.maximum if param.soft_maximum is None else param.soft_maximum,
        "unit": param.unit,
        "choices": list(param.choices),
        "animatable": param.animatable,
        "group": param.group,
        "required": param.required,
    }
