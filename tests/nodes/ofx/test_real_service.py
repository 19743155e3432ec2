"""The same frame through the shim, the service and the node on the one hand, and the node alone on the other."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from bench.stage_consent import swap_params
from doublure.core.color import convert
from doublure.core.face.pose import Pose
from doublure.core.face.topology import canonical_shape
from doublure.core.face.track import FaceFrame
from doublure.core.face.track import Track as FaceTrack
from doublure.core.frame import Frame
from doublure.core.swap.checkpoint import Model, save_model
from doublure.core.swap.network import NetworkShape, SwapNetwork
from doublure.core.window import Window
from doublure.nodes import Blend, Context, Relight, Swap
from doublure.nodes.service.runtime import listen, private_folder
from doublure.nodes.service.server import Server
from tests.nodes.ofx.conftest import MakeHost
from tests.nodes.ofx.driver import FAILED, OK, Box, Host, Pixels

WIDTH, HEIGHT, OVERSCAN, NUMBER = 120, 100, 8, 7
SHAPE = canonical_shape().astype(np.float64)
PEOPLE = (
    {"name": "double", "role": "driver", "frames": 3, "sha256": "0" * 64},
    {"name": "hero", "role": "hero", "frames": 3, "sha256": "1" * 64},
)


@pytest.fixture
def service(
    environment: dict[str, str], short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """The real service, in a thread of this process."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    private_folder()
    server = Server(listen(), log=short_folder / "service.log", idle=60.0, cache_bytes=1 << 20, limits=None)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server
    server.stop()
    thread.join(20)
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def track(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pose = Pose(np.eye(3), 20.0, np.array([WIDTH / 2 + 1.7, HEIGHT / 2 - 9.3]))
    points = (SHAPE * 20.0 + (*pose.translation, 0)).astype(np.float32)
    path = tmp_path_factory.mktemp("track") / "track.json"
    lost = FaceFrame.lost(NUMBER + 1, "no face was found")
    frames = {NUMBER: FaceFrame(NUMBER, True, None, 0.9, points, pose), NUMBER + 1: lost}
    FaceTrack("plate", WIDTH, HEIGHT, 1.0, SHAPE, frames).save(path)
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    network = SwapNetwork(NetworkShape(size=32, width=4, bottleneck=16)).eval()
    torch.nn.init.normal_(network.codes.weight, 0, 0.3)
    path = tmp_path_factory.mktemp("model") / "hero.safetensors"
    save_model(path, Model(network, torch.zeros(2, 3, 16, 16), PEOPLE, {}))
    return path


@pytest.fixture(scope="module")
def plate() -> Frame:
    """Soft skin under light that rises to the right, a highlight of 40, with overscan."""
    data = Window(-OVERSCAN, -OVERSCAN // 2, WIDTH + OVERSCAN, HEIGHT + OVERSCAN)
    y, x = np.mgrid[data.y0 : data.y1, data.x0 : data.x1].astype(np.float32) + 0.5
    light = 0.2 * (1 + 0.6 * x / WIDTH + 0.3 * y / HEIGHT) * (1 + 0.1 * np.sin(x / 9) * np.cos(y / 7))
    rgb = np.stack([light * c for c in (1.2, 0.8, 0.6)]).astype(np.float32)
    rgb += np.random.default_rng(1).normal(0, 0.004, rgb.shape).astype(np.float32)
    rgb[:, 3, 5] = 40.0
    pixels = torch.from_numpy(np.concatenate([rgb, np.ones_like(rgb[:1])]))
    return Frame(pixels, ("R", "G", "B", "A"), data, Window.of_size(WIDTH, HEIGHT), "ACEScg", number=NUMBER)


def rows(frame: Frame, channels: str = "RGBA") -> Pixels:
    planes = [frame.channel(name) for name in channels]
    return np.ascontiguousarray(torch.stack(planes).permute(1, 2, 0).numpy())


def connect(started: Host, instance: int, clip: str, frame: Frame, channels: str = "RGBA") -> Box:
    at = (frame.data.x0, HEIGHT - frame.data.y1)
    return started.connect(instance, clip, rows(frame, channels), at)


def started_host(host: MakeHost) -> Host:
    return host(width=WIDTH, height=HEIGHT, negative_rows=1, padding=32)


def files(model: Path, track: Path) -> dict[str, str]:
    """Params of a Swap that may: model, track, and the consent of the two people."""
    return {"model": str(model), "track": str(track), **swap_params(model.parent, model, driver="double")}


def swapped(plate: Frame, model: Path, track: Path) -> Frame:
    return Swap(plate=plate, **files(model, track), sharpness=0.5, ctx=Context(NUMBER))


def test_swap_is_that_of_the_node_bit_for_bit(
    host: MakeHost, service: Server, plate: Frame, model: Path, track: Path
) -> None:
    started = started_host(host)
    instance = started.create("swap")
    box = connect(started, instance, "Source", plate)
    for name, value in {**files(model, track), "sharpness": 0.5}.items():
        started.param(instance, name, value)
    status, result = started.render(instance, box, time=NUMBER)
    assert started.report()["messages"] == ""
    assert status == OK
    expected = rows(swapped(plate, model, track))
    assert expected[..., 3].max() > 0.5
    np.testing.assert_array_equal(result, expected)


def test_relight_is_that_of_the_node_bit_for_bit(
    host: MakeHost, service: Server, plate: Frame, model: Path, track: Path
) -> None:
    face = swapped(plate, model, track)
    started = started_host(host)
    instance = started.create("relight")
    box = connect(started, instance, "Source", face)
    connect(started, instance, "Plate", plate)
    started.param(instance, "track", track)
    started.param(instance, "exposure", 0.5)
    status, result = started.render(instance, box, time=NUMBER)
    assert started.report()["messages"] == ""
    assert status == OK
    expected = Relight(face=face, plate=plate, track=str(track), exposure=0.5, ctx=Context(NUMBER))
    assert not torch.equal(expected.pixels, face.pixels)
    np.testing.assert_array_equal(result, rows(expected))


@pytest.mark.parametrize("channels", ["RGB", "RGBA"])
@pytest.mark.parametrize("context", ["General", "Filter"])
def test_blend_is_that_of_the_node_bit_for_bit(
    host: MakeHost, service: Server, plate: Frame, model: Path, track: Path, channels: str, context: str
) -> None:
    face = swapped(plate, model, track)
    matte = torch.zeros_like(plate.pixels[:1])
    matte[:, :, 60:] = 0.75
    occlusion = plate.with_pixels(matte, ("A",))
    own = plate.with_pixels(plate.pixels[: len(channels)].clone(), tuple(channels))
    started = started_host(host)
    instance = started.create("blend", context)
    box = connect(started, instance, "Source", own, channels)
    connect(started, instance, "Face", face)
    connect(started, instance, "Occlusion", occlusion, "A")
    started.param(instance, "feather", 4)
    started.param(instance, "colour_match", 2)
    started.param(instance, "seed", 99)
    status, result = started.render(instance, box, time=NUMBER, channels=len(channels))
    assert started.report()["messages"] == ""
    assert status == OK
    expected = Blend(
        plate=own,
        face=face,
        occlusion=occlusion,
        feather=4.0,
        colour_match="full",
        seed=99,
        ctx=Context(NUMBER),
    )
    assert not torch.equal(expected.rgb, plate.rgb)
    np.testing.assert_array_equal(result, rows(expected, channels))


@pytest.mark.parametrize("channels", ["RGB", "RGBA"])
def test_with_the_matte_for_alpha_it_is_that_of_the_node_bit_for_bit(
    host: MakeHost, service: Server, plate: Frame, model: Path, track: Path, channels: str
) -> None:
    face = swapped(plate, model, track)
    own = plate.with_pixels(plate.pixels[: len(channels)].clone(), tuple(channels))
    started = started_host(host)
    instance = started.create("blend")
    box = connect(started, instance, "Source", own, channels)
    connect(started, instance, "Face", face)
    started.param(instance, "alpha", 1)
    status, result = started.render(instance, box, time=NUMBER)
    assert started.report()["messages"] == ""
    assert status == OK
    expected = Blend(plate=own, face=face, ctx=Context(NUMBER))
    assert (expected.channel("matte") > 0.5).any()
    np.testing.assert_array_equal(result[..., :3], rows(expected, "RGB"))
    np.testing.assert_array_equal(result[..., 3], expected.channel("matte").numpy())


def test_another_space_is_converted_there_and_back(
    host: MakeHost, service: Server, plate: Frame, model: Path, track: Path
) -> None:
    given = convert(plate, "Linear Rec.2020")
    started = started_host(host)
    instance = started.create("swap")
    box = connect(started, instance, "Source", given)
    for name, value in {**files(model, track), "sharpness": 0.5, "input_space": 4}.items():
        started.param(instance, name, value)
    status, result = started.render(instance, box, time=NUMBER)
    assert status == OK
    expected = convert(swapped(convert(given, "ACEScg"), model, track), "Linear Rec.2020")
    np.testing.assert_array_equal(result, rows(expected))


def test_mix_0_is_the_plate_bit_for_bit_even_where_the_host_renders_it(
    host: MakeHost, service: Server, plate: Frame
) -> None:
    started = started_host(host)
    instance = started.create("blend")
    box = connect(started, instance, "Source", plate)
    connect(started, instance, "Face", plate)
    started.param(instance, "mix", 0)
    status, result = started.render(instance, box, time=NUMBER)
    assert status == OK
    np.testing.assert_array_equal(result, rows(plate))


def test_what_the_node_cannot_do_is_told(host: MakeHost, service: Server, plate: Frame, track: Path) -> None:
    started = started_host(host)
    instance = started.create("swap")
    box = connect(started, instance, "Source", plate)
    started.param(instance, "model", "/nowhere/hero.safetensors")
    started.param(instance, "track", track)
    status, result = started.render(instance, box, time=NUMBER)
    assert status == FAILED
    assert (result == 0).all()
    assert "/nowhere/hero.safetensors" in started.report()["messages"]


def test_without_consent_the_host_is_told_whom_to_ask_and_gets_no_picture(
    host: MakeHost, service: Server, plate: Frame, model: Path, track: Path
) -> None:
    started = started_host(host)
    instance = started.create("swap")
    box = connect(started, instance, "Source", plate)
    for name, value in {**files(model, track), "project": "another"}.items():
        started.param(instance, name, value)
    status, result = started.render(instance, box, time=NUMBER)
    assert status == FAILED
    assert (result == 0).all()
    message = started.report()["messages"]
    assert "the record is for project stage, not for 'another'); ask the maintainers of Doublure." in message


def test_a_frame_without_a_face_is_empty_and_the_artist_told(
    host: MakeHost, service: Server, plate: Frame, model: Path, track: Path
) -> None:
    started = started_host(host)
    instance = started.create("swap")
    box = connect(started, instance, "Source", plate)
    for name, value in files(model, track).items():
        started.param(instance, name, value)
    status, result = started.render(instance, box, time=NUMBER + 1)
    assert status == OK
    assert (result == 0).all()
    message = started.report()["messages"]
    assert message.startswith("lasting OfxMessageWarning: ")
    assert "no face was found" in message


def test_ten_threads_get_their_own_frames(host: MakeHost, service: Server, plate: Frame) -> None:
    face = plate.with_pixels(plate.pixels.clone())
    started = started_host(host)
    instance = started.create("blend")
    box = connect(started, instance, "Source", plate)
    connect(started, instance, "Face", face)
    started.param(instance, "membrane", 0)
    answer = started.start_render(instance, box, time=1, threads=10)
    assert answer["status"] == [OK] * 10
    for number, result in enumerate(answer["pixels"], 1):
        expected = Blend(plate=replace(plate, number=number), face=face, membrane=0.0, ctx=Context(number))
        np.testing.assert_array_equal(result, rows(expected))


def test_the_shim_starts_the_real_service(
    host: MakeHost, environment: dict[str, Any], short_folder: Path, plate: Frame
) -> None:
    started = started_host(host)
    instance = started.create("blend")
    box = connect(started, instance, "Source", plate)
    connect(started, instance, "Face", plate)
    started.param(instance, "mix", 0)
    started.param(instance, "alpha", 1)
    status, result = started.render(instance, box, time=NUMBER)
    children = Path(f"/proc/{started.process.pid}/task/{started.process.pid}/children").read_text().split()
    assert started.report()["messages"] == ""
    assert status == OK
    np.testing.assert_array_equal(result[..., :3], rows(plate, "RGB"))
    assert (result[..., 3] == 0).all()
    assert len(children) == 1
    os.kill(int(children[0]), 15)
