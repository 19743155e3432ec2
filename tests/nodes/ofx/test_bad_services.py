"""Services that die, lie or talk nonsense: the host gets an error, never a crash, a hang or a wrong picture."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tests.nodes.ofx.conftest import MakeHost
from tests.nodes.ofx.driver import FAILED, OK, UNTOUCHED, FakeService, Pixels
from tests.nodes.ofx.fake_service import GARBAGE, LIES

PLATE: Pixels = np.full((12, 16, 4), 0.5, np.float32)


def fails(host: MakeHost) -> str:
    """The sentence of a frame that fails; the host goes on."""
    started = host()
    instance, box = started.swap(PLATE)
    status, result = started.render(instance, box)
    assert status == FAILED
    assert (result == UNTOUCHED).all()
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
    assert (result == UNTOUCHED).all()


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
    assert (result == UNTOUCHED).all()
    assert started.report()["messages"] == ""
    children = Path(f"/proc/{started.process.pid}/task/{started.process.pid}/children").read_text().split()
    for child in children:
        os.kill(int(child), 9)
