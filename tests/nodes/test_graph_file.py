from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from graph_plates import TYPES, comp_json

from doublure.core.errors import DoublureError
from doublure.nodes import Graph, Link, Read, Track, Write
from doublure.nodes.graph_file import graph_from_json, graph_to_json, load_graph, override, save_graph


def written(folder: Path, data: Any) -> Path:
    path = folder / "graph.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def checked(data: dict[str, Any]) -> Graph:
    graph = graph_from_json(data, "/shots", TYPES)
    graph.check(graph.outputs())
    return graph


def test_relative_paths_are_relative_to_the_graphs_folder(tmp_path: Path) -> None:
    graph = load_graph(written(tmp_path, comp_json("plates/p.####.exr", "/abs/o.####.exr")), TYPES)
    assert graph.params_at("plate", 1)["pattern"] == str(tmp_path / "plates/p.####.exr")
    assert graph.params_at("out", 1)["pattern"] == "/abs/o.####.exr"


def test_keyframes_give_each_frame_its_value() -> None:
    graph = checked(comp_json("p.####.exr", "o.####.exr", gain={"keys": [[1001, 0.0], [1011, 1.0]]}))
    assert graph.params_at("face", 1004)["gain"] == pytest.approx(0.3)


def test_a_link_takes_the_other_nodes_value() -> None:
    data = comp_json("p.####.exr", "o.####.exr", gain=2.0)
    data["nodes"]["second"] = {
        "type": "org.doublure.fakeface",
        "inputs": {"plate": "face"},
        "params": {"gain": {"link": "face.gain"}},
    }
    data["nodes"]["out"]["inputs"]["image"] = "second"
    assert checked(data).params_at("second", 1)["gain"] == 2.0


def test_a_linked_node_is_prepared_before_the_one_that_asks() -> None:
    graph = Graph()
    graph.add("plate", Read, pattern="p.####.exr")
    graph.add("user", Track, plate="plate", sidecar=Link("maker", "sidecar"))
    graph.add("maker", Track, plate="plate", sidecar="track.json")
    order = graph.order(["user"])
    assert order.index("maker") < order.index("user")


def test_a_graph_survives_saving_and_loading(tmp_path: Path) -> None:
    data = comp_json("p.####.exr", "o.####.exr", gain={"keys": [[1, 0.5]], "interpolation": "smooth"})
    graph = graph_from_json(data, tmp_path, TYPES)
    save_graph(graph, tmp_path / "again.json")
    assert graph_to_json(load_graph(tmp_path / "again.json", TYPES)) == graph_to_json(graph)
    assert (
        json.loads((tmp_path / "again.json").read_text())["nodes"]["plate"]["params"]["pattern"]
        == "p.####.exr"
    )


def test_nodes_may_come_in_any_order() -> None:
    data = comp_json("p.####.exr", "o.####.exr")
    data["nodes"] = dict(reversed(data["nodes"].items()))
    assert checked(data).order(["out"]) == ["plate", "face", "out"]


