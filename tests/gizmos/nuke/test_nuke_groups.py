"""The checked-in toolsets, read back and held against the declarations knob by knob."""

from __future__ import annotations

from pathlib import Path

import pytest

from doublure.gizmos.face_replace import FACE_REPLACE
from doublure.gizmos.nk.parser import parse_file
from doublure.gizmos.nk.stack import Wired, connect
from doublure.gizmos.nk.syntax import Braced, Knob, UserKnob
from doublure.gizmos.node_tools import node_tool
from doublure.gizmos.packaged import ROOT
from doublure.gizmos.plugin import extras, hosted, nuke_class
from doublure.gizmos.tool import Tool, label_of
from doublure.gizmos.tools import tools
from doublure.nodes.schema import Node, Param

FOLDER = ROOT / "nuke" / "plugin" / "Doublure"
CODES = {"float": 7, "int": 3, "bool": 6, "choice": 4, "point": 12, "colour": 18}

every_tool = pytest.mark.parametrize("tool", tools(), ids=lambda tool: tool.name)
every_param = pytest.mark.parametrize(
    ("node", "param"),
    [(node, param) for node in hosted() for param in node.params],
    ids=lambda item: item.label if isinstance(item, Node) else item.name,
)


def group_of(tool: Tool) -> Wired:
    (group,) = connect(parse_file(FOLDER / f"{tool.name}.nk"), ["Selected"])
    return group


def inside(tool: Tool) -> dict[str, Wired]:
    children = group_of(tool).children
    assert children is not None
    return {child.name: child for child in children}


