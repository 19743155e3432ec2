from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path

import pytest

from doublure.nodes.service import start
from doublure.nodes.service.faults import ServiceGone
from doublure.nodes.service.runtime import SPAWN, locked
from tests.nodes.service.conftest import Serve


def test_the_host_s_own_python_and_libraries_are_kept_away() -> None:
    host = {
        "PYTHONPATH": "/nuke",
        "PYTHONHOME": "/nuke",
        "LD_LIBRARY_PATH": "/nuke/lib",
        "LD_PRELOAD": "x.so",
        "CONDA_PREFIX": "/conda",
        "VIRTUAL_ENV": "/venv",
    }
    ours = {
        "PATH": "/bin",
        "HOME": "/home/a",
        "OCIO": "c.ocio",
        "DOUBLURE_RUNTIME_DIR": "/r",
        "XDG_STATE_HOME": "/s",
    }
    assert start.clean({**host, **ours}) == ours


def test_one_that_runs_is_not_started_again(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    serve()
    monkeypatch.setattr(start, "_spawn", lambda *_: pytest.fail("a second one was started"))
    start.connect_or_start().close()


def command(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(start, "_command", lambda *_: [sys.executable, "-I", "-c", code])


def test_one_that_ends_at_once_is_told_with_the_place_of_its_last_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    command(monkeypatch, "import sys; sys.exit('libcuda is missing')")
    with pytest.raises(
        ServiceGone, match=r"service\.err: the render service did not start .*code 1.*read this file"
    ):
        start.connect_or_start()
    assert "libcuda is missing" in (tmp_path / "state/doublure/service.err").read_text()


def test_one_that_never_listens_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    command(
        monkeypatch,
        f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)",
    )
    with pytest.raises(ServiceGone, match="did not start in time"):
        start.connect_or_start(patience=1.0)
    pid = int((tmp_path / "pid").read_text())
    for _ in range(100):
        if not Path(f"/proc/{pid}/cmdline").exists() or not Path(f"/proc/{pid}/cmdline").read_bytes():
            return
        time.sleep(0.05)
    os.kill(pid, 9)
    pytest.fail("it still runs")


def test_who_waits_for_another_s_start_does_not_wait_for_ever() -> None:
    with locked(SPAWN, 0) as ours:
        assert ours
        with pytest.raises(ServiceGone, match="is being started, but does not come up"):
            start.connect_or_start(patience=0.2)


def test_one_that_dies_as_it_is_greeted_is_replaced(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    serve()
    good, dying = start.connect_or_start, [socket.socketpair() for _ in range(2)]
    for ours, _ in dying:
        ours.close()
    calls = [*(theirs for _, theirs in dying)]
    monkeypatch.setattr(start, "connect_or_start", lambda: calls.pop() if calls else good())
    link = start.link_or_start("test")
    assert link.service["pid"] == os.getpid()
    assert calls == []
    link.close()