def test_a_node_that_no_output_needs_may_be_unfinished() -> None:
    data = comp_json("p.####.exr", "o.####.exr")
    data["nodes"]["loose"] = {"type": "org.doublure.blend"}
    checked(data)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: d.update(schema="doublure.graph/9"), "not a doublure.graph/1 file"),
        (lambda d: d.pop("schema"), "its schema is not named"),
        (lambda d: d.pop("nodes"), "'nodes' is a required property"),
        (lambda d: d.update(nodes={}), "wrong at nodes"),
        (lambda d: d.update(extra=1), "'extra' was unexpected"),
        (lambda d: d["nodes"]["plate"].update(typ=1), "wrong at nodes/plate"),
        (lambda d: d["nodes"].update({"1st": {"type": "org.doublure.read"}}), "1st"),
        (lambda d: d["nodes"]["face"].update(type="org.doublure.raed"), "did you mean org.doublure.read"),
        (
            lambda d: d["nodes"]["face"]["inputs"].update(plat="plate"),
            "face has no input 'plat'; did you mean plate",
        ),
        (lambda d: d["nodes"]["face"]["inputs"].clear(), "input 'plate' of face is not connected"),
        (lambda d: d["nodes"]["face"]["inputs"].update(plate="plaet"), "did you mean plate"),
        (lambda d: d["nodes"]["face"]["inputs"].update(plate="face"), r"circle \(face -> face\)"),
        (
            lambda d: d["nodes"]["face"]["params"].update(gian=1),
            "face has no param 'gian'; did you mean gain",
        ),
        (lambda d: d["nodes"]["face"]["params"].update(gain=9), r"face.gain is 9; give a value from 0 to 4"),
        (lambda d: d["nodes"]["face"]["params"].update(gain="x"), "face.gain is 'x'; give a number"),
        (lambda d: d["nodes"]["face"]["params"].update(gain=[1, 2]), "face.gain is"),
        (lambda d: d["nodes"]["face"]["params"].update(gain=None), "wrong at nodes/face/params/gain"),
        (lambda d: d["nodes"]["face"]["params"].update(gain={"link": "face.gain"}), "linked to itself"),
        (
            lambda d: d["nodes"]["face"]["params"].update(gain={"link": "nobody.gain"}),
            "has no node 'nobody'|nobody",
        ),
        (lambda d: d["nodes"]["face"]["params"].update(gain={"link": "plate.pattern"}), "cannot be linked"),
        (lambda d: d["nodes"]["face"]["params"].update(seed={"keys": [[1, 1]]}), "cannot be animated"),
        (lambda d: d["nodes"]["plate"]["params"].clear(), "plate.pattern is empty"),
        (lambda d: d["nodes"]["out"]["params"].update(compression="ZIP"), "did you mean zip"),
    ],
)
def test_a_broken_graph_is_told_in_a_sentence(change: Any, sentence: str) -> None:
    data = copy.deepcopy(comp_json("p.####.exr", "o.####.exr"))
    change(data)
    with pytest.raises(DoublureError, match=sentence) as caught:
        checked(data)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"schema": "doublure.graph/1", "schema": 1}', '{"schema": NaN}', "\ufeff{}"],
)
def test_a_file_that_is_no_graph_is_told_by_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(DoublureError, match=r"graph\.json: "):
        load_graph(written(tmp_path, text))


def test_a_missing_file_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match=r"none\.json: the graph cannot be read"):
        load_graph(tmp_path / "none.json")


def test_a_longer_circle_is_spelt_out() -> None:
    data = comp_json("p.####.exr", "o.####.exr")
    data["nodes"]["again"] = {"type": "org.doublure.fakeface", "inputs": {"plate": "face"}}
    data["nodes"]["face"]["inputs"]["plate"] = "again"
    with pytest.raises(DoublureError, match=r"circle \(face -> again -> face\)"):
        checked(data)


@pytest.mark.parametrize(
    ("assignment", "param", "value"),
    [
        ("face.gain=0.5", "gain", 0.5),
        ("face.seed=7", "seed", 7),
        ("face.faceless=1,2", "faceless", "1,2"),
        ('face.gain={"keys": [[1, 0.0], [3, 1.0]]}', "gain", 0.5),
    ],
)
def test_a_param_can_be_set_from_text(assignment: str, param: str, value: object) -> None:
    graph = graph_from_json(comp_json("p.####.exr", "o.####.exr"), "/shots", TYPES)
    override(graph, assignment)
    assert graph.params_at("face", 2)[param] == value


def test_a_path_set_from_text_is_relative_to_the_current_folder(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    graph = graph_from_json(comp_json("p.####.exr", "o.####.exr"), "/shots", TYPES)
    override(graph, "plate.pattern=other.####.exr")
    assert graph.params_at("plate", 1)["pattern"] == str(tmp_path / "other.####.exr")


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("gain=1", "write it node.param=value"),
        ("face.gain", "write it node.param=value"),
        ("fcae.gain=1", "did you mean face"),
        ("face.gian=1", "did you mean gain"),
        ("face.gain=high", "face.gain is 'high'"),
        ("face.gain=1,2", "face.gain is '1,2'"),
        ("face.gain={keys", "not sound JSON"),
        ("out.compression=zap", "which is not a choice"),
    ],
)
def test_a_bad_setting_from_text_is_told_in_a_sentence(assignment: str, sentence: str) -> None:
    graph = graph_from_json(comp_json("p.####.exr", "o.####.exr"), "/shots", TYPES)
    with pytest.raises(DoublureError, match=sentence):
        override(graph, assignment)


def test_the_api_refuses_two_nodes_of_one_name() -> None:
    graph = Graph()
    graph.add("out", Write, image="x", pattern="o.####.exr")
    with pytest.raises(DoublureError, match="two nodes named out"):
        graph.add("out", Write, image="x", pattern="o.####.exr")


def test_a_node_that_could_not_be_added_leaves_nothing_behind() -> None:
    graph = Graph()
    with pytest.raises(DoublureError):
        graph.add("out", Write, image="x", patern="o.####.exr")
    assert not graph.nodes
