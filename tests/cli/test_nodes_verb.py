from __future__ import annotations

import json
from pathlib import Path

import pytest

from doublure.cli.main import main
from doublure.nodes import NODES
from doublure.nodes.reference import reference

REFERENCE = Path(__file__).parents[2] / "docs" / "nodes.md"


def test_json_describes_every_node(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nodes", "--json"]) == 0
    assert [node["id"] for node in json.loads(capsys.readouterr().out)["nodes"]] == list(NODES)


def test_the_list_names_every_param(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nodes"]) == 0
    out = capsys.readouterr().out
    assert all(param.name in out for node in NODES.values() for param in node.params)


def test_the_node_reference_in_docs_is_current() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference(NODES.values()), (
        "run doublure nodes --markdown > docs/nodes.md"
    )
