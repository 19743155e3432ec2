"""The button Track: the whole clip goes to the service."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from tests.nodes.ofx.conftest import MakeHost
from tests.nodes.ofx.driver import DEFAULT, FAILED, OK, FakeService, Host, Pixels

PLATE: Pixels = np.full((12, 16, 4), 0.5, np.float32)
PRESSED = ("analyse", "OfxChangeUserEdited")


def track(started: Host) -> int:
    instance = started.create("track")
    started.connect(instance, "Source", PLATE)
    started.param(instance, "sidecar", "/shot/track.json")
    started.param(instance, "smoothing", 3)
    return instance


def press(started: Host, instance: int, name: str, reason: str, abort: Any = "-") -> int:
    return int(started.command("press", instance, name, reason, abort)["status"])


def kinds(fake: FakeService) -> list[str]:
    return [message["type"] for message in fake.requests if message["type"].startswith("track")]


def test_every_frame_of_source_is_sent_and_the_artist_told(host: MakeHost, fake: FakeService) -> None:
    started = host()
    assert press(started, track(started), *PRESSED) == OK
    assert kinds(fake) == ["track.begin", "track.frame", "track.frame", "track.frame", "track.finish"]
    begin = fake.last("track.begin")
    assert begin["sidecar"] == "/shot/track.json"
    told = {"face_index": 0, "threshold": 0.5, "smoothing": 3, "comp_use": "fill gaps", "corrections": ""}
    assert begin["settings"].items() >= told.items()
    assert begin["total"] == 3
    frames = [message for message in fake.requests if message["type"] == "track.frame"]
    assert [message["frame"] for message in frames] == [1, 2, 3]
    assert {message["space"] for message in frames} == {"ACEScg"}
    assert frames[0]["input"]["data"] == [0, 0, 16, 12]
    assert [frame["enabled"] for frame in frames] == [True, True, True]
    assert "occlusion" not in frames[0]
    report = started.report()
    assert "A face was found in 3 of 3 frames; the sidecar is written." in report["messages"]
    assert report["times"] == "Source 1\nSource 2\nSource 3\n"
    assert report["progress_calls"] == 4
    assert report["progress_open"] == 0


def test_a_matte_and_a_frame_switched_off_go_along(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance = track(started)
    started.connect(instance, "Occlusion", PLATE)
    started.param(instance, "enabled", 0)
    assert press(started, instance, *PRESSED) == OK
    frame = fake.last("track.frame")
    assert frame["enabled"] is False
    assert frame["occlusion"]["channels"] == ["A"]
    assert (frame["occlusion"]["data"], frame["occlusion"]["segment"]) == ([0, 0, 16, 12], 2)


@pytest.mark.parametrize(("name", "reason"), [("sidecar", PRESSED[1]), ("analyse", "OfxChangeTime")])
def test_nothing_else_starts_it(host: MakeHost, fake: FakeService, name: str, reason: str) -> None:
    started = host()
    assert press(started, track(started), name, reason) == DEFAULT
    assert fake.starts == 0


def test_a_frame_that_fails_ends_it_without_a_sidecar(host: MakeHost, fake: FakeService) -> None:
    started = host()
    fake.set_mode("track error")
    assert press(started, track(started), *PRESSED) == FAILED
    assert kinds(fake) == ["track.begin", "track.frame", "track.frame", "track.abort"]
    assert "frame 2: the plate is broken; render it again." in started.report()["messages"]


def test_abort_ends_it_without_a_sidecar_or_a_word(host: MakeHost, fake: FakeService) -> None:
    started = host()
    fake.set_mode("track slow")
    begun = time.monotonic()
    assert press(started, track(started), *PRESSED, abort=fake.busy) == FAILED
    assert time.monotonic() - begun < 15
    assert kinds(fake) == ["track.begin", "track.frame", "track.abort"]
    assert started.report()["messages"] == ""


def test_stop_in_the_progress_window_ends_it(host: MakeHost, fake: FakeService) -> None:
    started = host(stop_progress=2)
    assert press(started, track(started), *PRESSED) == FAILED
    assert kinds(fake) == ["track.begin", "track.frame", "track.abort"]


def test_stop_while_the_shot_is_solved_ends_it(host: MakeHost, fake: FakeService) -> None:
    started = host(stop_progress=4)
    assert press(started, track(started), *PRESSED) == FAILED
    assert kinds(fake)[-2:] == ["track.finish", "track.abort"]
    assert fake.last("cancel")["request"] == fake.last("track.finish")["id"]
    assert started.report()["messages"] == ""


def test_it_needs_no_progress_window(host: MakeHost, fake: FakeService) -> None:
    started = host(no_progress=1)
    assert press(started, track(started), *PRESSED) == OK


def test_without_a_sidecar_nothing_is_sent(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance = track(started)
    started.param(instance, "sidecar", "-")
    assert press(started, instance, *PRESSED) == FAILED
    assert kinds(fake) == []
    assert "Sidecar of Track is empty; set it." in started.report()["messages"]


def test_a_host_that_gives_only_the_current_frame_is_told_of_the_command(
    host: MakeHost, fake: FakeService
) -> None:
    started = host(temporal=0)
    assert press(started, track(started), *PRESSED) == FAILED
    assert "run doublure track on the files of Source" in started.report()["messages"]


def test_the_revision_changes_so_that_hosts_render_again(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance = track(started)
    started.param(instance, "overlay", 1)
    assert press(started, instance, *PRESSED) == OK
    assert started.report()["complaints"] == ""


def test_an_unconnected_plate_is_named(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance = started.create("track")
    assert press(started, instance, *PRESSED) == FAILED
    assert (
        "Source of Track is not connected; connect the plate with the face." in started.report()["messages"]
    )
