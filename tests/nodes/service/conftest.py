"""A service in this process, and clients that may misbehave."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from doublure.nodes.registry import NODES
from doublure.nodes.service.limits import Limits
from doublure.nodes.service.runtime import connect, listen
from doublure.nodes.service.server import Server
from tests.nodes.service.gate import Gate
from tests.nodes.service.raw import Raw


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runtime folder and a log of the test's own."""
    monkeypatch.setenv("DOUBLURE_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "run"


Serve = Callable[..., Server]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts a service in a thread; it is stopped at the end."""
    running: list[tuple[Server, threading.Thread]] = []

    def start(*, limits: Limits | None = None, idle: float = 60.0, cache_bytes: int = 1 << 20) -> Server:
        server = Server(
            listen(), log=tmp_path / "service.log", idle=idle, cache_bytes=cache_bytes, limits=limits
        )
        thread = threading.Thread(target=server.run)
        thread.start()
        running.append((server, thread))
        return server

    yield start
    for server, thread in running:
        server.stop()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def raw(runtime: Path) -> Iterator[Callable[..., Raw]]:
    """Makes raw connections to the running service; greeted unless ``hello=False``."""
    made: list[Raw] = []

    def connected(*, hello: bool = True) -> Raw:
        sock = connect()
        assert sock is not None
        made.append(Raw(sock))
        if hello:
            assert made[-1].ask({"type": "hello", "protocol": 1, "client": "test"})["type"] == "hello"
        return made[-1]

    yield connected
    for each in made:
        each.close()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """A node that renders until it is let go, or cancelled."""
    made = Gate()
    monkeypatch.setitem(NODES, made.node.id, made.node)
    yield made
    made.open.set()


def wait_until(said: Callable[[], Any], seconds: float = 10.0) -> None:
    """Wait for another thread; a failure where it takes for ever."""
    tick = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if said():
            return
        tick.wait(0.01)
    raise AssertionError("it never came true")
