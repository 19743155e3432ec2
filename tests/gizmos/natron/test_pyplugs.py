"""The checked-in PyPlugs, run in a stand-in for Natron and held against the declarations."""

from __future__ import annotations

import ast

import pytest
from fake_natron import FakeApp, FakeNode, FakeParam, load

from doublure.gizmos.face_replace import FACE_REPLACE
from doublure.gizmos.node_tools import node_tool
from doublure.gizmos.packaged import ROOT
from doublure.gizmos.plugin import ANALYSE, clip_index, extras, hosted
from doublure.gizmos.tool import Tool
from doublure.gizmos.tools import tools
from doublure.nodes.schema import Node, Param

FOLDER = ROOT / "natron" / "plugin"
KINDS = {
    "float": "Double",
    "int": "Int",
    "bool": "Boolean",
    "choice": "Choice",
    "string": "String",
    "file": "File",
    "point": "Double2D",
    "colour": "Color",
}

every_tool = pytest.mark.parametrize("tool", tools(), ids=lambda tool: tool.name)
every_param = pytest.mark.parametrize(
    ("node", "param"),
    [(node, param) for node in hosted() for param in node.params],
    ids=lambda item: item.label if isinstance(item, Node) else item.name,
)


def plugins(**changed: str) -> dict[str, dict[str, str]]:
    """Natron's own nodes and ours, with the kinds of their params."""
    known = {
        "fr.inria.built-in.Input": {"optional": "Boolean", "isMask": "Boolean"},
        "fr.inria.built-in.Output": {},
        "net.sf.openfx.switchPlugin": {"which": "Int"},
    }
    for node in hosted():
        own = {param.name: KINDS[param.kind] for param in node.params}
        added = {item.name: "Button" if item is ANALYSE else "Choice" for item in extras(node)}
        known[node.id] = {**own, **added, **changed}
    # A file that the plug-in writes is of another type in Natron than one that it reads.
    known["org.doublure.track"]["sidecar"] = "OutputFile"
    return known


def build(
    tool: Tool,
    monkeypatch: pytest.MonkeyPatch,
    *,
    app: FakeApp | None = None,
    refused: frozenset[str] = frozenset(),
) -> tuple[FakeNode, dict[str, FakeNode]]:
    app = app or FakeApp(plugins())
    group = FakeNode("group", [], refused)
    load(FOLDER / f"{tool.name}.py", monkeypatch).createInstance(app, group)
    return group, {node.name: node for node in app.nodes}


def param_of(node: FakeNode, name: str) -> FakeParam:
    param = node.getParam(name)
    assert param is not None, name
    return param


