from __future__ import annotations

from pathlib import Path

from doublure.gizmos.nk.parser import parse
from doublure.gizmos.nk.syntax import Node
from doublure.gizmos.nk.writer import write
from doublure.gizmos.nuke.cat_file import RGBA, cat_file_creator

KNOBS = {"mix": (1.0, 0.0, 1.0, "How much [of it]."), "sharpness": (0.25, -1.0, 1.0, "")}


def _node(path: Path) -> Node:
    script = cat_file_creator(path, "Doublure ada", KNOBS)
    assert parse(write(script)) == script
    (node,) = script
    assert isinstance(node, Node)
    return node


def test_the_cat_file_lies_beside_the_torchscript_file(tmp_path: Path) -> None:
    node = _node(tmp_path / "my hero.pt")
    assert node.type == "CatFileCreator"
    assert node.value("torchScriptFile") == (tmp_path / "my hero.pt").as_posix()
    assert node.value("catFile") == (tmp_path / "my hero.cat").as_posix()


def test_four_channels_go_in_and_come_out(tmp_path: Path) -> None:
    node = _node(tmp_path / "a.pt")
    assert node.value("channelsIn") == node.value("channelsOut") == ", ".join(RGBA)
    assert len(RGBA) == 4


def test_what_else_goes_in_follows_the_four_channels(tmp_path: Path) -> None:
    (node,) = cat_file_creator(tmp_path / "a.pt", "Doublure ada", KNOBS, ("guide.lips", "guide.nose"))
    assert isinstance(node, Node)
    assert node.value("channelsIn") == ", ".join((*RGBA, "guide.lips", "guide.nose"))
    assert node.value("channelsOut") == ", ".join(RGBA)


def test_each_knob_is_a_slider_with_its_value(tmp_path: Path) -> None:
    node = _node(tmp_path / "a.pt")
    for name, (value, low, high, tip) in KNOBS.items():
        added = node.user(name)
        assert added is not None
        assert (added.code, added.limits, added.tip) == (7, (low, high), tip)
        assert float(str(node.value(name))) == value


def test_a_relative_path_is_made_absolute() -> None:
    assert Path(str(_node(Path("a.pt")).value("torchScriptFile"))).is_absolute()
