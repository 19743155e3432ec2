from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from graph_plates import FakeFace, comp_json, make_frame, make_plate

from doublure.cli.main import main
from doublure.core.exr import write_exr
from doublure.nodes.registry import NODES

NUMBERS = range(1001, 1005)


@pytest.fixture(autouse=True)
def fake_face(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NODES, FakeFace.id, FakeFace)


@pytest.fixture
def graph(tmp_path: Path) -> str:
    make_plate(tmp_path / "plate", NUMBERS)
    return write_graph(tmp_path)


def write_graph(folder: Path, **face: Any) -> str:
    path = folder / "graph.json"
    path.write_text(json.dumps(comp_json("plate/plate.####.exr", "comp/comp.####.exr", **face)))
    return str(path)


def run(*arguments: str) -> int:
    return main(["render", *arguments, "--frames", "1001-1004"])


def spoil_missing(folder: Path) -> None:
    (folder / "plate/plate.1002.exr").unlink()


def spoil_truncated(folder: Path) -> None:
    path = folder / "plate/plate.1002.exr"
    path.write_bytes(path.read_bytes()[:-3000])


def spoil_channels(folder: Path) -> None:
    write_exr(folder / "plate/plate.1002.exr", make_frame(1002, channels=("R", "G", "A")))


def test_a_good_render_exits_0_and_counts_progress(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(graph) == 0
    told = capsys.readouterr()
    lines = told.err.splitlines()
    assert lines[:5] == [f"Progress: {percent}%" for percent in (0, 25, 50, 75, 100)]
    assert lines[5].startswith("doublure: frames: 4 rendered, 0 already there; ")
    assert told.out == ""


def test_a_resumed_render_exits_0(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(graph)
    assert run(graph) == 0
    assert "0 rendered, 4 already there" in capsys.readouterr().err


@pytest.mark.parametrize("spoil", [spoil_missing, spoil_truncated, spoil_channels])
def test_a_bad_frame_exits_1_is_told_once_and_the_others_are_rendered(
    graph: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], spoil: Any
) -> None:
    spoil(tmp_path)
    assert run(graph) == 1
    told = capsys.readouterr().err
    assert len([line for line in told.splitlines() if "frame 1002" in line]) == 1
    assert "Error" not in told
    assert "Traceback" not in told
    assert sorted(path.name for path in (tmp_path / "comp").iterdir()) == [
        f"comp.{number}.exr" for number in (1001, 1003, 1004)
    ]


def test_a_faceless_frame_exits_1_unless_it_is_allowed(
    graph: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_graph(tmp_path, faceless="1002,1003")
    assert run(graph) == 1
    said = capsys.readouterr().err
    assert "(frames 1002-1003): no face (no face was found); the plate is kept there" in said
    assert run(graph, "--allow-faceless") == 0
    assert len(list((tmp_path / "comp").iterdir())) == 4


def test_json_is_one_object_with_the_whole_report(
    graph: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil_missing(tmp_path)
    write_graph(tmp_path, faceless="1003")
    assert run(graph, "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert report["rendered"] == [1001, 1003, 1004]
    assert report["skipped"] == []
    assert [each["frame"] for each in report["failed"]] == [1002]
    assert report["faceless"] == [{"frame": 1003, "reason": "no face was found"}]
    assert report["seconds"] >= 0


def test_params_can_be_set(graph: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(graph, "--set", "out.pattern=else/o.####.exr", "--set", "face.gain=2") == 0
    assert len(list((tmp_path / "else").iterdir())) == 4


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--set", "out.space=ACESgc"], "did you mean ACEScg"),
        (["--set", "plate.space=nothing"], "no colour space"),
        (["--set", "face.gian=2"], "did you mean gain"),
        (["--set", "out.pattern=/proc/nothing/o.####.exr"], "cannot be written"),
    ],
)
def test_a_fault_of_the_set_up_exits_1_before_any_frame(
    graph: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert run(graph, *arguments) == 1
    told = capsys.readouterr().err
    assert sentence in told
    assert "Progress" not in told
    assert not list(tmp_path.glob("comp/*.exr"))


def test_a_missing_graph_exits_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(tmp_path / "none.json")) == 1
    assert "none.json: the graph cannot be read" in capsys.readouterr().err


def test_a_missing_model_exits_1_before_any_frame(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_plate(tmp_path / "plate", NUMBERS)
    data = comp_json("plate/plate.####.exr", "comp/comp.####.exr")
    data["nodes"]["face"] = {
        "type": "org.doublure.swap",
        "inputs": {"plate": "plate"},
        "params": {"model": "hero.safetensors", "track": "track.json"},
    }
    (tmp_path / "graph.json").write_text(json.dumps(data))
    assert run(str(tmp_path / "graph.json")) == 1
    told = capsys.readouterr().err
    assert "hero.safetensors: there is no such model" in told
    assert "Progress" not in told


def test_a_setting_without_a_value_is_a_wrong_usage(graph: str) -> None:
    with pytest.raises(SystemExit) as end:
        run(graph, "--set", "gain")
    assert end.value.code == 2
