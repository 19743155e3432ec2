from __future__ import annotations

import random

import pytest

from doublure.core.errors import DoublureError
from doublure.gizmos.nk.parser import parse
from doublure.gizmos.nk.syntax import Braced, Declaration, Knob, Node, Push, Set, UserKnob, Version
from doublure.gizmos.nk.values import number, word
from doublure.gizmos.nk.writer import write

UGLY = [
    "",
    " ",
    "a b",
    '"',
    '""',
    "\\",
    "a\\",
    "\\n",
    "[exec rm]",
    "]",
    "{",
    "}",
    "}{",
    "$HOME",
    "$",
    "\n",
    "\r\n\t",
    "#",
    "# comment",
    ";",
    "end_group",
    "l",
    "+STARTLINE",
    "-1",
    "0x5a7f93ff",
    "plate.####.exr",
    "C:\\shots\\plate.exr",
    "“quoted”",
    "漢字🎭é",
    "\x01\x1b\x7f\x85\u2028\u2029",
    "x" * 200_000,
    "\\u0041",
    "a\\\nb",
]


@pytest.mark.parametrize("text", UGLY, ids=range(len(UGLY)))
def test_any_text_survives_as_a_value_a_label_a_tooltip_a_choice_and_a_target(text: str) -> None:
    script = (
        Node(
            "NoOp",
            (
                UserKnob(4, "k", text, text, (-0.25, 1e-9), (text, "b", text), text, -1, ("+STARTLINE",)),
                Knob("k", text),
            ),
        ),
    )
    if not text:
        script = (Node("NoOp", (UserKnob(4, "k", text, choices=(text, "b"), text=text), Knob("k", text))),)
    assert parse(write(script)) == script


@pytest.mark.parametrize("name", ["Screen Matte", "", "a{b", "é"])
def test_a_knob_may_have_any_name(name: str) -> None:
    script = (Node("NoOp", (UserKnob(7, name), Knob(name, "1"))),)
    assert parse(write(script)) == script


def test_random_text_survives() -> None:
    draw = random.Random(7)
    for _ in range(300):
        text = "".join(draw.choice('\\"[]{}$;# \nabc\t’') for _ in range(draw.randrange(30)))
        script = (Node("NoOp", (Knob("label", text), UserKnob(26, "t", None, text, text=text))),)
        assert parse(write(script)) == script


def test_every_statement_survives_nested_in_groups() -> None:
    inner = (Node("Input", (Knob("inputs", "0"),)), Set("N1"), Push("N1"), Node("Group", (), ()))
    script = (
        Declaration("add_layer", "face face.matte"),
        Version("15.1", "v3"),
        Set("cut_paste_input"),
        Push(None),
        Node("Group", (Knob("mix", Braced("{parent.mix} {curve x1 0 x20 {1 2}}")),), inner),
        Node("Gizmo", (), inner),
        Set("N2", 3),
    )
    assert parse(write(script)) == script


@pytest.mark.parametrize("text", ["{", "}", "}{", "a\\"])
def test_braces_that_do_not_match_are_not_written(text: str) -> None:
    with pytest.raises(DoublureError, match="do not match"):
        word(Braced(text))


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_characters_that_no_script_holds_are_not_written(text: str) -> None:
    with pytest.raises(DoublureError, match=r"U\+"):
        word(text)


@pytest.mark.parametrize("value", [0, 1, -3, 0.1, 1 / 3, 1e-12, 2**31 - 1, 2**60, 1e300, -0.0])
def test_a_number_reads_back_the_same(value: float) -> None:
    assert float(number(value)) == value


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_number_that_is_not_finite_is_not_written(value: float) -> None:
    with pytest.raises(DoublureError, match="finite"):
        number(value)
