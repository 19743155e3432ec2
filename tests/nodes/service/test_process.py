"""The service as a process of its own: its start, its violent and its peaceful end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from doublure.core.frame import Frame
from doublure.nodes.service.client import Client, ServiceGone
from doublure.nodes.service.link import Link
from doublure.nodes.service.runtime import connect
from doublure.nodes.service.start import connect_or_start, link_or_start
from tests.nodes.service.comps import face, picture
from tests.nodes.service.conftest import wait_until


def started() -> int:
    """The process of the service, started where none runs; torch need not be there yet."""
    link = link_or_start("test")
    link.close()
    return int(link.service["pid"])


def runs(pid: int) -> bool:
    """Whether a process is there, and is no zombie that its parent has not looked at."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text().replace(")", " ")
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture(autouse=True)
def _nothing_is_left(runtime: Path) -> Iterator[None]:
    yield
    sock = connect()
    if sock is not None:
        link = Link(sock, "test")
        os.kill(int(link.service["pid"]), signal.SIGKILL)
        link.close()


def test_many_starts_at_once_end_with_one_service() -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(started())) for _ in range(4)]
    for thread in threads:
        thread.start()
    code = (
        "from doublure.nodes.service.start import connect_or_start\n"
        "from doublure.nodes.service.link import Link\n"
        "import sys\n"
        "print(Link(connect_or_start(), 'other').service['pid'])\n"
        "assert 'torch' not in sys.modules\n"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for thread in threads:
        thread.join(30)
    assert len(found) == 4
    assert {*found, int(other.stdout)} == {found[0]}
    assert os.getsid(found[0]) == found[0] != os.getsid(0)
    again = subprocess.run([sys.executable, "-I", "-m", "doublure.nodes.service"], check=False)
    assert again.returncode == 3
    assert started() == found[0]


def test_a_service_that_is_killed_is_noticed_and_replaced(runtime: Path) -> None:
    plate = picture(1)
    large = Frame.from_rgb(plate.pixels.repeat(1, 20, 20), "ACEScg")
    front = Frame.from_rgb(face().pixels.repeat(1, 20, 20), "ACEScg")
    with Client.connect("test") as client:
        killed = client.pid

        def kill(fraction: float, what: str) -> None:
            if what == "rendering":
                os.kill(killed, signal.SIGKILL)

        with pytest.raises(
            ServiceGone, match=r"service\.log: the render service ended before it answered; ask again"
        ):
            client.render("org.doublure.blend", {"plate": large, "face": front}, progress=kill)
    wait_until(lambda: not runs(killed))
    assert (runtime / "service.sock").exists()
    assert started() != killed


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_polite_signal_ends_it_and_leaves_nothing_behind(runtime: Path, number: int) -> None:
    pid = started()
    os.kill(pid, signal.SIGHUP)
    os.kill(pid, signal.SIGPIPE)
    assert started() == pid
    os.kill(pid, number)
    wait_until(lambda: not runs(pid), 30)
    assert not (runtime / "service.sock").exists()


def test_it_ends_by_itself_when_it_is_idle(runtime: Path) -> None:
    link = Link(connect_or_start(idle=0.5), "test")
    link.close()
    pid = int(link.service["pid"])
    wait_until(lambda: not runs(pid), 30)
    assert connect() is None


def test_the_folder_is_checked_before_anything_listens(runtime: Path) -> None:
    runtime.mkdir(mode=0o755)
    done = subprocess.run(
        [sys.executable, "-I", "-m", "doublure.nodes.service"], capture_output=True, text=True, check=False
    )
    runtime.chmod(0o700)
    assert done.returncode == 1
    assert "is open to other users" in done.stderr
    assert done.stderr.count("\n") == 1
