from __future__ import annotations

import json
from pathlib import Path

import pytest

from doublure.gizmos.face_replace import FACE_REPLACE
from doublure.gizmos.node_tools import node_tools
from doublure.gizmos.plugin import ANALYSE, INPUT_SPACE, clip_index, extras, hosted
from doublure.gizmos.tool import Tool, help_of, label_of
from doublure.gizmos.tools import tools
from doublure.nodes.ofx.descriptors import descriptor

GRAPH = json.loads((Path(__file__).parents[2] / "examples" / "graph.json").read_text(encoding="utf-8"))

every_tool = pytest.mark.parametrize("tool", tools(), ids=lambda tool: tool.name)


@every_tool
def test_every_param_of_every_node_is_driven_once_or_fixed_for_a_reason(tool: Tool) -> None:
    kept = {("Track", "overlay"), ("Blend", "alpha"), ("Swap", "output"), ("Swap", "crop_scale")}
    fixed = kept if tool is FACE_REPLACE else set()
    driven = [
        pair for control in tool.controls() for pair in ((control.member, control.param), *control.also)
    ]
    wanted = {
        (member.name, param.name)
        for member in tool.members
        for param in (*member.node.params, *extras(member.node))
    }
    assert len(driven) == len(set(driven))
    assert set(driven) == wanted - fixed


@every_tool
def test_names_on_a_panel_are_unique_and_every_control_has_a_label_and_a_tooltip(tool: Tool) -> None:
    names = [control.name for control in tool.controls()]
    assert len(names) == len(set(names))
    for control in tool.controls():
        assert label_of(tool, control)
        assert help_of(tool, control).endswith(".")


@every_tool
def test_every_needed_input_of_every_node_is_wired_from_something_before_it(tool: Tool) -> None:
    before = {item.name for item in tool.inputs}
    for member in tool.members:
        assert set(member.inputs) == {item.name for item in member.node.inputs}
        assert set(member.inputs.values()) <= before
        before.add(member.name)


def test_every_hosted_node_has_a_tool_with_the_names_of_its_params() -> None:
    for node, tool in zip(hosted(), node_tools(), strict=True):
        names = {control.name for control in tool.controls()}
        assert names == {param.name for param in (*node.params, *extras(node))}


def test_face_replace_starts_with_the_values_of_the_example_graph() -> None:
    nodes = {data["type"]: data["params"] for data in GRAPH["nodes"].values()}
    for member in FACE_REPLACE.members:
        example = nodes[member.node.id]
        for param in member.node.params:
            if param.kind in ("file", "string") or (member.name, param.name) == ("Track", "overlay"):
                continue
            assert member.value(param) == example.get(param.name, param.default), (member.name, param.name)


def test_the_overlay_that_is_for_looking_never_reaches_the_swap() -> None:
    assert FACE_REPLACE.member("Swap").inputs["plate"] == "plate"


def test_clips_are_numbered_as_the_plugin_describes_them() -> None:
    for node in hosted():
        clips = descriptor(node)["inputs"]
        assert clips[0]["clip"] == "Source"
        assert [clip_index(node, item["name"]) for item in clips] == list(range(len(clips)))


def test_every_param_of_a_tool_is_one_of_the_plugins() -> None:
    for node in hosted():
        assert descriptor(node)["analyses"] == (ANALYSE in extras(node))
        assert INPUT_SPACE in extras(node)
        assert {item["name"] for item in descriptor(node)["params"]} == {param.name for param in node.params}