@every_tool
def test_a_pyplug_says_what_natron_asks_of_it(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    path = FOLDER / f"{tool.name}.py"
    assert path.read_text(encoding="ascii").startswith("# Natron PyPlug\n")
    module = load(path, monkeypatch)
    assert module.getPluginID().startswith("org.doublure.natron.")
    assert module.getLabel() == tool.label
    assert module.getVersion() == tool.version
    assert module.getGrouping() == "Doublure"
    assert module.getPluginDescription() == module.getDescription() == tool.help
    assert (FOLDER / module.getIconPath()).is_file()


def test_pyplugs_have_ids_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = {load(FOLDER / f"{tool.name}.py", monkeypatch).getPluginID() for tool in tools()}
    assert len(ids) == len(tools())
    assert not ids & {node.id for node in hosted()}


@every_tool
def test_a_pyplug_uses_no_python_that_natrons_oldest_lacks(tool: Tool) -> None:
    for item in ast.walk(ast.parse((FOLDER / f"{tool.name}.py").read_text(encoding="ascii"))):
        assert not isinstance(item, (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef))
        if isinstance(item, ast.FunctionDef):
            assert item.returns is None
            assert not any(arg.annotation for arg in item.args.args)
        if isinstance(item, (ast.Import, ast.ImportFrom)):
            assert {alias.name for alias in item.names} <= {"sys", "NatronEngine"}


@every_param
def test_a_node_tool_has_the_params_kind_tooltip_default_and_range(
    node: Node, param: Param, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, _ = build(node_tool(node), monkeypatch)
    made = param_of(group, param.name)
    assert made.kind == KINDS[param.kind]
    assert made.help == param.help
    assert made.animated == param.animatable
    assert made.options == list(param.choices)
    default = param.default if isinstance(param.default, tuple) else (param.default,)
    assert tuple(made.defaults.values()) == default
    assert made.restored == set(made.defaults)
    if param.kind in ("float", "int", "point", "colour"):
        wanted = {
            "minimum": param.minimum,
            "maximum": param.maximum,
            "low": param.minimum if param.soft_minimum is None else param.soft_minimum,
            "high": param.maximum if param.soft_maximum is None else param.soft_maximum,
        }
        assert made.bounds == {
            f"{name}{dimension}": bound
            for name, bound in wanted.items()
            if bound is not None
            for dimension in range(len(default))
        }


@every_tool
def test_every_control_drives_the_node_inside(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    group, nodes = build(tool, monkeypatch)
    for control in tool.controls():
        outer = param_of(group, control.name)
        for member, name in ((control.member, control.param), *control.also):
            inner = param_of(nodes[member], name)
            assert outer.alias is inner or inner.expressions == {0: f"thisGroup.{control.name}.get()"}


@every_tool
def test_every_node_is_wired_by_the_number_of_its_clip(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    _, nodes = build(tool, monkeypatch)
    for member in tool.members:
        wanted = {clip_index(member.node, name): nodes[source] for name, source in member.inputs.items()}
        assert nodes[member.name].inputs == wanted


@every_tool
def test_a_groups_inputs_are_made_in_order_with_their_nature(
    tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, nodes = build(tool, monkeypatch)
    made = [node for node in nodes.values() if node.plugin == "fr.inria.built-in.Input"]
    assert [node.label for node in made] == [item.name for item in tool.inputs]
    for node, item in zip(made, tool.inputs, strict=True):
        assert param_of(node, "optional").value == (item.optional,)
        assert param_of(node, "isMask").value == (item.mask,)


@every_tool
def test_every_control_lies_on_a_tab_and_the_panel_is_refreshed(
    tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, _ = build(tool, monkeypatch)
    tabs = [param for param in group.params.values() if param.kind == "Page"]
    assert [tab.label for tab in tabs] == [*(page.label for page in tool.pages), "About"]
    assert group.pages[: len(tabs)] == [tab.name for tab in tabs]
    placed = {child.name for tab in tabs for item in tab.children for child in (item, *item.children)}
    assert placed == {name for name, param in group.params.items() if param.kind != "Page"}
    assert group.refreshed


def test_face_replace_starts_with_its_own_values_inside_and_on_the_panel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    group, nodes = build(FACE_REPLACE, monkeypatch)
    assert param_of(nodes["Relight"], "amount").value == (0.2,)
    assert param_of(group, "relight_amount").defaults == {0: 0.2}
    assert param_of(nodes["Blend"], "colour_match").value == ("off",)
    assert param_of(group, "blend_colour_match").defaults == {0: "off"}
    assert param_of(nodes["Track"], "overlay").value == (True,)


def test_face_replace_gives_comp_face_or_track_and_the_matte_as_alpha(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    group, nodes = build(FACE_REPLACE, monkeypatch)
    assert param_of(group, "result").options == ["comp", "face", "track"]
    assert nodes["Result"].inputs == {0: nodes["Blend"], 1: nodes["Relight"], 2: nodes["Track"]}
    assert param_of(nodes["Result"], "which").expressions == {0: "thisGroup.result.get()"}
    assert nodes["Output"].inputs == {0: nodes["Result"]}
    alpha = param_of(group, "alpha")
    assert alpha.options == ["plate", "matte"]
    assert alpha.defaults == {0: "plate"}
    assert alpha.alias is param_of(nodes["Blend"], "alpha")


def test_a_control_that_natron_gives_as_none_is_left_out_and_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = frozenset({"blend_colour_match", "result", "group_blend_seam"})
    group, nodes = build(FACE_REPLACE, monkeypatch, refused=refused)
    assert group.getParam("blend_colour_match") is None
    assert param_of(nodes["Blend"], "colour_match").value == ("off",)
    told = capsys.readouterr().err
    assert "Natron gave no control for blend_colour_match; set it on the node inside the group." in told
    assert "no control for result" in told


def test_a_param_that_natron_does_not_reach_inside_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app = FakeApp(plugins(), frozenset({"colour_match"}))
    build(FACE_REPLACE, monkeypatch, app=app)
    told = capsys.readouterr().err
    assert "Blend.colour_match" in told
    assert "blend_colour_match" in told


@pytest.mark.parametrize("strict", [False, True])
def test_a_param_of_another_kind_is_told_and_not_tied(
    strict: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    build(FACE_REPLACE, monkeypatch, app=FakeApp(plugins(feather="Int"), strict=strict))
    assert "no control for blend_feather" in capsys.readouterr().err


@every_tool
def test_nothing_is_told_when_all_is_well(
    tool: Tool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    build(tool, monkeypatch)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("plugin", "remedy"),
    [
        ("org.doublure.swap", "Doublure's OpenFX plug-in with doublure ofx install"),
        ("net.sf.openfx.switchPlugin", "Natron's own plug-ins"),
    ],
)
def test_without_a_plugin_the_sentence_says_what_to_install(
    plugin: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = plugins()
    del known[plugin]
    with pytest.raises(RuntimeError, match=f"node {plugin}; install {remedy}, then start Natron again"):
        build(FACE_REPLACE, monkeypatch, app=FakeApp(known))
