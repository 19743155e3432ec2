"""Rendering: what is asked of the service, what fails, and how the artist learns of it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest

from tests.nodes.ofx.conftest import MakeHost
from tests.nodes.ofx.driver import FAILED, OK, UNTOUCHED, FakeService, Host, Pixels

PLATE: Pixels = np.full((12, 16, 4), 0.5, np.float32)


def failure(started: Host, instance: int, box: tuple[int, int, int, int], **options: object) -> str:
    """The sentence of a render that fails and leaves nothing in the output."""
    status, result = started.render(instance, box, **options)
    assert status == FAILED
    assert (result == 0).all()
    return str(started.report()["messages"])


def test_the_params_have_their_values_at_the_frame(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance, box = started.swap(PLATE)
    started.param(instance, "hero", 'Zoë "Z" \\ Ø')
    started.param(instance, "face_offset", "0.25,-0.125")
    started.param(instance, "identity_mix", "0.5~0.1")
    assert started.render(instance, box, time=3)[0] == OK
    request = fake.last("render")
    assert request["node"] == "org.doublure.swap"
    assert request["frame"] == 3
    assert request["params"]["hero"] == 'Zoë "Z" \\ Ø'
    assert request["params"]["face_offset"] == [0.25, -0.125]
    assert request["params"]["identity_mix"] == 0.5 + 0.1 * 3
    assert request["params"]["model"] == "/model.safetensors"
    assert request["space"] == "ACEScg"


def test_choices_go_by_label_and_switches_as_truths(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance = started.create("blend")
    box = started.connect(instance, "Source", PLATE)
    started.connect(instance, "Face", PLATE)
    started.param(instance, "colour_match", 2)
    started.param(instance, "input_space", 4)
    started.render(instance, box)
    assert fake.last("render")["params"]["colour_match"] == "full"
    assert fake.last("render")["params"]["seed"] == 0
    assert fake.last("render")["space"] == "Linear Rec.2020"
    track = started.create("track")
    box = started.connect(track, "Source", PLATE)
    started.param(track, "sidecar", "/track.json")
    started.param(track, "overlay", 1)
    started.render(track, box)
    assert fake.last("render")["params"]["overlay"] is True


@pytest.mark.parametrize(("interactive", "priority"), [(True, "interactive"), (False, "batch")])
def test_a_viewer_goes_before_a_batch(
    host: MakeHost, fake: FakeService, interactive: bool, priority: str
) -> None:
    started = host()
    instance, box = started.swap(PLATE)
    started.render(instance, box, interactive=interactive)
    assert fake.last("render")["priority"] == priority


def test_a_choice_that_is_none_of_the_labels_is_a_fault(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance = started.create("blend")
    box = started.connect(instance, "Source", PLATE)
    started.connect(instance, "Face", PLATE)
    started.param(instance, "colour_match", 17)
    assert "Colour match of Blend" in failure(started, instance, box)


def test_a_param_that_is_not_a_number_is_a_fault(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance, box = started.swap(PLATE)
    started.param(instance, "sharpness", "nan")
    assert "Sharpness of Swap is not a finite number" in failure(started, instance, box)


@pytest.mark.parametrize(
    ("value", "sentence"), [("-", "Model of Swap is empty; set it."), ("m.st", "give the whole path")]
)
def test_a_path_must_be_there_and_whole(host: MakeHost, fake: FakeService, value: str, sentence: str) -> None:
    started = host()
    instance, box = started.swap(PLATE)
    started.param(instance, "model", value)
    assert sentence in failure(started, instance, box)
    assert fake.starts == 0


def test_without_the_plate_there_is_no_picture(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance = started.create("swap")
    started.param(instance, "model", "/m")
    started.param(instance, "track", "/t")
    sentence = failure(started, instance, (0, 0, 8, 8))
    assert "Source of Swap is not connected; connect the plate with the performer." in sentence


def test_a_filter_without_the_face_fails_and_does_not_pass_the_plate(
    host: MakeHost, fake: FakeService
) -> None:
    started = host()
    instance = started.create("blend", "Filter")
    box = started.connect(instance, "Source", PLATE)
    assert "Face of Blend is not connected; connect the face" in failure(started, instance, box)


def test_what_was_in_a_failed_frame_is_cleared_where_it_was_asked_for(
    host: MakeHost, fake: FakeService
) -> None:
    fake.set_mode("error")
    started = host(negative_rows=1, padding=12)
    instance, box = started.swap(PLATE)
    status, result = started.render(instance, box, window=(4, 2, 10, 9))
    assert status == FAILED
    expected = np.full_like(PLATE, UNTOUCHED)
    expected[12 - 9 : 12 - 2, 4:10] = 0
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("context", ["General", "Filter"])
@pytest.mark.parametrize(("given", "wanted"), [(4, 4), (3, 3), (3, 4), (4, 3)])
def test_a_node_with_nothing_to_do_copies_its_input_and_asks_for_no_more(
    host: MakeHost, fake: FakeService, context: str, given: int, wanted: int
) -> None:
    started = host(negative_rows=1, padding=20)
    pixels = np.random.default_rng(1).uniform(-1, 40, (12, 16, given)).astype(np.float32)
    instance = started.create("blend", context)
    box = started.connect(instance, "Source", pixels, at=(-3, 2))
    started.param(instance, "mix", 0)
    status, result = started.render(instance, box, channels=wanted, window=(-3, 2, 10, 14))
    assert status == OK
    expected = np.full((12, 16, wanted), UNTOUCHED, np.float32)
    expected[:, :13] = 1
    expected[:, :13, : min(given, wanted)] = pixels[:, :13, :wanted]
    np.testing.assert_array_equal(result, expected)
    assert started.report()["messages"] == ""
    assert fake.starts == 0


@pytest.mark.parametrize(("given", "wanted"), [(4, 4), (4, 3), (3, 4)])
def test_a_picture_that_passes_through_is_premultiplied_on_its_way(
    host: MakeHost, fake: FakeService, given: int, wanted: int
) -> None:
    started = host()
    pixels = np.random.default_rng(2).uniform(0, 1, (12, 16, given)).astype(np.float32)
    instance = started.create("blend", "Filter")
    box = started.connect(instance, "Source", pixels)
    started.command(
        "clipset",
        instance,
        "Source",
        "OfxImageEffectPropPreMultiplication",
        "s",
        "OfxImageAlphaUnPremultiplied",
    )
    started.param(instance, "mix", 0)
    status, result = started.render(instance, box, channels=wanted)
    assert status == OK
    alpha = pixels[..., 3:] if given == 4 else np.ones((12, 16, 1), np.float32)
    expected = np.concatenate([pixels[..., :3] * alpha, alpha], axis=2)
    np.testing.assert_array_equal(result, expected[..., :wanted])
    assert fake.starts == 0


def test_what_the_input_lacks_is_empty_where_it_passes_through(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance = started.create("track")
    started.connect(instance, "Source", PLATE, at=(2, 3))
    status, result = started.render(instance, (0, 0, 20, 14))
    assert status == OK
    expected = np.zeros((14, 20, 4), np.float32)
    expected[0:11, 2:18] = PLATE[1:]
    np.testing.assert_array_equal(result, expected)


def test_with_the_matte_for_alpha_the_service_is_asked_for_it(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance = started.create("blend")
    box = started.connect(instance, "Source", PLATE)
    started.connect(instance, "Face", PLATE)
    started.param(instance, "mix", 0)
    started.param(instance, "alpha", 1)
    assert started.render(instance, box)[0] == OK
    assert fake.last("render")["output"]["channels"] == ["R", "G", "B", "matte"]
    assert "alpha" not in fake.last("render")["params"]


def test_an_input_is_not_taken_for_a_result_with_a_matte(host: MakeHost, fake: FakeService) -> None:
    fake.set_mode("passes")
    started = host()
    instance = started.create("blend")
    box = started.connect(instance, "Source", PLATE)
    started.connect(instance, "Face", PLATE)
    started.param(instance, "alpha", 1)
    assert "reply makes no sense" in failure(started, instance, box)


def test_a_host_that_has_no_room_for_the_matte_is_told(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance = started.create("blend")
    box = started.connect(instance, "Source", PLATE[..., :3])
    started.connect(instance, "Face", PLATE)
    started.param(instance, "alpha", 1)
    sentence = failure(started, instance, box, channels=3)
    assert "a result without A, where the matte of Blend belongs" in sentence
    started.param(instance, "alpha", 2)
    assert "Alpha of Blend is none of its choices" in failure(started, instance, box)


def test_what_the_service_says_is_shown_until_a_frame_comes_out_well(
    host: MakeHost, fake: FakeService
) -> None:
    started = host()
    instance, box = started.swap(PLATE)
    fake.set_mode("error")
    assert failure(started, instance, box) == (
        "lasting OfxMessageError: frame 7: the model is not there; train one.\n"
    )
    fake.set_mode("double")
    assert started.render(instance, box)[0] == OK
    assert started.report()["persistent_cleared"] == 1
    assert started.render(instance, box)[0] == OK
    assert started.report()["persistent_cleared"] == 0
    assert fake.starts == 1


def test_a_note_stays_on_the_node_until_a_frame_has_none(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance, box = started.swap(PLATE)
    fake.set_mode("notes")
    assert started.render(instance, box)[0] == OK
    note = "lasting OfxMessageWarning: frame 1: no face was found; the plate stays.\n"
    assert started.report()["messages"] == note
    fake.set_mode("double")
    assert started.render(instance, box)[0] == OK
    report = started.report()
    assert report["messages"] == ""
    assert report["persistent_cleared"] == 1


def test_a_note_opens_no_window(host: MakeHost, fake: FakeService) -> None:
    started = host(message=1)
    instance, box = started.swap(PLATE)
    fake.set_mode("notes")
    assert started.render(instance, box)[0] == OK
    assert started.report()["messages"] == ""


@pytest.mark.parametrize(
    ("own", "sent"),
    [
        (None, ""),
        ("/show/config.ocio", "/show/config.ocio"),
        ("ocio://default", "ocio://default"),
        ("ocio://ocio://default", ""),
        ("nowhere.ocio", "nowhere.ocio"),
    ],
)
def test_the_hosts_colour_configuration_is_told(
    host: MakeHost, fake: FakeService, environment: dict[str, str], own: str | None, sent: str
) -> None:
    environment["OCIO"] = own or ""
    started = host()
    instance, box = started.swap(PLATE)
    assert started.render(instance, box)[0] == OK
    assert fake.last("hello")["ocio"] == sent
    assert fake.last("hello")["client"] == "Test Host 3.1"


def test_a_fault_of_ours_names_the_log(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance, box = started.swap(PLATE)
    fake.set_mode("internal")
    assert "a fault of ours. The log is /the.log." in failure(started, instance, box)


@pytest.mark.parametrize("message", [1, 3])
def test_a_host_that_cannot_keep_a_message_shows_it_once(
    host: MakeHost, fake: FakeService, message: int
) -> None:
    """3: the suite's second version is there, and its pointers point nowhere."""
    started = host(message=message)
    instance, box = started.swap(PLATE)
    fake.set_mode("error")
    assert failure(started, instance, box).startswith("passing OfxMessageError: frame 7")
    assert failure(started, instance, box) == ""


