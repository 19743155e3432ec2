from __future__ import annotations

import pytest

from doublure.core.errors import DoublureError
from doublure.gizmos.nk.parser import parse
from doublure.gizmos.nk.stack import Wired, connect, lay_out, toolset
from doublure.gizmos.nk.syntax import Knob, Node


def wires(text: str, *above: str) -> dict[str, tuple[str | None, ...]]:
    return {wired.name: wired.inputs for wired in connect(parse(text), above)}


def named(name: str, *inputs: str | None, children: tuple[Wired, ...] | None = None) -> Wired:
    return Wired(Node("Group" if children is not None else "Dot", (Knob("name", name),)), inputs, children)


def test_a_node_takes_its_input_from_the_stack_and_puts_itself_there() -> None:
    assert wires("Read {\n inputs 0\n name A\n}\nBlur {\n name B\n}\nBlur {\n name C\n}") == {
        "A": (),
        "B": ("A",),
        "C": ("B",),
    }


def test_input_0_is_the_stacks_top_and_a_mask_comes_last() -> None:
    text = "".join(f"Read {{\n inputs 0\n name {name}\n}}\n" for name in "ABC")
    assert wires(text + "Merge2 {\n inputs 2+1\n name M\n}")["M"] == ("C", "B", "A")


def test_set_names_an_entry_below_the_top_and_push_brings_it_back() -> None:
    text = (
        "Read {\n inputs 0\n name A\n}\nRead {\n inputs 0\n name B\n}\nset Na [stack 1]\npush 0\npush $Na\n"
    )
    assert wires(text + "Merge2 {\n inputs 2\n name M\n}")["M"] == ("A", None)


def test_an_empty_stack_connects_nothing() -> None:
    assert wires("set N [stack 0]\npush $N\nMerge2 {\n inputs 2\n name M\n}")["M"] == (None, None)


def test_a_group_has_a_stack_of_its_own() -> None:
    text = "Read {\n inputs 0\n name A\n}\nGroup {\n name G\n}\n Blur {\n  name B\n }\nend_group\nBlur {\n name C\n}"
    nodes = {wired.name: wired for wired in connect(parse(text))}
    assert nodes["G"].children is not None
    assert nodes["G"].children[0].inputs == (None,)
    assert nodes["C"].inputs == ("G",)


def test_wires_survive_being_laid_out_and_read_again() -> None:
    inner = (named("a"), named("b", "a", None, "a"))
    nodes = (named("A"), named("B", None), named("G", "B", "A", children=inner), named("C", "G", "G", "A"))
    assert connect(lay_out(nodes)) == nodes


def test_a_toolset_connects_its_first_input_to_what_is_selected() -> None:
    tool = named("T", None, None, None, children=())
    (wired,) = connect(toolset(tool), ["Selected"])
    assert wired.inputs == ("Selected", None, None)


def test_what_is_selected_has_a_name_that_a_pasted_script_need_not_set() -> None:
    assert wires("push $cut_paste_input\nBlur {\n name B\n}", "Selected") == {"B": ("Selected",)}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("push $N1", r"\$N1 is pushed"),
        ("Blur {\n inputs x\n name A\n}", "no number"),
        ("Blur {\n inputs 99999999\n name A\n}", "more than"),
        ("Blur {\n}", "has no name"),
        ("Blur {\n name A\n}\nBlur {\n name A\n}", "named A"),
    ],
)
def test_a_stack_that_makes_no_sense_is_refused(text: str, what: str) -> None:
    with pytest.raises(DoublureError, match=what):
        connect(parse(text))


def test_a_wire_from_a_later_node_is_refused() -> None:
    with pytest.raises(DoublureError, match="does not come before"):
        lay_out((named("A", "B"), named("B")))
