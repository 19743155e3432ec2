"""The whole comp, Read to Write, with a tiny untrained model and a tracker without networks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from fake_tracker import tracker
from graph_plates import make_frame, make_plate

from bench.stage_consent import swap_params
from doublure.core.exr import read_exr, write_exr
from doublure.core.frame import Frame
from doublure.core.swap.checkpoint import Model, save_model
from doublure.core.swap.network import NetworkShape, SwapNetwork
from doublure.nodes import Blend, Graph, Link, Read, Relight, RenderReport, Swap, Track, Write, render_graph

__all__ = ["tracker"]

NUMBERS = [1001, 1002, 1003]
PEOPLE = (
    {"name": "double", "role": "driver", "frames": 3, "sha256": "0" * 64},
    {"name": "hero", "role": "hero", "frames": 3, "sha256": "1" * 64},
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    network = SwapNetwork(NetworkShape(size=32, width=4, bottleneck=16)).eval()
    torch.nn.init.normal_(network.codes.weight, 0, 0.3)
    path = tmp_path_factory.mktemp("model") / "hero.safetensors"
    save_model(path, Model(network, torch.zeros(2, 3, 16, 16), PEOPLE, {}))
    return path


@pytest.fixture
def shot(tmp_path: Path, tracker: list[list[int]]) -> Path:
    make_plate(tmp_path / "plate", NUMBERS)
    for number in NUMBERS:
        frame = make_frame(number)
        write_exr(
            tmp_path / f"plate/plate.{number}.exr", frame.with_pixels(0.2 + 0.02 * frame.pixels.clamp(-3, 3))
        )
    return tmp_path


def comp(shot: Path, model: Path, out: str = "out", *, occlusion: str | None = None, **params: Any) -> Graph:
    graph = Graph(shot)
    graph.add("plate", Read, pattern="plate/plate.####.exr")
    graph.add("track", Track, plate="plate", sidecar="track.json")
    sidecar = Link("track", "sidecar")
    consent = swap_params(shot / "consent", model, driver="double")
    graph.add("swap", Swap, plate="plate", model=model, track=sidecar, **consent)
    graph.add("relight", Relight, face="swap", plate="plate", track=sidecar)
    graph.add("blend", Blend, plate="plate", face="relight", feather=2.0)
    if occlusion is not None:
        graph.add("front", Read, pattern=occlusion, space="Raw")
        graph.nodes["blend"].inputs["occlusion"] = "front"
    graph.add("write", Write, image="blend", pattern=f"{out}/comp.####.exr")
    for place, value in params.items():
        graph.set(*place.split("__"), value)
    return graph


def result(shot: Path, number: int, out: str = "out") -> tuple[Frame, Frame, torch.Tensor]:
    plate, made = read_exr(shot / f"plate/plate.{number}.exr"), read_exr(shot / f"{out}/comp.{number}.exr")
    return plate, made, made.channel("matte")


def test_the_face_is_replaced_inside_the_matte_and_the_plate_stays_outside(shot: Path, model: Path) -> None:
    report: RenderReport = render_graph(comp(shot, model))
    assert report.failed == []
    plate, made, matte = result(shot, 1001)
    assert (matte > 0.5).any()
    assert torch.equal(made.rgb[:, matte == 0], plate.rgb[:, matte == 0])
    assert (made.rgb[:, matte > 0.5] != plate.rgb[:, matte > 0.5]).any()


def test_a_frame_without_a_face_is_the_plate_and_is_listed(shot: Path, model: Path) -> None:
    report = render_graph(comp(shot, model))
    assert report.faceless == [(1003, "the face was lost")]
    plate, made, matte = result(shot, 1003)
    assert torch.equal(made.rgb, plate.rgb)
    assert not matte.any()


@pytest.mark.parametrize("param", ["swap__identity_mix", "blend__mix"])
def test_at_mix_0_the_comp_is_the_plate(shot: Path, model: Path, param: str) -> None:
    render_graph(comp(shot, model, **{param: 0.0}))
    plate, made, matte = result(shot, 1001)
    assert torch.equal(made.rgb, plate.rgb)
    assert not matte.any()


def test_an_animated_mix_changes_over_the_shot(shot: Path, model: Path) -> None:
    render_graph(comp(shot, model, swap__identity_mix={"keys": [[1001, 0.0], [1002, 1.0]]}))
    assert not result(shot, 1001)[2].any()
    assert result(shot, 1002)[2].any()


def test_what_stands_in_front_of_the_face_stays(shot: Path, model: Path) -> None:
    (shot / "front").mkdir()
    for number in NUMBERS:
        frame = make_frame(number, channels=("A",))
        write_exr(
            shot / f"front/front.{number}.exr",
            frame.with_pixels(torch.ones_like(frame.pixels)),
            interop=False,
        )
    report = render_graph(comp(shot, model, occlusion="front/front.####.exr"))
    assert report.failed == []
    assert not result(shot, 1001)[2].any()


def test_one_run_and_many_give_the_same_bytes(shot: Path, model: Path) -> None:
    render_graph(comp(shot, model, "one"))
    for number in reversed(NUMBERS):
        render_graph(comp(shot, model, "many"), [number])
    for number in NUMBERS:
        name = f"comp.{number}.exr"
        assert (shot / "one" / name).read_bytes() == (shot / "many" / name).read_bytes()


def test_the_grain_seed_changes_the_comp_and_is_remembered_in_the_key(shot: Path, model: Path) -> None:
    render_graph(comp(shot, model), [1001])
    assert render_graph(comp(shot, model, blend__seed=5), [1001]).rendered == [1001]


def test_a_retrained_model_renders_again(shot: Path, model: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.safetensors"
    own.write_bytes(model.read_bytes())
    render_graph(comp(shot, own, relight__amount=0.0))
    assert render_graph(comp(shot, own, relight__amount=0.0)).skipped == NUMBERS
    torch.manual_seed(1)
    save_model(
        own,
        Model(
            SwapNetwork(NetworkShape(size=32, width=4, bottleneck=16)), torch.zeros(2, 3, 16, 16), PEOPLE, {}
        ),
    )
    report = render_graph(comp(shot, own, relight__amount=0.0))
    assert report.failed == []
    assert report.rendered == NUMBERS
