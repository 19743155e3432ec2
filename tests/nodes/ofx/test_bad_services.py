"""Services that die, lie or talk nonsense: the host gets an error, never a crash, a hang or a wrong picture."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from tests.nodes.ofx.conftest import MakeHost
from tests.nodes.ofx.driver import FAILED, OK, FakeService, Host, Pixels
from tests.nodes.ofx.fake_service import GARBAGE, LIES

PLATE: Pixels = np.full((12, 16, 4), 0.5, np.float32)


def fails(host: MakeHost) -> str:
    """The sentence of a frame that fails; the host goes on."""
    started = host()
    instance, box = started.swap(PLATE)
    status, result = started.render(instance, box)
    assert status == FAILED
    assert (result == 0).all()
    sentence = started.report()["messages"]
    assert sentence.count("\n") == 1
    return str(sentence)


@pytest.mark.parametrize("mode", [*GARBAGE, *LIES])
def test_nonsense_is_an_error(
    host: MakeHost, fake: FakeService, environment: dict[str, str], mode: str
) -> None:
    fake.set_mode(mode)
    if mode in LIES:
        assert "reply makes no sense" in fails(host)
    elif mode == "half":
        # A message that never ends is a service that says no word.
        environment["DOUBLURE_TIMEOUT"] = "1"
        assert "has not said a word" in fails(host)
    else:
        assert "the connection to the Doublure service is lost (" in fails(host)


def test_answers_with_bytes_changed_never_crash_the_host(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance, box = started.swap(PLATE)
    statuses = set()
    for seed in range(0, 60 * 1000, 1000):
        fake.set_mode(f"mutated {seed}")
        statuses.add(started.render(instance, box)[0])
    assert FAILED in statuses
    fake.set_mode("double")
    assert started.render(instance, box)[0] == OK


def test_an_input_of_another_size_is_not_taken_for_the_result(host: MakeHost, fake: FakeService) -> None:
    fake.set_mode("stingy")
    started = host()
    instance = started.create("blend")
    box = started.connect(instance, "Source", PLATE)
    started.connect(instance, "Face", PLATE)
    started.connect(instance, "Occlusion", PLATE[..., :1])
    status, result = started.render(instance, box)
    assert status == FAILED
    assert (result == 0).all()


def test_a_service_that_dies_in_mid_frame_is_started_again(host: MakeHost, fake: FakeService) -> None:
    fake.set_mode("dies once")
    started = host()
    instance, box = started.swap(PLATE)
    status, result = started.render(instance, box)
    assert started.report()["messages"] == ""
    assert status == OK
    assert (result[..., :3] == 1).all()
    assert fake.starts == 2


def test_a_service_that_always_dies_fails_the_frame_after_two_tries(
    host: MakeHost, fake: FakeService
) -> None:
    fake.set_mode("dies")
    sentence = fails(host)
    assert "the connection to the Doublure service is lost (" in sentence
    assert sentence.endswith("service.log.\n")
    assert fake.starts == 2


def test_a_service_that_was_killed_between_frames_is_not_noticed(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance, box = started.swap(PLATE)
    assert started.render(instance, box)[0] == OK
    fake.kill()
    assert started.render(instance, box)[0] == OK
    assert fake.starts == 2


def test_one_that_stops_is_replaced(host: MakeHost, fake: FakeService) -> None:
    fake.set_mode("stopped")
    assert "the service was stopped." in fails(host)
    assert [message["type"] for message in fake.requests].count("render") == 2


def test_one_of_another_version_is_named(host: MakeHost, fake: FakeService) -> None:
    fake.set_mode("other protocol")
    assert "is of another version; end it with doublure serve --stop" in fails(host)
    assert fake.starts == 1


def test_one_that_refuses_says_why(host: MakeHost, fake: FakeService) -> None:
    fake.set_mode("refuses")
    assert "too many hosts; close one." in fails(host)


def test_one_that_hangs_up_is_an_error(host: MakeHost, fake: FakeService) -> None:
    fake.set_mode("hangs up")
    assert "the connection to the Doublure service is lost" in fails(host)


def test_one_that_says_no_word_is_given_up(
    host: MakeHost, fake: FakeService, environment: dict[str, str]
) -> None:
    environment["DOUBLURE_TIMEOUT"] = "1"
    fake.set_mode("silent")
    assert "has not said a word for 1 seconds" in fails(host)
    assert [message["type"] for message in fake.requests].count("render") == 1


def test_one_that_does_not_start_is_told_with_its_log(
    host: MakeHost, fake: FakeService, short_folder: Path
) -> None:
    fake.set_mode("does not start")
    log = short_folder / "state" / "doublure" / "service.err"
    assert f"the Doublure service did not start (exit code 9); see {log}." in fails(host)
    assert "no such module" in log.read_text()


def python(environment: dict[str, str], folder: Path, script: str) -> Path:
    """A script in place of the interpreter, which notes its process in the file that is returned."""
    start, begun = folder / "python", folder / "begun"
    start.write_text(f'#!/bin/sh\necho $$ >> "{begun}"\n{script}\n')
    start.chmod(0o755)
    environment["DOUBLURE_PYTHON"] = str(start)
    return begun


def is_running(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def sentences(started: Host, frames: int) -> list[str]:
    """What each of some frames says that fails."""
    instance, box = started.swap(PLATE)
    said = []
    for number in range(frames):
        assert started.render(instance, box, time=number)[0] == FAILED
        said.append(str(started.report()["messages"]))
    return said


def test_one_that_hangs_at_its_start_is_ended_and_not_started_for_every_frame(
    host: MakeHost, environment: dict[str, str], short_folder: Path
) -> None:
    begun = python(environment, short_folder, f'sleep 1000 & echo $! > "{short_folder}/child"; wait')
    environment["DOUBLURE_START_TIMEOUT"] = "1"
    said = sentences(host(), 5)
    assert "did not answer within 1 seconds of its start and was ended; see " in said[0]
    assert said == [said[0]] * 5
    (pid,) = begun.read_text().split()
    child = (short_folder / "child").read_text().strip()
    for _ in range(100):
        if not (is_running(pid) or is_running(child)):
            break
        time.sleep(0.02)
    assert not is_running(pid)
    assert not is_running(child)


def test_one_that_ends_at_once_is_told_once_for_all_frames(
    host: MakeHost, environment: dict[str, str], short_folder: Path
) -> None:
    begun = python(environment, short_folder, "exit 1")
    said = sentences(host(), 5)
    assert "the Doublure service did not start (exit code 1); see " in said[0]
    assert said == [said[0]] * 5
    assert len(begun.read_text().split()) == 1


def test_ten_threads_start_one_that_ends_at_once_only_once(
    host: MakeHost, environment: dict[str, str], short_folder: Path
) -> None:
    begun = python(environment, short_folder, "exit 1")
    started = host()
    instance, box = started.swap(PLATE)
    assert started.start_render(instance, box, threads=10)["status"] == [FAILED] * 10
    assert len(begun.read_text().split()) == 1


def test_a_failed_start_does_not_keep_a_host_from_one_that_runs(
    host: MakeHost, environment: dict[str, str], fake: FakeService, short_folder: Path
) -> None:
    good = Path(environment["DOUBLURE_PYTHON"]).read_text()
    bad = short_folder / "bad"
    bad.mkdir()
    python(environment, bad, f'[ -e "{short_folder}/now" ] || exit 1\n{good}')
    started = host()
    instance, box = started.swap(PLATE)
    assert started.render(instance, box)[0] == FAILED
    (short_folder / "now").touch()
    other = host()
    elsewhere, _ = other.swap(PLATE)
    assert other.render(elsewhere, box)[0] == OK
    assert started.render(instance, box)[0] == OK


def test_a_service_that_an_aborted_frame_left_starting_is_waited_for(
    host: MakeHost, environment: dict[str, str], fake: FakeService, short_folder: Path
) -> None:
    good = Path(environment["DOUBLURE_PYTHON"]).read_text()
    slow = short_folder / "slow"
    slow.mkdir()
    begun = python(environment, slow, f'while [ ! -e "{short_folder}/now" ]; do sleep 0.05; done\n{good}')
    started = host()
    instance, box = started.swap(PLATE)
    for _ in range(3):
        assert started.render(instance, box, abort=begun)[0] == FAILED
    assert started.report()["messages"] == ""
    (short_folder / "now").touch()
    assert started.render(instance, box)[0] == OK
    assert len(begun.read_text().split()) == 1


def test_a_python_that_is_not_there_is_named(host: MakeHost, environment: dict[str, str]) -> None:
    environment["DOUBLURE_PYTHON"] = "/nowhere/python"
    sentence = fails(host)
    assert "/nowhere/python: the Doublure service cannot be started" in sentence
    assert "service.err" in sentence


@pytest.mark.parametrize("kind", ["open to others", "a link", "a file"])
def test_an_unsafe_folder_is_refused(
    host: MakeHost, fake: FakeService, short_folder: Path, kind: str
) -> None:
    folder = short_folder / "run"
    if kind == "open to others":
        folder.mkdir(mode=0o755)
        folder.chmod(0o755)
    elif kind == "a link":
        (short_folder / "elsewhere").mkdir(mode=0o700)
        folder.symlink_to(short_folder / "elsewhere")
    else:
        folder.touch()
    assert f"{folder}: the service's folder is not safe" in fails(host)
    assert fake.starts == 0


def test_a_folder_that_cannot_be_made_is_named(host: MakeHost, environment: dict[str, str]) -> None:
    environment["DOUBLURE_RUNTIME_DIR"] = "/proc/none/run"
    assert "/proc/none/run: the service's folder cannot be made" in fails(host)


def test_a_path_too_long_for_a_socket_is_named(
    host: MakeHost, environment: dict[str, str], short_folder: Path
) -> None:
    folder = short_folder / ("x" * 120)
    environment["DOUBLURE_RUNTIME_DIR"] = str(folder)
    assert "the path is too long for a socket" in fails(host)


def test_a_socket_that_nobody_listens_at_is_no_obstacle(
    host: MakeHost, fake: FakeService, short_folder: Path
) -> None:
    import socket

    (short_folder / "run").mkdir(mode=0o700)
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(short_folder / "run" / "service.sock"))
    left.close()
    started = host()
    instance, box = started.swap(PLATE)
    assert started.render(instance, box)[0] == OK


def test_abort_while_the_service_starts(
    host: MakeHost, environment: dict[str, str], short_folder: Path
) -> None:
    start = short_folder / "python"
    start.write_text(f'#!/bin/sh\ntouch "{short_folder}/begun"\nexec sleep 20\n')
    start.chmod(0o755)
    environment["DOUBLURE_PYTHON"] = str(start)
    started = host()
    instance, box = started.swap(PLATE)
    status, result = started.render(instance, box, abort=short_folder / "begun")
    assert status == FAILED
    assert (result == 0).all()
    assert started.report()["messages"] == ""
    children = Path(f"/proc/{started.process.pid}/task/{started.process.pid}/children").read_text().split()
    for child in children:
        os.kill(int(child), 9)
