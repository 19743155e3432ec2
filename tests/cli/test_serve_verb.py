from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from doublure.cli.main import main
from doublure.nodes.service.limits import Limits
from doublure.nodes.service.runtime import LOCK, connect, listen, locked
from doublure.nodes.service.server import Server


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOUBLURE_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "run"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Server]:
    """A service in this process, that holds the lock as one of its own would."""
    held = threading.Event()
    server = Server(listen(), log=tmp_path / "service.log", idle=60, cache_bytes=0, limits=Limits())

    def run() -> None:
        with locked(LOCK, 5) as ours:
            assert ours
            held.set()
            server.run()

    thread = threading.Thread(target=run)
    thread.start()
    assert held.wait(10)
    yield server
    server.stop()
    thread.join(10)


def test_status_and_stop_know_when_none_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--status"]) == 1
    assert capsys.readouterr().err == "doublure: no render service runs.\n"
    assert main(["serve", "--status", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"running": False}
    assert main(["serve", "--stop"]) == 0


def test_status_tells_what_the_service_does(service: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--status"]) == 0
    out = capsys.readouterr().out
    assert f"process      {os.getpid()}" in out
    assert "service.log" in out
    assert main(["serve", "--status", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["running"], said["pid"], said["connections"]) == (True, os.getpid(), [])


def test_stop_returns_when_the_service_has_ended(service: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--stop"]) == 0
    assert connect() is None
    assert "has ended" in capsys.readouterr().err


def test_a_second_service_is_refused(service: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve"]) == 1
    assert "a render service runs already; see doublure serve --status." in capsys.readouterr().err


def test_status_and_stop_do_not_load_torch() -> None:
    code = (
        "import sys\nfrom doublure.cli.main import main\n"
        "assert main(['serve', '--status']) == 1\nassert main(['serve', '--stop']) == 0\n"
        "assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


@pytest.mark.parametrize(
    "arguments", [["--idle", "0"], ["--idle", "nan"], ["--cache", "-1"], ["--status", "--stop"]]
)
def test_a_wrong_usage_exits_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["serve", *arguments])
    assert end.value.code == 2


def test_it_serves_in_the_foreground_until_it_is_idle(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "doublure.cli.main", "serve", "--idle", "0.3", "--cache", "0"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert str(tmp_path / "state/doublure/service.log") in done.stderr
    assert "nobody has asked" in (tmp_path / "state/doublure/service.log").read_text()
