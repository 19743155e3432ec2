"""The statements of a Nuke script, as data.

A script is a list of statements over a stack of nodes: a node takes its inputs from the stack and puts itself on
it, ``set`` names an entry, ``push`` puts a named entry (or nothing) on it. ``stack.py`` resolves that into wires.
"""

from __future__ import annotations

from dataclasses import dataclass

TAB, TEXT, LINK = 20, 26, 41
"""Codes of user knobs that hold no value of their own."""


@dataclass(frozen=True)
class Braced:
    """A value in braces, as written: several numbers (``0 0``) or an expression (``{parent.mix}``)."""

    text: str


Value = str | Braced
"""A knob's value. A string is unescaped text; a host evaluates ``[value mix]`` in it, which nothing here does."""


@dataclass(frozen=True)
class Knob:
    """A value that a node sets."""

    name: str
    value: Value


@dataclass(frozen=True)
class UserKnob:
    """A knob that a node adds to its panel (``addUserKnob {7 mix l Mix t "How much." R 0 1}``).

    Attributes:
        code: 1 string, 2 file, 3 int, 4 choice, 6 bool, 7 slider, 12 XY, 18 RGB, 20 tab or group, 22 Python
            button, 26 text, 41 link.
        name: identifier; may be empty for a divider.
        label: what the panel shows; the name where None.
        tip: tooltip.
        limits: lowest and highest value of the slider.
        choices: entries of a choice.
        text: ``T``: a text knob's text, a link's target (``Blend.mix``) or a button's script.
        level: ``n``: 1 opens a group in the panel, -1 closes it.
        flags: such as ``+STARTLINE``.
    """

    code: int
    name: str
    label: str | None = None
    tip: str = ""
    limits: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()
    text: str | None = None
    level: int | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Node:
    """A node. ``children`` is None unless it is a ``Group`` or ``Gizmo``, which ``end_group`` closes."""

    type: str
    knobs: tuple[Knob | UserKnob, ...] = ()
    children: tuple[Statement, ...] | None = None

    def value(self, name: str) -> Value | None:
        """The value of a knob, or None where the node does not set it."""
        for knob in self.knobs:
            if isinstance(knob, Knob) and knob.name == name:
                return knob.value
        return None

    def user(self, name: str) -> UserKnob | None:
        """The user knob of that name, or None."""
        return next((knob for knob in self.knobs if isinstance(knob, UserKnob) and knob.name == name), None)


@dataclass(frozen=True)
class Set:
    """``set NAME [stack DEPTH]``: names the stack's entry, 0 being the top."""

    name: str
    depth: int = 0


@dataclass(frozen=True)
class Push:
    """``push $NAME``, or ``push 0`` where the name is None: nothing connected."""

    name: str | None


@dataclass(frozen=True)
class Version:
    """``version 15.0 v1``: the Nuke that wrote the script."""

    number: str
    release: str


@dataclass(frozen=True)
class Declaration:
    """``add_layer {…}`` and ``define_window_layout_xml {…}``: no node, kept as written."""

    command: str
    text: str


Statement = Node | Set | Push | Version | Declaration
Script = tuple[Statement, ...]
