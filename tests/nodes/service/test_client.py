"""The same frame through the service and without it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from doublure.core.cancel import Cancelled
from doublure.core.color import convert, to_working
from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.core.window import Window
from doublure.nodes import Blend, Context, Node, Relight, Swap
from doublure.nodes.scale import scaled
from doublure.nodes.service.client import Client, ServiceError, ServiceGone
from tests.nodes.service.comps import DATA, face, picture, swap_files
from tests.nodes.service.conftest import Serve, wait_until
from tests.nodes.service.gate import Gate

GAINED = ("R", "G", "B", "matte")


@pytest.fixture
def client(serve: Serve) -> Client:
    serve()
    made = Client.connect("test", start=False)
    yield made
    made.close()


def same(one: Frame, other: Frame) -> bool:
    return torch.equal(one.pixels.view(torch.int32), other.pixels.contiguous().view(torch.int32))


def headless(node: Node, inputs: dict[str, Frame], params: dict[str, object], **context: object) -> Frame:
    return node(**inputs, **params, ctx=Context(1001, **context))


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"mix": 0.3},
        {"grain": 1.0, "seed": 5},
        {"colour_match": "full", "feather": 3.0, "light_wrap": 0.5},
    ],
    ids=repr,
)
def test_blend_is_bit_identical(client: Client, params: dict[str, object]) -> None:
    inputs = {"plate": picture(1), "face": face()}
    made = client.render(Blend.id, inputs, params, number=1001, channels=GAINED)
    assert same(made, headless(Blend, inputs, params))
    assert (made.data, made.number, made.space) == (DATA, 1001, "ACEScg")


@pytest.mark.parametrize("channels", [("A",), ("matte",), ("R", "G", "B", "A")])
def test_an_occlusion_matte_counts_by_its_alpha_or_its_only_channel(
    client: Client, channels: tuple[str, ...]
) -> None:
    matte = picture(5, channels, space="Raw")
    matte = matte.with_pixels((matte.pixels > 0.2).float())
    inputs = {"plate": picture(1), "face": face(), "occlusion": matte}
    made = client.render(Blend.id, inputs, {}, number=1001, channels=GAINED)
    assert same(made, headless(Blend, inputs, {}))
    assert not same(
        made,
        client.render(Blend.id, {k: inputs[k] for k in ("plate", "face")}, {}, number=1001, channels=GAINED),
    )


def test_swap_and_relight_are_bit_identical(client: Client, tmp_path: Path) -> None:
    plate = {"plate": picture(1)}
    params = swap_files(tmp_path)
    expected = headless(Swap, plate, params)
    made = client.render(Swap.id, plate, params, number=1001, channels=("R", "G", "B", "A"))
    assert made.pixels[3].any()
    assert same(made, expected)
    inputs, params = {"face": made, **plate}, {"track": params["track"], "exposure": 0.5}
    lit = client.render(Relight.id, inputs, params, number=1001)
    assert same(lit, headless(Relight, inputs, params))


def test_a_proxy_is_bit_identical_too(client: Client) -> None:
    inputs, params = {"plate": picture(1), "face": face()}, {"feather": 8.0, "erode": 2.0}
    made = client.render(Blend.id, inputs, params, number=1001, scale=0.5, channels=GAINED)
    half = scaled(Blend, Blend.complete(params), 0.5)
    assert half["feather"] == 4.0
    assert same(made, headless(Blend, inputs, half, scale=0.5))
    assert not same(made, headless(Blend, inputs, params))


def test_another_space_is_converted_there_and_back(client: Client) -> None:
    space = "ACES2065-1"
    inputs = {"plate": picture(1, space=space), "face": face(space=space)}
    made = client.render(Blend.id, inputs, {}, number=1001, channels=GAINED)
    working = {name: to_working(frame) for name, frame in inputs.items()}
    assert same(made, convert(headless(Blend, working, {}), space))
    assert made.space == space


@pytest.mark.parametrize("space", ["ACEScg", "ACES2065-1"])
def test_what_passes_through_is_bit_exact_in_every_space(client: Client, space: str) -> None:
    plate = picture(1, ("R", "G", "B", "A"), space=space)
    plate.pixels[0, 0, :4] = torch.tensor([float("nan"), float("inf"), -0.0, 1e-42])
    inputs = {"plate": plate, "face": face(space=space)}
    for node, given, params in (
        (Blend.id, inputs, {"mix": 0.0}),
        ("org.doublure.track", {"plate": plate}, {"sidecar": "/none.json"}),
    ):
        assert same(client.render(node, given, params, number=1001), plate)
    cropped = client.render(Blend.id, inputs, {"mix": 0.0}, window=Window(0, 0, 8, 8), channels=("G",))
    assert same(cropped, cropped.with_pixels(plate.pixels[1:2, 2:10, 4:12]))


def test_what_passes_is_answered_while_another_frame_renders(serve: Serve, gate: Gate) -> None:
    import threading

    server = serve()
    wait_until(lambda: server.worker.warm is not None)
    with Client.connect("farm", start=False) as farm, Client.connect("viewer", start=False) as viewer:
        thread = threading.Thread(target=farm.render, args=(gate.node.id, {"plate": picture(1)}))
        thread.start()
        assert gate.entered.wait(10)
        plate = picture(1)
        assert same(viewer.render("org.doublure.track", {"plate": plate}, {"sidecar": "/none.json"}), plate)
        gate.open.set()
        thread.join(10)


def test_a_channel_that_passes_nowhere_is_rendered(client: Client) -> None:
    inputs = {"plate": picture(1), "face": face()}
    made = client.render(Blend.id, inputs, {"mix": 0.0}, number=1001, channels=GAINED)
    assert not made.channel("matte").any()
    assert same(made, headless(Blend, inputs, {"mix": 0.0}))


def test_no_node_writes_into_its_inputs(client: Client, tmp_path: Path) -> None:
    files = swap_files(tmp_path)
    plate, front = picture(1, ("R", "G", "B", "A")), face()
    matte = picture(5, ("A",), space="Raw")
    for node, inputs, params in (
        (Swap.id, {"plate": plate}, files),
        (Relight.id, {"face": front, "plate": plate}, {"track": files["track"], "exposure": 1.0}),
        (Blend.id, {"plate": plate, "face": front, "occlusion": matte}, {"grain": 1.0, "edge_extend": 5.0}),
        ("org.doublure.track", {"plate": plate}, {"sidecar": files["track"], "overlay": True}),
    ):
        client.render(node, inputs, params, number=1001, channels=("R", "G", "B"))
        for slot, frame in enumerate(inputs.values(), start=2):
            left = client._planes(client._memories[slot], 0, tuple(frame.pixels.shape))
            assert torch.equal(left.view(torch.int32), frame.pixels.view(torch.int32)), node


def test_memory_is_used_again_and_grows_with_the_frame(client: Client, gate: Gate) -> None:
    gate.open.set()
    small, large = picture(1), Frame.from_rgb(torch.rand(3, 100, 100), "ACEScg")
    for frame in (small, large, small, large):
        made = client.render(gate.node.id, {"plate": frame}, {"gain": 2.0})
        assert torch.equal(made.pixels, frame.pixels * 2)
    assert client.status()["connections"][0]["bytes"] == 2 * large.pixels.numel() * 4


def test_a_result_may_come_into_given_memory(client: Client) -> None:
    plate, out = picture(1), torch.zeros(3, DATA.height, DATA.width)
    made = client.render("org.doublure.track", {"plate": plate}, {"sidecar": "/none.json"}, out=out)
    assert made.pixels is out
    assert torch.equal(out, plate.pixels)


@pytest.mark.parametrize(
    ("node", "params", "sentence"),
    [
        ("org.doublure.blnd", {}, "there is no node 'org.doublure.blnd'; did you mean org.doublure.blend"),
        ("org.doublure.read", {}, "Read is for graphs; read and write with the host's own nodes."),
        ("org.doublure.write", {"pattern": "/x"}, "Write is for graphs"),
        ("org.doublure.blend", {"mix": 2.0}, "Blend.mix is 2; give a value from 0 to 1."),
        ("org.doublure.blend", {"mxi": 2.0}, "Blend has no param 'mxi'; did you mean mix."),
        ("org.doublure.blend", {}, "input 'face' of Blend is not connected"),
        (
            "org.doublure.swap",
            {"model": "m", "track": "/t"},
            "Swap.model is the relative path 'm'; give the whole path.",
        ),
        ("org.doublure.swap", {"model": "/dev/zero", "track": "/t"}, "/dev/zero: Swap.model is no file"),
        ("org.doublure.swap", {"model": "/none.safetensors", "track": "/t"}, "/none.safetensors"),
        ("org.doublure.swap", {}, "Swap.model is empty"),
    ],
)
def test_what_cannot_be_rendered_is_one_sentence(
    client: Client, node: str, params: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ServiceError) as fault:
        client.render(node, {"plate": picture(1)}, params)
    assert sentence in str(fault.value)
    assert str(fault.value).endswith(".")
    assert fault.value.code == "node"
    assert isinstance(fault.value, DoublureError)


def test_the_sentence_is_the_one_that_the_node_says(client: Client) -> None:
    inputs = {"plate": picture(1), "face": picture(2)}
    with pytest.raises(DoublureError) as local:
        headless(Blend, inputs, {})
    with pytest.raises(DoublureError) as remote:
        client.render(Blend.id, inputs, {}, number=1001)
    assert str(remote.value) == str(local.value)


def test_an_unknown_space_is_one_sentence(client: Client) -> None:
    plate = replace(picture(1), space="ACEScgg")
    with pytest.raises(ServiceError, match="no colour space 'ACEScgg'"):
        client.render(Blend.id, {"plate": plate, "face": replace(face(), space="ACEScgg")})


def test_each_client_s_colours_are_converted_with_its_own_configuration(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    serve()
    inputs = {"plate": picture(1, space="ACES2065-1"), "face": face(space="ACES2065-1")}
    (tmp_path / "show.ocio").write_text("no configuration")
    monkeypatch.setenv("OCIO", str(tmp_path / "show.ocio"))
    with Client.connect("a show", start=False) as show:
        monkeypatch.delenv("OCIO")
        with Client.connect("test", start=False) as plain:
            made = plain.render(Blend.id, inputs, number=1001)
            with pytest.raises(ServiceError, match=r"show\.ocio: the colour configuration cannot be loaded"):
                show.render(Blend.id, inputs, number=1001)
            assert same(plain.render(Blend.id, inputs, number=1001), made)
    assert "OCIO" not in os.environ


def test_inputs_of_two_spaces_are_refused(client: Client) -> None:
    with pytest.raises(DoublureError, match="'face' is in ACES2065-1 and not in ACEScg"):
        client.render(Blend.id, {"plate": picture(1), "face": face(space="ACES2065-1")})


def test_a_fifo_as_a_model_does_not_hang_the_service(client: Client, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ServiceError, match="is no file"):
        client.render(Swap.id, {"plate": picture(1)}, {"model": tmp_path / "pipe", "track": "/t"})


def test_a_cancel_ends_a_render_and_the_next_one_goes_on(client: Client, gate: Gate) -> None:
    with pytest.raises(Cancelled):
        client.render(gate.node.id, {"plate": picture(1)}, cancel=gate.entered.is_set)
    gate.open.set()
    assert client.render(gate.node.id, {"plate": picture(1)}).data == DATA


def test_progress_is_told(client: Client, gate: Gate) -> None:
    gate.open.set()
    told: list[tuple[float, str]] = []
    client.render(gate.node.id, {"plate": picture(1)}, progress=lambda *words: told.append(words))
    assert (0.0, "rendering") in told


def test_a_service_that_is_stopped_says_so(serve: Serve, gate: Gate) -> None:
    server = serve()
    with Client.connect("test", start=False) as client:

        def stop(*_: object) -> None:
            server.stop()

        with pytest.raises(ServiceError, match="is being stopped") as fault:
            client.render(gate.node.id, {"plate": picture(1)}, progress=stop)
        assert fault.value.code == "stopped"
        with pytest.raises(ServiceGone, match="ended before it answered"):
            client.status()


def test_where_none_runs_and_none_shall_start_it_is_one_sentence() -> None:
    with pytest.raises(ServiceGone, match="no render service runs; start one with doublure serve"):
        Client.connect("test", start=False)


def test_a_frame_without_inputs_is_refused(client: Client) -> None:
    with pytest.raises(DoublureError, match="no input"):
        client.render(Blend.id, {})
