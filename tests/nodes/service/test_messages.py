from __future__ import annotations

from typing import Any

import pytest

from doublure.core.window import Window
from doublure.nodes.service import messages as m
from doublure.nodes.service.faults import BadRequest
from tests.nodes.service.raw import SIZE, output, picture, render


def test_a_render_is_read_with_its_defaults() -> None:
    message = render(params={"mix": 1, "at": [1, 2.5], "on": True, "file": "/a"})
    found = m.parse(message)
    assert isinstance(found, m.Render)
    assert (found.scale, found.space, found.priority) == (1.0, "ACEScg", m.INTERACTIVE)
    assert found.params == {"mix": 1, "at": [1, 2.5], "on": True, "file": "/a"}
    assert found.inputs[0].data == Window(0, 0, 16, 12)
    assert found.inputs[0].bytes == found.output.bytes == SIZE


def test_fields_that_nobody_knows_are_ignored() -> None:
    assert m.parse({"type": "status", "id": 1, "future": [1]}) == m.Status(1)


def test_types_that_nobody_knows_are_refused() -> None:
    with pytest.raises(BadRequest, match="no message of that type"):
        m.parse({"type": "run", "id": 1, "code": "print()"})


def test_a_track_has_the_node_s_defaults() -> None:
    found = m.parse({"type": "track.begin", "id": 5, "sidecar": "/t.json"})
    assert found == m.TrackBegin(5, "/t.json", 0, 0.5, 2, "", "", "", "", "", "", 0)


def test_a_tracked_frame_needs_no_name() -> None:
    frame = picture()
    del frame["name"]
    found = m.parse({"type": "track.frame", "id": 6, "session": 1, "frame": -3, "input": frame})
    assert isinstance(found, m.TrackFrame)
    assert (found.frame, found.input.name) == (-3, "plate")


BAD: list[dict[str, Any]] = [
    {"id": 0},
    {"id": 2**53 + 1},
    {"id": 1.0},
    {"id": True},
    {"id": "3"},
    {"node": None},
    {"node": "x" * 129},
    {"node": "a\0b"},
    {"frame": 1.5},
    {"frame": 10**400},
    {"scale": 0},
    {"scale": 1e-300},
    {"scale": 1.01},
    {"scale": "1"},
    {"priority": "now"},
    {"priority": ["interactive"]},
    {"params": [1]},
    {"params": {"x": None}},
    {"params": {"x": {"y": 1}}},
    {"params": {"x": [[1]]}},
    {"params": {"x": ["a"]}},
    {"params": {"x": [1, 2, 3, 4, 5]}},
    {"params": {"x": 10**300}},
    {"params": {"x": "y" * 5000}},
    {"params": {"x" * 200: 1}},
    {"params": {str(n): n for n in range(257)}},
    {"space": 5},
    {"space": "é" * 2049},
    {"inputs": {}},
    {"inputs": [None]},
    {"inputs": [picture()] * 2},
    {"inputs": [picture(name=str(n)) for n in range(17)]},
    {"inputs": [picture(segment=-1)]},
    {"inputs": [picture(offset=63)]},
    {"inputs": [picture(offset=-64)]},
    {"inputs": [picture(channels=[])]},
    {"inputs": [picture(channels=["R", "R"])]},
    {"inputs": [picture(channels=["R", ""])]},
    {"inputs": [picture(channels=[["R"]])]},
    {"inputs": [picture(channels=[str(n) for n in range(65)])]},
    {"inputs": [picture(data=[0, 0, 0, 12])]},
    {"inputs": [picture(data=[5, 0, 0, 12])]},
    {"inputs": [picture(data=[0, 0, 16])]},
    {"inputs": [picture(data=[0, 0, 16.0, 12])]},
    {"inputs": [picture(data=[0, 0, 2**40, 12])]},
    {"inputs": [picture(data=[0, 0, 70000, 12])]},
    {"inputs": [picture(pixel_aspect=0)]},
    {"inputs": [picture(premultiplied=1)]},
    {"output": None},
    {"output": output(bytes=SIZE + 4)},
    {"output": output(bytes=-1)},
    {"output": output(window=[0, 0, 15, 12])},
]


@pytest.mark.parametrize("change", BAD, ids=lambda change: repr(change)[:50])
def test_a_wrong_field_is_refused_in_one_clause(change: dict[str, Any]) -> None:
    with pytest.raises(BadRequest) as fault:
        m.parse(render(**change))
    assert 10 < len(str(fault.value)) < 200
    assert not str(fault.value).endswith(".")


@pytest.mark.parametrize("name", ["id", "node", "frame", "priority", "inputs", "output"])
def test_a_field_that_is_missing_is_named(name: str) -> None:
    message = render()
    del message[name]
    with pytest.raises(BadRequest, match=f"{name} is missing"):
        m.parse(message)


@pytest.mark.parametrize("id", [0, -1, 1.5, True, None, "1", [1], 10**30])
def test_an_id_that_cannot_be_answered_to_is_0(id: Any) -> None:
    assert m.id_of({"type": "status", "id": id}) == 0
