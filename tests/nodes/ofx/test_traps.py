"""What hosts are known to do wrong."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.nodes.ofx.conftest import MakeHost
from tests.nodes.ofx.driver import FAILED, OK, UNTOUCHED, FakeService, Host, Pixels

PLATE: Pixels = np.full((12, 16, 4), 0.5, np.float32)


@pytest.mark.parametrize("trap", ["depth_none", "zero_rows", "empty_bounds"])
def test_pictures_without_pixels_are_not_touched(host: MakeHost, fake: FakeService, trap: str) -> None:
    started = host(**{trap: 1})
    instance, box = started.swap(PLATE)
    status, result = started.render(instance, box)
    assert status == FAILED
    assert (result == (0 if trap == "empty_bounds" else UNTOUCHED)).all()
    assert started.report()["messages"].startswith("lasting OfxMessageError: ")
    assert fake.starts == 0


def test_a_matte_that_is_connected_but_has_no_picture_counts_as_unconnected(
    host: MakeHost, fake: FakeService
) -> None:
    started = host(all_connected=1)
    instance = started.create("blend")
    box = started.connect(instance, "Source", PLATE)
    started.connect(instance, "Face", PLATE)
    assert started.render(instance, box)[0] == OK
    assert [item["name"] for item in fake.last("render")["inputs"]] == ["plate", "face"]


def test_a_face_that_is_connected_but_has_no_picture_is_an_error(host: MakeHost, fake: FakeService) -> None:
    started = host(all_connected=1, no_image=1)
    instance = started.create("blend")
    box = started.connect(instance, "Source", PLATE)
    status, result = started.render(instance, box)
    assert status == FAILED
    assert (result == 0).all()
    assert (
        "frame 1: the host has no picture on Face of Blend; connect the face" in started.report()["messages"]
    )


def test_a_matte_can_be_switched_off(host: MakeHost, fake: FakeService) -> None:
    started = host(all_connected=1)
    instance = started.create("blend")
    box = started.connect(instance, "Source", PLATE)
    started.connect(instance, "Face", PLATE)
    started.connect(instance, "Occlusion", PLATE[..., :1])
    started.param(instance, "use_occlusion", 0)
    assert started.render(instance, box)[0] == OK
    assert len(fake.last("render")["inputs"]) == 2
    started.param(instance, "use_occlusion", 1)
    started.render(instance, box)
    assert len(fake.last("render")["inputs"]) == 3


def test_a_host_that_says_ok_to_every_property_is_not_believed(host: MakeHost, fake: FakeService) -> None:
    started = host(unknown_ok=1, forget_ints=1)
    described = started.command("describe", "swap", "OfxImageEffectContextFilter")
    assert "Host" not in described["params"]["input_space"]["OfxParamPropChoiceOption"]
    instance, box = started.swap(PLATE)
    assert started.render(instance, box)[0] == OK
    sent = fake.last("render")["inputs"][0]
    assert sent["display"] == [0, 0, 16, 12]


def test_a_host_that_gives_no_params_gets_an_error(host: MakeHost, fake: FakeService) -> None:
    started = host(no_param=1)
    instance, box = started.swap(PLATE)
    assert started.render(instance, box)[0] == FAILED
    assert "the host does not give Model of Swap a value" in started.report()["messages"]


def test_an_unknown_action_is_not_trapped(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance, _ = started.swap(PLATE)
    assert started.action(instance, "OfxActionFromTheFuture")["status"] == 14


def test_a_host_without_a_project_or_progress_still_renders(host: MakeHost, fake: FakeService) -> None:
    started = host(project=0, no_progress=1, no_pages=1, message=0, temporal=0)
    instance, box = started.swap(PLATE)
    assert started.render(instance, box)[0] == OK


def test_a_host_that_loads_anew_for_every_frame(host: MakeHost, fake: FakeService, bundle: Path) -> None:
    started = host()
    for _ in range(3):
        instance, box = started.swap(PLATE)
        assert started.render(instance, box)[0] == OK
        assert started.command("unload")["status"] == OK
        assert started.command("load", bundle / "Contents/Linux-x86-64/Doublure.ofx")["status"] == OK
    assert fake.starts == 1


@pytest.mark.skipif(shutil.which("localedef") is None, reason="no localedef to make a locale with")
def test_a_host_that_writes_numbers_with_a_comma(
    host: MakeHost, fake: FakeService, environment: dict[str, str], tmp_path: Path
) -> None:
    subprocess.run(
        ["localedef", "-c", "-f", "UTF-8", "-i", "de_DE", tmp_path / "de_DE.UTF-8"],
        capture_output=True,
        check=True,
    )
    environment["LOCPATH"] = str(tmp_path)
    started = host()
    instance, box = started.swap(PLATE)
    started.param(instance, "face_scale", 1.5)
    started.command("option", "locale", "de_DE.UTF-8")
    assert started.render(instance, box)[0] == OK
    assert fake.last("render")["params"]["face_scale"] == 1.5


@pytest.mark.parametrize(
    "damage", ["missing", "empty", "cut", "no list", "too deep", "no inputs", "many nodes"]
)
def test_a_damaged_bundle_has_no_plugins(
    program: Path, bundle: Path, environment: dict[str, str], tmp_path: Path, damage: str
) -> None:
    copy = tmp_path / bundle.name
    shutil.copytree(bundle, copy)
    path = copy / "Contents/Resources/descriptors.json"
    text = path.read_text()
    data = json.loads(text)
    first = {**data["nodes"][0], "inputs": []}
    damaged = {
        "empty": "",
        "cut": text[: len(text) // 2],
        "no list": json.dumps({**data, "nodes": {}}),
        "too deep": "[" * 100_000,
        "no inputs": json.dumps({**data, "nodes": [first]}),
        "many nodes": json.dumps({**data, "nodes": data["nodes"] * 5}),
    }
    if damage == "missing":
        path.unlink()
    else:
        path.write_text(damaged[damage])
    started = Host(program, copy, environment, {})
    assert started.loaded["plugins"] == []
    started.close()