def test_a_host_without_messages_gets_the_sentence_on_the_terminal(host: MakeHost, fake: FakeService) -> None:
    started = host(message=0, no_progress=1)
    instance, box = started.swap(PLATE)
    fake.set_mode("error")
    assert failure(started, instance, box) == ""
    assert "Doublure Swap: frame 7: the model is not there" in started.errors()


def test_a_farms_host_has_the_sentence_in_its_output_too(host: MakeHost, fake: FakeService) -> None:
    started = host(background=1)
    instance, box = started.swap(PLATE)
    fake.set_mode("error")
    failure(started, instance, box)
    assert "Doublure Swap: frame 7" in started.errors()


def test_abort_ends_a_render_within_a_moment_and_says_nothing(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance, box = started.swap(PLATE)
    started.render(instance, box)
    fake.set_mode("slow")
    begun = time.monotonic()
    assert failure(started, instance, box, abort=fake.busy) == ""
    assert time.monotonic() - begun < 15
    assert fake.last("cancel")["request"] == fake.last("render")["id"]
    fake.set_mode("double")
    assert started.render(instance, box)[0] == OK
    assert [message["type"] for message in fake.requests].count("hello") == 1


def test_a_service_that_does_not_hear_the_abort_is_left_alone(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance, box = started.swap(PLATE)
    fake.set_mode("deaf")
    begun = time.monotonic()
    assert failure(started, instance, box, abort=fake.busy) == ""
    assert time.monotonic() - begun < 15
    fake.set_mode("double")
    assert started.render(instance, box)[0] == OK
    assert [message["type"] for message in fake.requests].count("hello") == 2


def test_segments_are_used_again_and_grow(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance, box = started.swap(PLATE)
    started.render(instance, box)
    started.render(instance, box)
    assert [message["type"] for message in fake.requests].count("segment") == 2
    larger = np.zeros((600, 200, 4), np.float32)
    box = started.connect(instance, "Source", larger)
    assert started.render(instance, box)[0] == OK
    assert [message["type"] for message in fake.requests].count("segment") == 4


def test_purging_lets_go_of_connections(host: MakeHost, fake: FakeService) -> None:
    started = host()
    instance, box = started.swap(PLATE)
    started.render(instance, box)
    assert started.action(instance, "OfxActionPurgeCaches")["status"] == OK
    started.render(instance, box)
    assert [message["type"] for message in fake.requests].count("hello") == 2


def test_ten_threads_render_ten_frames(host: MakeHost, fake: FakeService) -> None:
    started = host()
    pixels = np.random.default_rng(3).uniform(0, 4, (48, 64, 4)).astype(np.float32)
    instance, box = started.swap(pixels)
    answer = started.start_render(instance, box, threads=10)
    assert answer["status"] == [OK] * 10
    for result in answer["pixels"]:
        np.testing.assert_array_equal(result[..., :3], pixels[..., :3] * 2)
    renders = [message for message in fake.requests if message["type"] == "render"]
    assert sorted(message["frame"] for message in renders) == list(range(1, 11))
    assert fake.starts == 1


def test_a_colour_configuration_that_nothing_answers_to_stays_with_the_host(
    host: MakeHost, fake: FakeService, environment: dict[str, str], short_folder: Path
) -> None:
    environment["OCIO"] = "ocio://ocio://default"
    started = host()
    instance, box = started.swap(PLATE)
    assert started.render(instance, box)[0] == OK
    assert "OCIO" not in json.loads((short_folder / "environment").read_text())


def test_the_service_gets_a_clean_environment_and_no_file_of_the_host(
    host: MakeHost, fake: FakeService, environment: dict[str, str], short_folder: Path
) -> None:
    environment |= {
        "PYTHONPATH": "/host",
        "LD_LIBRARY_PATH": "/host",
        "CONDA_PREFIX": "/host",
        "OCIO": "/c.ocio",
    }
    started = host()
    instance, box = started.swap(PLATE)
    started.render(instance, box)
    seen = json.loads((short_folder / "environment").read_text())
    assert not {"PYTHONPATH", "LD_LIBRARY_PATH", "CONDA_PREFIX"} & set(seen)
    assert seen["OCIO"] == "/c.ocio"
    assert "HOME" in seen
    # Its own listing of the folder is the one beyond the standard three.
    assert len(json.loads((short_folder / "files").read_text())) <= 4
    assert (short_folder / "state" / "doublure" / "service.err").read_text() == "the service has started\n"
