"""The service over its socket, with a node that waits for the test."""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from doublure.core.errors import DoublureError
from doublure.nodes.service.limits import MESSAGE, Limits
from doublure.nodes.service.runtime import connect
from doublure.nodes.service.server import Server
from doublure.nodes.service.wire import encode
from tests.nodes.service.conftest import Serve, wait_until
from tests.nodes.service.gate import Gate
from tests.nodes.service.raw import SIZE, Raw, framed, output, picture, render

Connect = Callable[..., Raw]
HELLO = {"type": "hello", "protocol": 1, "client": "test"}


def ready(server: Server) -> Server:
    wait_until(lambda: server.worker.warm is not None)
    return server


def floats(memory: Any, begin: int = 0) -> np.ndarray:
    return np.frombuffer(memory, np.float32, SIZE // 4, begin).reshape(4, 12, 16)


# Greeting


def test_the_greeting_says_who_and_what(serve: Serve, raw: Connect, tmp_path: Path) -> None:
    serve()
    said = raw(hello=False).ask(HELLO)
    assert (said["type"], said["protocol"], said["pid"]) == ("hello", 1, os.getpid())
    assert said["log"] == str(tmp_path / "service.log")
    assert said["limits"]["message"] == MESSAGE
    assert said["limits"]["connections"] == 64


@pytest.mark.parametrize("protocol", [0, 2, 99])
def test_another_protocol_is_refused_and_the_connection_ends(
    serve: Serve, raw: Connect, protocol: int
) -> None:
    serve()
    client = raw(hello=False)
    said = client.ask({**HELLO, "protocol": protocol})
    assert (said["type"], said["code"]) == ("error", "protocol")
    assert f"protocol {protocol}" in said["message"]
    assert client.ended()


@pytest.mark.parametrize(
    "first", [{"type": "status", "id": 1}, {"type": "stop", "id": 1}, {"type": "hello"}, {"type": "what"}]
)
def test_who_does_not_greet_is_not_served(serve: Serve, raw: Connect, first: dict[str, Any]) -> None:
    serve()
    client = raw(hello=False)
    assert client.ask(first)["type"] == "error"
    assert client.ended()
    assert raw().ask({"type": "status", "id": 2})["type"] == "done"


# Bad streams

BAD_BYTES = {
    "empty": framed(b""),
    "too long": (MESSAGE + 1).to_bytes(4, "little") + b"x" * 100,
    "not json": framed(b"rm -rf /"),
    "not utf-8": framed(b'{"type":"\xff\xfe"}'),
    "nan": framed(b'{"type":"status","id":NaN}'),
    "deep": framed(b'{"type":"status","id":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "no object": framed(b"[1, 2]"),
    "http": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


@pytest.mark.parametrize("name", BAD_BYTES)
def test_a_bad_stream_ends_its_own_connection_alone(serve: Serve, raw: Connect, name: str) -> None:
    serve()
    good, bad = raw(), raw()
    bad.send_bytes(BAD_BYTES[name])
    said = bad.receive()
    assert (said["type"], said["id"], said["code"]) == ("error", 0, "protocol")
    assert bad.ended()
    assert good.ask({"type": "status", "id": 1})["type"] == "done"


def test_a_message_that_never_ends_is_given_up(serve: Serve, raw: Connect) -> None:
    serve(limits=Limits(message_seconds=0.2))
    slow, other, silent = raw(), raw(), raw(hello=False)
    data = encode({"type": "status", "id": 1})
    for index in range(4):
        slow.send_bytes(data[index : index + 1])
    assert slow.ended()
    assert silent.ended()
    assert other.ask({"type": "status", "id": 1})["type"] == "done"


def test_a_client_that_reads_nothing_stops_being_read(serve: Serve, raw: Connect) -> None:
    server = serve()
    client, other = raw(), raw()
    data, sent = encode({"type": "status", "id": 1}), 0
    # Not even after a while does it take more.
    while select.select([], [client.sock], [], 0.3)[1]:
        sent += client.sock.send(data)
        assert sent < 10 << 20
    assert other.ask({"type": "status", "id": 1})["type"] == "done"
    client.close()
    wait_until(lambda: len(server.status()["connections"]) == 1)


def test_a_bad_request_is_answered_and_the_connection_goes_on(serve: Serve, raw: Connect) -> None:
    serve()
    client = raw()
    said = client.ask({"type": "render", "id": 7, "node": 5})
    assert (said["id"], said["code"]) == (7, "bad_request")
    assert said["message"].endswith(".")
    assert client.ask({"type": "future", "id": 8})["code"] == "bad_request"
    assert client.ask({"type": "status", "id": "x"})["id"] == 0
    assert client.ask({"type": "status", "id": 9})["type"] == "done"


def test_a_descriptor_with_another_message_is_refused_and_closed(serve: Serve, raw: Connect) -> None:
    serve()
    client = raw()
    before = len(os.listdir("/proc/self/fd"))
    assert client.ask({"type": "status", "id": 1}, 0, 0)["code"] == "bad_request"
    wait_until(lambda: len(os.listdir("/proc/self/fd")) <= before)


# Segments


def test_a_segment_needs_its_memory(serve: Serve, raw: Connect) -> None:
    serve()
    client = raw()
    message = {"type": "segment", "id": 1, "segment": 1, "bytes": 64}
    assert "one descriptor" in client.ask(message)["message"]
    assert "one descriptor" in client.ask(message, 0, 0)["message"]
    descriptor = os.memfd_create("x", os.MFD_ALLOW_SEALING)
    os.ftruncate(descriptor, 64)
    assert "not sealed" in client.ask(message, descriptor)["message"]
    os.close(descriptor)


def test_segments_are_limited_in_number_and_size(serve: Serve, raw: Connect) -> None:
    serve(limits=Limits(segments=2, segment_bytes=4096, total_bytes=6000))
    client = raw()
    client.segment(1, 4096)
    assert (
        "at most 4096 bytes"
        in client.ask({"type": "segment", "id": 1, "segment": 2, "bytes": 4097}, 0)["message"]
    )
    assert (
        "at most 6000 bytes"
        in client.ask({"type": "segment", "id": 1, "segment": 2, "bytes": 1905}, 0)["message"]
    )
    client.segment(1, 4000)
    client.segment(2, 1000)
    assert (
        "at most 2 segments"
        in client.ask({"type": "segment", "id": 1, "segment": 3, "bytes": 1}, 0)["message"]
    )
    assert client.ask({"type": "release", "id": 1, "segment": 2})["type"] == "done"
    client.segment(3, 1000)
    assert client.ask({"type": "release", "id": 1, "segment": 2})["code"] == "bad_request"


def test_memory_is_given_back_with_the_connection(serve: Serve, raw: Connect) -> None:
    serve()
    before = len(os.listdir("/proc/self/fd"))
    client = raw()
    memories = [client.segment(number) for number in range(1, 20)]
    del memories
    client.close()
    wait_until(lambda: len(os.listdir("/proc/self/fd")) <= before)


@pytest.mark.parametrize(
    "change",
    [
        {"inputs": [picture(segment=9)]},
        {"inputs": [picture(offset=2 * SIZE - 64)]},
        {"inputs": [picture(offset=2**50)]},
        {"output": output(segment=9)},
        {"output": output(offset=SIZE + 64)},
        {"inputs": [picture()], "output": output(offset=0)},
        {"inputs": [picture(offset=64)], "output": output(offset=SIZE)},
        {"inputs": [picture(offset=SIZE)], "output": output(offset=SIZE - 64)},
    ],
    ids=repr,
)
def test_pixels_outside_their_segment_or_under_the_output_are_refused(
    serve: Serve, raw: Connect, gate: Gate, change: dict[str, Any]
) -> None:
    serve()
    client = raw()
    memory = client.segment()
    floats(memory)[:] = 7
    assert client.ask(render(**change))["code"] == "bad_request"
    assert not gate.entered.is_set()
    assert (floats(memory) == 7).all()
    assert not floats(memory, SIZE).any()


# Rendering


def test_a_result_comes_into_the_output_and_nowhere_else(serve: Serve, raw: Connect, gate: Gate) -> None:
    serve()
    gate.open.set()
    client = raw()
    memory = client.segment(size=4 * SIZE)
    everything = np.frombuffer(memory, np.float32)
    everything[:] = np.random.default_rng(1).standard_normal(everything.size)
    before = everything.copy()
    said = client.ask(render(params={"gain": 2.0}, output=output(offset=2 * SIZE)))
    assert (said["type"], said["id"], said["segment"], said["offset"]) == ("done", 3, 1, 2 * SIZE)
    assert said["notes"] == ["frame 1001: there is no face (the gate has none)."]
    expected = before[: SIZE // 4].reshape(4, 12, 16) * np.float32([2, 2, 2, 1])[:, None, None]
    assert np.array_equal(floats(memory, 2 * SIZE), expected)
    outside = np.r_[0 : SIZE // 2, SIZE * 3 // 4 : SIZE]
    assert np.array_equal(everything[outside], before[outside])


def test_the_same_request_again_comes_from_the_cache(serve: Serve, raw: Connect, gate: Gate) -> None:
    serve()
    gate.open.set()
    client = raw()
    memory = client.segment()
    floats(memory)[:] = 3
    assert not client.ask(render())["cached"]
    floats(memory, SIZE)[:] = 0
    said = client.ask(render(id=4))
    assert said["cached"]
    assert said["notes"]
    assert (floats(memory, SIZE) == 3).all()
    assert gate.seen == [1001]


@pytest.mark.parametrize(
    "change",
    [
        {"frame": 1002},
        {"params": {"gain": 0.5}},
        {"scale": 0.5},
        {"space": "ACES2065-1"},
        {"inputs": [picture(pixel_aspect=2.0)]},
        {"inputs": [picture(display=[0, 0, 8, 8])]},
        {"output": output(channels=["A", "B", "G", "R"])},
        {"output": output(window=[1, 0, 17, 12])},
    ],
    ids=repr,
)
def test_another_request_does_not(serve: Serve, raw: Connect, gate: Gate, change: dict[str, Any]) -> None:
    serve()
    gate.open.set()
    client = raw()
    client.segment()
    client.ask(render())
    assert not client.ask(render(id=4, **change))["cached"]


def test_other_pixels_are_rendered_anew(serve: Serve, raw: Connect, gate: Gate) -> None:
    serve()
    gate.open.set()
    client = raw()
    memory = client.segment()
    client.ask(render())
    floats(memory)[2, 3, 4] = 1
    assert not client.ask(render(id=4))["cached"]
    assert floats(memory, SIZE)[2, 3, 4] == 1


def test_a_fault_of_the_artist_is_his_sentence(serve: Serve, raw: Connect, gate: Gate) -> None:
    serve()
    gate.open.set()
    gate.fault = DoublureError("the plate is torn", frame=1001, remedy="scan it again")
    client = raw()
    client.segment()
    said = client.ask(render())
    assert (said["code"], said["message"]) == ("node", "frame 1001: the plate is torn; scan it again.")


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (ZeroDivisionError("x"), "internal"),
        (MemoryError(), "memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "memory"),
        (SystemExit(3), "internal"),
    ],
)
def test_a_fault_of_ours_is_told_and_survived(
    serve: Serve, raw: Connect, gate: Gate, fault: BaseException, code: str
) -> None:
    serve()
    gate.open.set()
    gate.fault = fault
    client = raw()
    client.segment()
    said = client.ask(render())
    assert said["code"] == code
    assert "\n" not in said["message"]
    gate.fault = None
    assert client.ask(render(id=4))["type"] == "done"


# Cancel, stop, and clients that go away


def test_work_under_way_is_cancelled(serve: Serve, raw: Connect, gate: Gate) -> None:
    serve()
    client = raw()
    client.segment()
    client.send(render(id=3))
    assert gate.entered.wait(10)
    client.send({"type": "cancel", "id": 4, "request": 3})
    said = {answer["id"]: answer for answer in (client.answer(), client.answer())}
    assert said[4]["type"] == "done"
    assert said[3]["code"] == "cancelled"
    gate.open.set()
    assert not client.ask(render(id=5))["cached"]


def test_what_waits_is_cancelled_without_being_begun(serve: Serve, raw: Connect, gate: Gate) -> None:
    serve()
    client = raw()
    client.segment()
    client.send(render(id=3))
    assert gate.entered.wait(10)
    client.send(render(id=4, frame=1002))
    client.send({"type": "cancel", "id": 5, "request": 4})
    said = {answer["id"]: answer for answer in (client.answer(), client.answer())}
    assert said[4]["code"] == "cancelled"
    gate.open.set()
    assert client.answer()["id"] == 3
    assert gate.seen == [1001]


def test_a_cancel_of_nothing_is_done(serve: Serve, raw: Connect) -> None:
    serve()
    assert raw().ask({"type": "cancel", "id": 4, "request": 3}) == {"type": "done", "id": 4}


def test_one_client_cannot_cancel_another_s_work(serve: Serve, raw: Connect, gate: Gate) -> None:
    serve()
    client, other = raw(), raw()
    client.segment()
    client.send(render(id=3))
    assert gate.entered.wait(10)
    other.ask({"type": "cancel", "id": 1, "request": 3})
    gate.open.set()
    assert client.answer()["type"] == "done"


def test_work_for_a_client_that_went_away_is_dropped(serve: Serve, raw: Connect, gate: Gate) -> None:
    server = serve()
    client, other = raw(), raw()
    client.segment()
    other.segment()
    client.send(render(id=3))
    client.send(render(id=4, frame=1002))
    assert gate.entered.wait(10)
    client.close()
    wait_until(lambda: server.worker.current is None)
    gate.open.set()
    assert other.ask(render(id=3, frame=1003))["type"] == "done"
    assert gate.seen == [1001, 1003]


def test_a_viewer_overtakes_a_farm(serve: Serve, raw: Connect, gate: Gate) -> None:
    server = serve()
    farm, viewer = raw(), raw()
    farm.segment()
    viewer.segment()
    for number in range(4):
        farm.send(render(id=number + 1, frame=number, priority="batch"))
    assert gate.entered.wait(10)
    viewer.send(render(id=1, frame=100))
    assert viewer.receive()["what"] == "waiting"
    wait_until(lambda: len(server.queue) == 4)
    gate.open.set()
    viewer.answer()
    for _ in range(4):
        farm.answer()
    assert gate.seen == [0, 100, 1, 2, 3]


def test_too_many_requests_are_refused_as_busy(serve: Serve, raw: Connect, gate: Gate) -> None:
    serve(limits=Limits(requests=2))
    client, other = raw(), raw()
    client.segment()
    other.segment()
    client.send(render(id=1, frame=1))
    client.send(render(id=2, frame=2))
    assert client.ask(render(id=3, frame=3))["code"] == "busy"
    other.send(render(id=1, frame=4))
    assert "still under way" in client.ask(render(id=1, frame=5))["message"]
    gate.open.set()
    assert {client.answer()["id"], client.answer()["id"]} == {1, 2}
    assert other.answer()["type"] == "done"


def test_one_connection_too_many_is_told_so(serve: Serve, raw: Connect) -> None:
    serve(limits=Limits(connections=2))
    first, _ = raw(), raw()
    third = raw(hello=False)
    assert third.receive()["code"] == "busy"
    assert third.ended()
    first.close()
    wait_until(lambda: _greeted(raw))


def _greeted(raw: Connect) -> bool:
    try:
        return raw(hello=False).ask(HELLO)["type"] == "hello"
    except OSError:
        return False


def test_stop_ends_what_waits_and_what_runs(serve: Serve, raw: Connect, gate: Gate, runtime: Path) -> None:
    serve()
    client, other = raw(), raw()
    client.segment()
    client.send(render(id=3))
    assert gate.entered.wait(10)
    client.send(render(id=4, frame=1002))
    assert client.receive()["what"] in ("starting", "rendering", "waiting")
    assert other.ask({"type": "stop", "id": 1})["type"] == "done"
    said = {answer["id"]: answer["code"] for answer in (client.answer(), client.answer())}
    assert said == {3: "stopped", 4: "stopped"}
    assert client.ended()


def test_it_ends_when_nobody_asks(serve: Serve, raw: Connect) -> None:
    server = serve(idle=0.3)
    client = raw()
    ready(server)
    assert client.ended()
    wait_until(lambda: connect() is None)


def test_it_does_not_end_while_it_works(serve: Serve, raw: Connect, gate: Gate) -> None:
    serve(idle=0.2)
    client = raw()
    client.segment()
    client.send(render())
    assert gate.entered.wait(10)
    time.sleep(0.5)
    gate.open.set()
    assert client.answer()["type"] == "done"


def test_ten_clients_at_once_get_each_its_own(serve: Serve, gate: Gate) -> None:
    serve()
    gate.open.set()
    wrong: list[str] = []

    def work(own: int) -> None:
        sock = connect()
        assert sock is not None
        client = Raw(sock)
        client.ask(HELLO)
        memory = client.segment()
        for turn in range(5):
            floats(memory)[:] = own + turn / 10
            said = client.ask(render(id=turn + 1, frame=turn, params={"gain": 2.0}))
            if said["type"] != "done" or not np.array_equal(floats(memory, SIZE)[:3], 2 * floats(memory)[:3]):
                wrong.append(f"{own} {turn} {said}")
        client.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []
    assert len(gate.seen) == 50


def test_the_status_counts(serve: Serve, raw: Connect, gate: Gate) -> None:
    ready(serve())
    gate.open.set()
    client = raw()
    client.segment()
    client.ask(render(id=1))
    client.ask(render(id=2))
    said = client.ask({"type": "status", "id": 3})["status"]
    assert (said["rendered"], said["cached"], said["cache_bytes"]) == (1, 1, SIZE)
    assert said["connections"] == [{"client": "test", "requests": 0, "bytes": 2 * SIZE}]
    assert said["memory_bytes"] > 1 << 20


def test_a_connection_that_is_closed_at_once_is_no_trouble(serve: Serve, raw: Connect) -> None:
    serve()
    for _ in range(20):
        sock = connect()
        assert isinstance(sock, socket.socket)
        sock.close()
    assert raw().ask({"type": "status", "id": 1})["type"] == "done"