def text_of(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


@every_param
def test_a_node_tool_has_the_params_kind_label_tooltip_default_and_range(node: Node, param: Param) -> None:
    group = group_of(node_tool(node)).node
    knob = group.user(param.name)
    assert knob is not None
    assert knob.tip == param.help
    assert knob.label == (f"{param.label} ({param.unit})" if param.unit else param.label)
    if param.kind in ("file", "string"):
        assert (knob.code, knob.text) == (41, f"{node.label}.{param.name}")
        assert inside(node_tool(node))[node.label].node.value(param.name) == param.default
        return
    assert knob.code == CODES[param.kind]
    assert knob.choices == param.choices
    low = param.minimum if param.soft_minimum is None else param.soft_minimum
    high = param.maximum if param.soft_maximum is None else param.soft_maximum
    slider = param.kind in ("float", "colour") and low is not None and high is not None
    assert knob.limits == ((low, high) if slider else None)
    value = group.value(param.name)
    if isinstance(param.default, tuple):
        assert isinstance(value, Braced)
        assert tuple(map(float, value.text.split())) == param.default
    elif isinstance(param.default, (int, float)) and not isinstance(param.default, bool):
        assert isinstance(value, str)
        assert float(value) == param.default
    else:
        assert value == text_of(param.default)


@every_param
def test_the_node_inside_a_node_tool_follows_the_panel(node: Node, param: Param) -> None:
    value = inside(node_tool(node))[node.label].node.value(param.name)
    if param.kind in ("file", "string"):
        assert value == param.default
    elif param.kind == "point":
        assert value == Braced(f"{{parent.{param.name}.x}} {{parent.{param.name}.y}}")
    else:
        assert value == Braced(f"{{parent.{param.name}}}")


@every_tool
def test_a_tool_is_a_group_of_openfx_nodes_and_of_nukes_own(tool: Tool) -> None:
    group = group_of(tool)
    assert group.node.type == "Group"
    assert group.node.value("help") == tool.help
    known = {"Input", "Output", "Copy", "Switch", *(nuke_class(member.node) for member in tool.members)}
    assert {child.node.type for child in inside(tool).values()} <= known


@every_tool
def test_pasting_a_tool_connects_its_first_input_to_the_selected_node(tool: Tool) -> None:
    assert group_of(tool).inputs == ("Selected", *[None] * (len(tool.inputs) - 1))


@every_tool
def test_a_groups_inputs_are_numbered_in_the_declared_order(tool: Tool) -> None:
    inputs = [child.node for child in inside(tool).values() if child.node.type == "Input"]
    assert [node.value("name") for node in inputs] == [item.name for item in tool.inputs]
    assert [node.value("number") or "0" for node in inputs] == [str(i) for i in range(len(inputs))]


@every_tool
def test_every_inner_node_gets_its_clips_in_order(tool: Tool) -> None:
    for member in tool.members:
        wanted = tuple(member.inputs.get(item.name) for item in member.node.inputs)
        assert inside(tool)[member.name].inputs == wanted


@every_tool
def test_an_inner_node_sets_no_knob_that_the_plugin_lacks(tool: Tool) -> None:
    for member in tool.members:
        names = {knob.name for knob in inside(tool)[member.name].node.knobs}
        known = {param.name for param in (*member.node.params, *extras(member.node))}
        assert names <= {*known, "name", "xpos", "ypos"}
        assert {param.name for param in member.node.params} <= names


@every_tool
def test_every_control_is_on_the_panel_with_a_tooltip_under_its_tab(tool: Tool) -> None:
    knobs = [knob for knob in group_of(tool).node.knobs if isinstance(knob, UserKnob)]
    tabs = [knob.label for knob in knobs if knob.code == 20 and knob.level is None]
    assert tabs == [*(page.label for page in tool.pages), "About"]
    order = [knob.name for knob in knobs if knob.code not in (20, 26)]
    controls = [control.name for control in tool.controls()]
    assert [name for name in order if name in controls] == controls
    for knob in knobs:
        assert knob.code in (20, 26) or knob.tip, knob.name


@every_tool
def test_every_heading_that_is_opened_is_closed(tool: Tool) -> None:
    levels = [knob.level for knob in group_of(tool).node.knobs if isinstance(knob, UserKnob) and knob.level]
    assert levels == [1, -1] * (len(levels) // 2)


@every_tool
def test_knob_names_are_unique(tool: Tool) -> None:
    names = [knob.name for knob in group_of(tool).node.knobs if isinstance(knob, UserKnob)]
    assert len(names) == len(set(names))


@every_tool
def test_every_link_and_expression_leads_to_a_knob_that_is_there(tool: Tool) -> None:
    group, children = group_of(tool), inside(tool)
    for knob in group.node.knobs:
        if isinstance(knob, UserKnob) and knob.code == 41:
            member, name = (knob.text or "").split(".")
            assert has_knob(tool, children, member, name), knob.text
    for child in children.values():
        for knob in child.node.knobs:
            assert isinstance(knob, Knob)
            for leader in leaders(knob):
                owner, name = leader.split(".")[:2]
                if owner == "parent":
                    assert group.node.user(name), leader
                else:
                    assert has_knob(tool, children, owner, name), leader


def has_knob(tool: Tool, children: dict[str, Wired], owner: str, name: str) -> bool:
    """Whether the node sets the knob, or the plug-in gives it one of that name."""
    added = {item.name for member in tool.members if member.name == owner for item in extras(member.node)}
    return name in added or children[owner].node.value(name) is not None


def leaders(knob: Knob) -> list[str]:
    if isinstance(knob.value, Braced) and "." in knob.value.text and "{" in knob.value.text:
        return [part.strip("{}") for part in knob.value.text.split()]
    if isinstance(knob.value, str) and knob.value.startswith("[value "):
        return [knob.value[7:-1]]
    return []


def test_one_track_file_feeds_track_swap_and_relight() -> None:
    nodes = inside(FACE_REPLACE)
    for name, param in (("Track", "sidecar"), ("Swap", "track"), ("Relight", "track")):
        assert nodes[name].node.value(param) == "[value parent.sidecar]"


def test_one_working_space_drives_every_node() -> None:
    nodes = inside(FACE_REPLACE)
    assert nodes["Track"].node.value("input_space") is None, "the plug-in knows its default in this host"
    for name in ("Swap", "Relight", "Blend"):
        assert nodes[name].node.value("input_space") == Braced("{Track.input_space}")


def test_face_replace_starts_with_its_own_values_on_the_nodes_inside() -> None:
    nodes = inside(FACE_REPLACE)
    for member in FACE_REPLACE.members:
        for name, value in member.values.items():
            assert nodes[member.name].node.value(name) == text_of(value)


def test_the_comp_keeps_the_plates_alpha_and_puts_the_matte_where_the_artist_wants_it() -> None:
    comp = inside(FACE_REPLACE)["Comp"]
    assert comp.inputs == ("plate", "Blend")
    pairs = [(comp.node.value(f"from{i}"), comp.node.value(f"to{i}")) for i in range(4)]
    assert pairs == [
        ("rgba.red", "rgba.red"),
        ("rgba.green", "rgba.green"),
        ("rgba.blue", "rgba.blue"),
        ("rgba.alpha", "mask.a"),
    ]
    assert inside(FACE_REPLACE)["Blend"].node.value("alpha") == "matte"
    knob = group_of(FACE_REPLACE).node.user("matte_to")
    assert knob is not None
    assert knob.text == "Comp.to3"


def test_the_result_knob_chooses_between_comp_face_matte_and_track() -> None:
    nodes = inside(FACE_REPLACE)
    knob = group_of(FACE_REPLACE).node.user("result")
    assert knob is not None
    assert knob.choices == ("comp", "face", "matte", "track")
    assert nodes["Result"].inputs == ("Comp", "Relight", "Matte", "Track")
    assert nodes["Result"].node.value("which") == Braced("{parent.result}")
    assert nodes["Matte"].inputs == ("Blend", "Blend")
    assert nodes["Output1"].inputs == ("Result",)


def test_the_node_shows_what_it_gives_and_the_frames_mix() -> None:
    assert group_of(FACE_REPLACE).node.value("label") == "[value result], mix [value mix]"


def test_controls_of_face_replace_are_labelled_as_declared() -> None:
    group = group_of(FACE_REPLACE).node
    for control in FACE_REPLACE.controls():
        knob = group.user(control.name)
        assert knob is not None
        assert knob.label == label_of(FACE_REPLACE, control)


def test_the_folder_holds_nothing_else() -> None:
    assert sorted(FOLDER.iterdir()) == sorted(Path(FOLDER / f"{tool.name}.nk") for tool in tools())
