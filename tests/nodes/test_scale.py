"""Proxies: a smaller picture gives a smaller picture of the same comp."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from fake_tracker import SHAPE
from graph_plates import TYPES, comp_json, make_plate

from bench.stage_consent import swap_params
from doublure.core.errors import DoublureError
from doublure.core.face.pose import Pose
from doublure.core.face.track import FaceFrame
from doublure.core.face.track import Track as FaceTrack
from doublure.core.frame import Frame
from doublure.core.swap.checkpoint import Model, save_model
from doublure.core.swap.network import NetworkShape, SwapNetwork
from doublure.core.window import Window
from doublure.nodes import Blend, Context, Node, Relight, Shared, Swap, Track
from doublure.nodes.evaluate import Evaluation
from doublure.nodes.graph_file import graph_from_json
from doublure.nodes.scale import scaled
from doublure.nodes.schema import Param
from doublure.nodes.tracks import face_at, face_digest

WIDTH, HEIGHT, OVERSCAN = 240, 200, 8
PEOPLE = (
    {"name": "double", "role": "driver", "frames": 3, "sha256": "0" * 64},
    {"name": "hero", "role": "hero", "frames": 3, "sha256": "1" * 64},
)
PLAIN = {"grain": 0.0, "sharpness": 0.0}
"""Grain and sharpness are those of the picture at hand, per pixel; a proxy has others."""


def plate() -> Frame:
    """Light that rises to the right and down over soft skin, with overscan."""
    data = Window(-OVERSCAN, -OVERSCAN, WIDTH + OVERSCAN, HEIGHT + OVERSCAN)
    y, x = np.mgrid[data.y0 : data.y1, data.x0 : data.x1].astype(np.float32) + 0.5
    light = 0.2 * (1 + 0.6 * x / WIDTH + 0.3 * y / HEIGHT) * (1 + 0.1 * np.sin(x / 9) * np.cos(y / 7))
    rgb = torch.from_numpy(np.stack([light * c for c in (1.2, 0.8, 0.6)]).astype(np.float32))
    return Frame(rgb, ("R", "G", "B"), data, Window.of_size(WIDTH, HEIGHT), "ACEScg", number=7)


def smaller(frame: Frame) -> Frame:
    """Half as large: the mean of four pixels."""
    halves = [Window(w.x0 // 2, w.y0 // 2, w.x1 // 2, w.y1 // 2) for w in (frame.data, frame.display)]
    pixels = torch.nn.functional.avg_pool2d(frame.pixels[None], 2)[0]
    return replace(frame, pixels=pixels, data=halves[0], display=halves[1])


@pytest.fixture(scope="module")
def track(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pose = Pose(np.eye(3), 34.0, np.array([WIDTH / 2 + 3.7, HEIGHT / 2 - 20.3]))
    points = (SHAPE * 34.0 + (*pose.translation, 0)).astype(np.float32)
    frames = {7: FaceFrame(7, True, None, 0.9, points, pose), 8: FaceFrame.lost(8, "no face was found")}
    path = tmp_path_factory.mktemp("track") / "track.json"
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
def shared() -> Shared:
    return Shared()


def off(proxy: Frame, full: Frame, *channels: str) -> tuple[float, float]:
    """(mean, largest) difference of a proxy's channels, R, G and B by default, from the full render made smaller.

    Light is about 0.2 here, a matte up to 1.
    """
    small = smaller(full)
    assert (proxy.data, proxy.display) == (small.data, small.display)
    apart = torch.stack([(proxy.channel(c) - small.channel(c)).abs() for c in channels or "RGB"])
    return float(apart.mean()), float(apart.max())


def swap(frame: Frame, track: Path, model: Path, ctx: Context) -> Frame:
    consent = swap_params(model.parent, model, driver="double")
    return Swap(ctx=ctx, plate=frame, track=track, model=model, **consent)


def test_a_swap_on_a_proxy_is_the_swap_made_smaller(track: Path, model: Path, shared: Shared) -> None:
    full = swap(plate(), track, model, Context(7, shared))
    proxy = swap(smaller(plate()), track, model, Context(7, shared, scale=0.5))
    assert (full.channel("A") > 0.5).sum() > 4000
    mean, largest = off(proxy, full, *"RGBA")
    # One crop is sampled from two pictures, and half a pixel of each rim lies elsewhere.
    assert mean < 0.001
    assert largest < 0.05


def test_a_plate_of_another_size_than_the_tracked_one_is_refused(
    track: Path, model: Path, shared: Shared
) -> None:
    small = smaller(plate())
    sentence = (
        r"\(frame 7\): the track is of a plate of 240 by 200 pixels, and this one has 120 by 100; track this"
    )
    for render in (
        lambda: swap(small, track, model, Context(7, shared)),
        lambda: Relight(ctx=Context(7, shared), face=small, plate=small, track=track),
        lambda: Track(ctx=Context(7, shared), plate=small, sidecar=track, overlay=True),
    ):
        with pytest.raises(DoublureError, match=sentence):
            render()


def test_a_plate_that_is_no_proxy_of_that_scale_is_refused(track: Path, shared: Shared) -> None:
    sentence = "240 by 200 pixels, and this one has 240 by 200 at a scale of 0.5"
    with pytest.raises(DoublureError, match=sentence):
        face_at(track, Context(7, shared, scale=0.5), plate())
    with pytest.raises(DoublureError, match="120 by 102 at"):
        face_at(track, Context(8, shared, scale=0.5), replace(plate(), display=Window.of_size(120, 102)))


@pytest.mark.parametrize("scale", [0.5, 1 / 3, 0.3, 0.125, 0.07])
def test_a_proxys_size_may_be_rounded_either_way(scale: float, tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    FaceTrack("plate", 997, 541, 1.0, SHAPE, {7: FaceFrame.lost(7, "no face was found")}).save(path)
    for rounded in (math.floor, math.ceil, round):
        display = Window.of_size(rounded(997 * scale), rounded(541 * scale))
        assert not face_at(path, Context(7, scale=scale), replace(plate(), display=display)).found


def test_a_relight_on_a_proxy_is_the_relight_made_smaller(track: Path, model: Path, shared: Shared) -> None:
    face = swap(plate(), track, model, Context(7, shared))
    face = face.with_rgb(face.rgb * torch.linspace(1.5, 0.5, face.data.width))
    full = Relight(ctx=Context(7, shared), face=face, plate=plate(), track=track)
    assert off(smaller(face), full)[0] > 0.004
    proxy = Relight(
        ctx=Context(7, shared, scale=0.5), face=smaller(face), plate=smaller(plate()), track=track
    )
    mean, largest = off(proxy, full)
    # The light is fitted on a grid of normals; half as many of them lie half a pixel elsewhere.
    assert mean < 0.001
    assert largest < 0.05


def test_a_blend_on_a_proxy_is_the_blend_made_smaller(track: Path, model: Path, shared: Shared) -> None:
    face = swap(plate(), track, model, Context(7, shared))
    face = face.with_rgb(face.rgb * torch.tensor([1.3, 1.0, 0.8])[:, None, None])
    params = {**PLAIN, "feather": 14.0, "erode": 5.0, "edge_extend": 4.0}
    full = Blend(plate=plate(), face=face, **params)
    small = {"plate": smaller(plate()), "face": smaller(face)}
    proxy = Blend(ctx=Context(7, shared, scale=0.5), **small, **scaled(Blend, params, 0.5))
    unscaled = Blend(ctx=Context(7, shared, scale=0.5), **small, **params)
    (mean, largest), (matte, _) = off(proxy, full), off(proxy, full, "matte")
    # Distances are measured from a rim that lies anywhere within a pixel, and the proxy's pixel is twice as wide.
    assert mean < 0.001
    assert largest < 0.03
    assert matte < 0.003
    assert off(unscaled, full, "matte")[0] > 10 * matte


@pytest.mark.parametrize("scale", [1, 1.0])
def test_at_scale_1_not_a_bit_changes(scale: float, track: Path, model: Path, shared: Shared) -> None:
    bare, ctx = Context(7, shared), Context(7, shared, scale=scale)
    for make in (
        lambda ctx: swap(plate(), track, model, ctx),
        lambda ctx: Track(ctx=ctx, plate=plate(), sidecar=track, overlay=True),
    ):
        assert torch.equal(make(bare).pixels, make(ctx).pixels)
    assert face_at(track, ctx, plate()) is face_at(track, bare, plate())
    assert face_digest(track, ctx) == face_digest(track, bare)
    assert scaled(Blend, {"feather": 7.3, "mix": 0.5}, scale) == {"feather": 7.3, "mix": 0.5}


def test_a_face_at_scale_is_multiplied_whole(track: Path) -> None:
    full = face_at(track, Context(7), plate())
    half = face_at(track, Context(7, scale=0.5), smaller(plate()))
    assert full.points is not None and full.pose is not None  # noqa: PT018
    assert half.points is not None and half.pose is not None  # noqa: PT018
    np.testing.assert_array_equal(half.points, full.points / 2)
    assert half.points.dtype == np.float32
    np.testing.assert_array_equal(half.pose.project(SHAPE), full.pose.project(SHAPE) / 2)
    np.testing.assert_array_equal(half.pose.rotation, full.pose.rotation)
    assert half.pose.scale == full.pose.scale / 2
    assert (half.number, half.score) == (full.number, full.score)


def test_a_lost_face_is_lost_at_every_scale(track: Path) -> None:
    ctx = Context(8, scale=0.25)
    assert not face_at(track, ctx, smaller(smaller(plate()))).found
    assert ctx.faceless == ["no face was found"]


@pytest.mark.parametrize("number", [7, 8])
def test_the_digest_differs_with_the_scale(track: Path, number: int) -> None:
    digests = {face_digest(track, Context(number, scale=scale)) for scale in (1.0, 0.5, 0.25, 1 / 3)}
    assert len(digests) == 4


@pytest.mark.parametrize("scale", [0.0, -0.5, 1.5, float("nan"), float("inf")])
def test_a_scale_that_no_proxy_has_is_refused(scale: float) -> None:
    with pytest.raises(DoublureError, match="render scale"):
        Context(7, scale=scale)
    with pytest.raises(DoublureError, match="render scale"):
        scaled(Blend, {}, scale)


def toy(seen: list[Any]) -> Node:
    def render(inputs: Any, params: Any, ctx: Context) -> Frame:
        seen.append((ctx.scale, params["width"]))
        return inputs["image"]

    params = (
        Param("width", "float", 8.0, "Width", "Width.", unit="px"),
        Param("count", "int", 5, "Count", "Count.", minimum=1, unit="px"),
        Param("centre", "point", (10.0, 20.0), "Centre", "Centre.", unit="px"),
        Param("shift", "point", (0.5, 0.25), "Shift", "Shift."),
        Param("gain", "float", 8.0, "Gain", "Gain.", unit="stops"),
        Param("name", "string", "8", "Name", "Name.", animatable=False),
    )
    blend = replace(Blend, id="org.doublure.toy", params=params, identity=(), inputs=Track.inputs[:1])
    image = replace(blend.inputs[0], name="image")
    return replace(blend, inputs=(image,), render=render)


def test_params_in_pixels_are_scaled_and_no_others() -> None:
    node = toy([])
    given = {"width": 8.0, "count": 5, "centre": (10.0, 20.0), "shift": (0.5, 0.25), "gain": 8.0, "name": "8"}
    assert scaled(node, given, 0.25) == {**given, "width": 2.0, "count": 1, "centre": (2.5, 5.0)}


def test_a_scaled_value_is_one_that_the_param_takes() -> None:
    node = toy([])
    small = scaled(node, {"count": 1}, 0.125)
    assert small == {"count": 1}
    assert isinstance(scaled(node, {"count": 5}, 0.5)["count"], int)
    assert node.complete(small)["count"] == 1


def test_an_unknown_param_is_told() -> None:
    with pytest.raises(DoublureError, match="feathr"):
        scaled(Blend, {"feathr": 3.0}, 0.5)


def test_a_call_and_a_graph_hand_the_scale_on_and_leave_params_alone(tmp_path: Path) -> None:
    seen: list[Any] = []
    node = toy(seen)
    node(ctx=Context(7, scale=0.5), image=plate())
    data = comp_json(make_plate(tmp_path / "plate", [1001]), "out.####.exr")
    data["nodes"]["face"] = {"type": node.id, "inputs": {"image": "plate"}}  # type: ignore[index]
    graph = graph_from_json(data, tmp_path, {**TYPES, node.id: node})
    Evaluation(graph, Context(1001, scale=0.5)).frame("face")
    assert seen == [(0.5, 8.0), (0.5, 8.0)]
