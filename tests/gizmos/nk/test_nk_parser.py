from __future__ import annotations

from pathlib import Path

import pytest

from doublure.core.errors import DoublureError
from doublure.gizmos.nk.parser import parse, parse_file
from doublure.gizmos.nk.syntax import Braced, Declaration, Knob, Node, Push, Set, UserKnob, Version

AS_NUKE_SAVES = """#! /usr/local/Nuke15.0v4/Nuke15.0 -nx
version 15.0 v4
define_window_layout_xml {<?xml version="1.0"?>
<layout a="{}"/>
}
Root {
 inputs 0
 name /shots/a\\ b.nk
 format "2048 1556 0 0 2048 1556 1 2K_Super_35(full-ap)"
}
add_layer {mask mask.a}
set N48 [stack 0]
push $N48
Merge2 {
 inputs 2+1
 operation from
 mix {{curve x1 0 x24 1}}
 addUserKnob {20 User}
 addUserKnob {7 gain l Gain t "How much.\\nOf it." +STARTLINE R 0 2}
 addUserKnob {4 kind M {off gain ""}}
 addUserKnob {20 more n 1}
 name Merge1
}
"""


def test_a_script_as_nuke_saves_it_is_read() -> None:
    assert parse(AS_NUKE_SAVES) == (
        Version("15.0", "v4"),
        Declaration("define_window_layout_xml", '<?xml version="1.0"?>\n<layout a="{}"/>\n'),
        Node(
            "Root",
            (
                Knob("inputs", "0"),
                Knob("name", "/shots/a b.nk"),
                Knob("format", "2048 1556 0 0 2048 1556 1 2K_Super_35(full-ap)"),
            ),
        ),
        Declaration("add_layer", "mask mask.a"),
        Set("N48"),
        Push("N48"),
        Node(
            "Merge2",
            (
                Knob("inputs", "2+1"),
                Knob("operation", "from"),
                Knob("mix", Braced("{curve x1 0 x24 1}")),
                UserKnob(20, "User"),
                UserKnob(7, "gain", "Gain", "How much.\nOf it.", (0.0, 2.0), flags=("+STARTLINE",)),
                UserKnob(4, "kind", choices=("off", "gain", "")),
                UserKnob(20, "more", level=1),
                Knob("name", "Merge1"),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("Blur {\n size 2\n", 1, "never closed"),
        ('\nBlur {\n label "a\n}\n', 3, "quote"),
        ("\n}\n", 2, "not a statement"),
        ("Blur {\n size 2 3\n}", 2, "one value"),
        ("Blur {\n size\n}", 2, "one value"),
        ("Blur {\n label [exec]\n}", 2, "would be run"),
        ('Blur {\n\n label "[exec]"\n}', 3, "would be run"),
        ("Blur {\n size $x\n}", 2, "would be run"),
        ("Blur {\n size a$x\n}", 2, "would be run"),
        ("exec rm", 1, "not a statement"),
        ("[exec rm]", 1, "command was expected"),
        ("{Blur}", 1, "command was expected"),
        ("set N [exec rm]", 1, "not a statement"),
        ("push N", 1, "not a statement"),
        ("end_group", 1, "without a Group"),
        ("Group {\n}\nBlur {\n}\n", 1, "never closed by end_group"),
        ("\n\nclone $C1 {\n}", 3, "declone"),
        ("clone node1|Blur|2 Blur {\n}", 1, "declone"),
        ("Blur {\n addUserKnob 7\n}", 2, "needs braces"),
        ("Blur {\n addUserKnob {x y}\n}", 2, "a number and a name"),
        ("Blur {\n addUserKnob {7}\n}", 2, "a number and a name"),
        ("Blur {\n addUserKnob {7 a R 0}\n}", 2, "lacks its value"),
        ("Blur {\n addUserKnob {7 a R 0 b}\n}", 2, "needs numbers"),
        ("Blur {\n addUserKnob {7 a n x}\n}", 2, "needs numbers"),
        ("Blur {\n addUserKnob {7 a Q 1}\n}", 2, "no option 'Q'"),
        ("{}{}", 1, "without a space"),
        ("Blur {\n label a\\", 1, "never closed"),
    ],
)
def test_what_is_no_script_is_refused_with_its_line(text: str, line: int, what: str) -> None:
    with pytest.raises(DoublureError, match=f"line {line}: .*{what}"):
        parse(text)


def test_groups_nested_without_end_are_refused() -> None:
    with pytest.raises(DoublureError, match="nested"):
        parse("Group {\n}\n" * 5000)


@pytest.mark.parametrize("start", range(0, len(AS_NUKE_SAVES), 7))
def test_a_script_cut_anywhere_gives_statements_or_a_sentence_with_a_line(start: int) -> None:
    try:
        script = parse(AS_NUKE_SAVES[start:])
    except DoublureError as error:
        sentence = str(error)
    else:
        sentence = "line" if isinstance(script, tuple) else ""
    assert "line" in sentence


def test_a_file_that_is_not_text_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "bad.nk"
    path.write_bytes(b"Blur {\xff}")
    with pytest.raises(DoublureError, match=r"bad\.nk: the script is not UTF-8"):
        parse_file(path)
    with pytest.raises(DoublureError, match="cannot be read"):
        parse_file(tmp_path / "absent.nk")
