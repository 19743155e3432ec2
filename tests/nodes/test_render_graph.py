from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import OpenImageIO
import pytest
import torch
from graph_plates import TYPES, FakeFace, comp_json, make_frame, make_plate

from doublure.core.cancel import check
from doublure.core.errors import DoublureError
from doublure.core.exr import read_exr, read_header, write_exr
from doublure.core.frame import Attribute, Frame
from doublure.nodes import Context, Graph, Read, RenderReport, Write, render_graph
from doublure.nodes.graph_file import graph_from_json
from doublure.nodes.schema import Inputs, Params

NUMBERS = [1001, 1002, 1003, 1004]


@pytest.fixture
def shot(tmp_path: Path) -> Path:
    make_plate(tmp_path / "plate", NUMBERS)
    return tmp_path


def render(shot: Path, numbers: list[int] | None = None, **face: Any) -> RenderReport:
    data = comp_json("plate/plate.####.exr", face.pop("out", "comp/comp.####.exr"), **face)
    return render_graph(graph_from_json(data, shot, TYPES), numbers)


def comp(shot: Path, number: int) -> Path:
    return shot / f"comp/comp.{number:04d}.exr"


def stamp(path: Path) -> str:
    return read_header(path).metadata["doublure/key"].value


def copy_graph(shot: Path, **write: Any) -> Graph:
    graph = Graph(shot)
    graph.add("plate", Read, pattern="plate/plate.####.exr")
    graph.add("out", Write, image="plate", pattern="comp/comp.####.exr", **write)
    return graph


def test_read_to_write_keeps_pixels_windows_and_header_exactly(shot: Path) -> None:
    render_graph(copy_graph(shot))
    for number in NUMBERS:
        plate, out = read_exr(shot / f"plate/plate.{number}.exr"), read_exr(comp(shot, number))
        assert torch.equal(out.pixels, plate.pixels)
        assert (out.data, out.display, out.channels) == (plate.data, plate.display, plate.channels)
        assert (out.space, out.pixel_aspect) == ("ACEScg", plate.pixel_aspect)
        kept = {name: item for name, item in out.metadata.items() if not name.startswith("doublure/")}
        assert kept == plate.metadata


def test_float_in_float_out_keeps_every_bit(tmp_path: Path) -> None:
    frame = Frame.from_rgb(torch.randn(4, 48, 64, generator=torch.Generator().manual_seed(1)), "ACEScg")
    (tmp_path / "plate").mkdir()
    write_exr(tmp_path / "plate/plate.1001.exr", frame, half=False)
    render_graph(copy_graph(tmp_path, pixel_type="float", compression="piz"))
    assert torch.equal(read_exr(comp(tmp_path, 1001)).pixels, frame.pixels)


def test_extra_channels_travel_with_the_picture(tmp_path: Path) -> None:
    make_plate(tmp_path / "plate", [1001], channels=("R", "G", "B", "A", "Z"))
    render_graph(copy_graph(tmp_path))
    assert read_exr(comp(tmp_path, 1001)).channels == ("R", "G", "B", "A", "Z")


def test_write_can_leave_extra_channels_out(tmp_path: Path) -> None:
    make_plate(tmp_path / "plate", [1001], channels=("R", "G", "B", "Z"))
    render_graph(copy_graph(tmp_path, channels="RGB"))
    assert read_exr(comp(tmp_path, 1001)).channels == ("R", "G", "B")


def test_a_plate_in_another_space_goes_back_to_it(tmp_path: Path) -> None:
    make_plate(tmp_path / "plate", [1001], space="Linear Rec.709 (sRGB)")
    render_graph(copy_graph(tmp_path, space="Linear Rec.709 (sRGB)", pixel_type="float"))
    plate, out = read_exr(tmp_path / "plate/plate.1001.exr"), read_exr(comp(tmp_path, 1001))
    assert out.space == plate.space
    torch.testing.assert_close(out.pixels, plate.pixels, rtol=1e-5, atol=2e-5)


def test_the_header_tells_what_made_the_frame(shot: Path) -> None:
    render(shot, [1001])
    metadata = read_header(comp(shot, 1001)).metadata
    assert metadata["doublure/version"] == Attribute("string", "0.1.0")
    assert len(metadata["doublure/key"].value) == 64
    assert "doublure/faceless" not in metadata


def test_statements_of_an_earlier_render_are_not_forwarded(shot: Path) -> None:
    render(shot, [1001], faceless="1001")
    graph = Graph(shot)
    graph.add("comp", Read, pattern="comp/comp.####.exr")
    graph.add("out", Write, image="comp", pattern="again/again.####.exr")
    render_graph(graph)
    metadata = read_header(shot / "again/again.1001.exr").metadata
    assert "doublure/faceless" not in metadata
    assert metadata["doublure/key"].value != stamp(comp(shot, 1001))


def test_a_second_run_skips_every_frame_and_touches_no_file(shot: Path) -> None:
    assert render(shot).rendered == NUMBERS
    before = [comp(shot, number).stat().st_mtime_ns for number in NUMBERS]
    again = render(shot)
    assert (again.rendered, again.skipped) == ([], NUMBERS)
    assert [comp(shot, number).stat().st_mtime_ns for number in NUMBERS] == before


def test_a_run_goes_on_where_another_stopped(shot: Path) -> None:
    render(shot, [1001, 1002])
    report = render(shot)
    assert (report.skipped, report.rendered) == ([1001, 1002], [1003, 1004])


def test_a_changed_param_renders_every_frame_again(shot: Path) -> None:
    render(shot)
    assert render(shot, gain=1.5).rendered == NUMBERS


def test_a_moved_key_renders_only_the_frames_whose_value_it_changes(shot: Path) -> None:
    render(shot, gain={"keys": [[1001, 1.0], [1002, 1.0], [1004, 0.0]]})
    report = render(shot, gain={"keys": [[1001, 1.0], [1002, 1.0], [1004, 0.5]]})
    assert (report.skipped, report.rendered) == ([1001, 1002], [1003, 1004])


def test_a_changed_plate_frame_alone_is_rendered_again(shot: Path) -> None:
    render(shot)
    write_exr(shot / "plate/plate.1003.exr", make_frame(77))
    report = render(shot)
    assert report.rendered == [1003]


def test_a_moved_shot_stays_done(shot: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    render(shot)
    moved = tmp_path_factory.mktemp("moved") / "shot"
    shot.rename(moved)
    assert render(moved).skipped == NUMBERS


def test_a_truncated_output_is_rendered_again(shot: Path) -> None:
    render(shot)
    whole = comp(shot, 1002).read_bytes()
    comp(shot, 1002).write_bytes(whole[: len(whole) // 2])
    assert render(shot).rendered == [1002]
    assert comp(shot, 1002).read_bytes() == whole


def test_an_output_of_somebody_else_is_rendered_again(shot: Path) -> None:
    (shot / "comp").mkdir()
    write_exr(comp(shot, 1001), make_frame(5))
    assert render(shot, [1001]).rendered == [1001]


def test_one_run_and_many_give_the_same_bytes(shot: Path) -> None:
    render(shot, out="one/comp.####.exr", gain=1.5, grain=0.25, seed=3)
    for number in reversed(NUMBERS):
        render(shot, [number], out="many/comp.####.exr", gain=1.5, grain=0.25, seed=3)
    for number in NUMBERS:
        name = f"comp.{number}.exr"
        assert (shot / "one" / name).read_bytes() == (shot / "many" / name).read_bytes()


def test_a_graph_of_two_outputs_writes_both_and_resumes_when_one_is_lost(shot: Path) -> None:
    data = comp_json("plate/plate.####.exr", "comp/comp.####.exr", gain=2.0)
    data["nodes"]["copy"] = {
        "type": "org.doublure.write",
        "inputs": {"image": "plate"},
        "params": {"pattern": "copy/copy.####.exr"},
    }
    graph = graph_from_json(data, shot, TYPES)
    assert render_graph(graph).rendered == NUMBERS
    (shot / "copy/copy.1002.exr").unlink()
    report = render_graph(graph)
    assert (report.rendered, len(report.skipped)) == ([1002], 3)


def spoil_nothing(shot: Path) -> None:
    (shot / "plate/plate.1002.exr").unlink()


def spoil_half(shot: Path) -> None:
    path = shot / "plate/plate.1002.exr"
    path.write_bytes(path.read_bytes()[:-3000])


def spoil_nan(shot: Path) -> None:
    frame = make_frame(1002)
    frame.pixels[1, 3, 4] = float("nan")
    spec = OpenImageIO.ImageSpec(frame.data.width, frame.data.height, 3, OpenImageIO.HALF)
    spec.attribute("colorInteropID", "lin_ap1_scene")
    image = OpenImageIO.ImageBuf(spec)
    image.set_pixels(OpenImageIO.ROI(), frame.pixels.permute(1, 2, 0).contiguous().numpy())
    image.write(str(shot / "plate/plate.1002.exr"))


def spoil_channel(shot: Path) -> None:
    write_exr(shot / "plate/plate.1002.exr", make_frame(1002, channels=("R", "G", "Z")))


def spoil_text(shot: Path) -> None:
    (shot / "plate/plate.1002.exr").write_text("not a picture")


def spoil_space(shot: Path) -> None:
    write_exr(shot / "plate/plate.1002.exr", make_frame(1002), interop=False)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (spoil_nothing, "missing"),
        (spoil_half, "truncated"),
        (spoil_nan, "NaN"),
        (spoil_channel, "no channel B"),
        (spoil_text, "cannot be opened"),
        (spoil_space, "does not say its colour space"),
    ],
)
def test_a_bad_plate_frame_fails_alone_and_in_a_sentence(shot: Path, spoil: Any, sentence: str) -> None:
    spoil(shot)
    report = render(shot, NUMBERS)
    assert report.rendered == [1001, 1003, 1004]
    [(number, told)] = report.failed
    assert number == 1002
    assert sentence in told
    assert "1002" in told
    assert "\n" not in told
    assert not comp(shot, 1002).exists()


def test_a_value_beyond_half_fails_its_frame_when_it_is_written(shot: Path) -> None:
    frame = make_frame(1002)
    frame.pixels[0, 0, 0] = 60000.0
    write_exr(shot / "plate/plate.1002.exr", frame)
    report = render(shot, gain=2.0)
    assert report.rendered == [1001, 1003, 1004]
    assert report.failed[0][0] == 1002
    assert "65504" in report.failed[0][1]


def test_a_failed_frame_is_rendered_once_it_is_repaired(shot: Path) -> None:
    spoil_half(shot)
    render(shot)
    write_exr(shot / "plate/plate.1002.exr", make_frame(1002))
    report = render(shot)
    assert (report.rendered, report.failed) == ([1002], [])


def test_a_frame_without_a_face_is_the_plate_with_an_empty_matte_and_is_listed(shot: Path) -> None:
    report = render(shot, gain=2.0, faceless="1003")
    assert report.faceless == [(1003, "no face was found")]
    assert report.rendered == NUMBERS
    out = read_exr(comp(shot, 1003))
    assert torch.equal(out.rgb, make_frame(1003).rgb)
    assert not out.channel("matte").any()


def test_a_frame_without_a_face_is_listed_when_it_is_skipped_too(shot: Path) -> None:
    render(shot, faceless="1003")
    report = render(shot, faceless="1003")
    assert report.skipped == NUMBERS
    assert report.faceless == [(1003, "no face was found")]


def test_without_numbers_every_frame_of_the_plate_is_rendered(shot: Path) -> None:
    assert render(shot).rendered == NUMBERS


def test_a_hole_in_the_plate_is_told_when_no_range_was_named(shot: Path) -> None:
    spoil_nothing(shot)
    with pytest.raises(DoublureError, match=r"frame 1002.*missing"):
        render(shot)


def test_a_frame_outside_the_named_range_fails_though_its_file_exists(shot: Path) -> None:
    graph = copy_graph(shot)
    graph.set("plate", "frames", "1001-1003")
    report = render_graph(graph, NUMBERS)
    assert report.rendered == [1001, 1002, 1003]
    assert "not among those named, 1001 to 1003" in report.failed[0][1]


def setup_fault(shot: Path, change: Any) -> None:
    data = comp_json("plate/plate.####.exr", "comp/comp.####.exr")
    change(data["nodes"])
    render_graph(graph_from_json(data, shot, TYPES), NUMBERS)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda n: n["plate"]["params"].update(space="ACESgc"), "did you mean ACEScg"),
        (lambda n: n["plate"]["params"].update(frames="a-b"), "frame range 'a-b'"),
        (lambda n: n["out"]["params"].update(space="nothing like it"), "no colour space"),
        (
            lambda n: n["out"]["params"].update(pattern="plate/plate.1001.exr/comp.####.exr"),
            "cannot be written",
        ),
        (lambda n: n["out"]["params"].update(pattern="comp.exr"), "4 frames cannot be written to one file"),
        (lambda n: n["out"]["params"].update(pattern="comp.####.png"), "only OpenEXR"),
        (
            lambda n: n["out"]["params"].update(pattern="plate/plate.####.exr"),
            "overwrite a file that plate reads",
        ),
        (lambda n: n.update(two={**n["out"]}), "overwrite a file that out writes"),
        (lambda n: n.pop("out"), "writes nothing"),
    ],
)
def test_a_fault_of_the_set_up_stops_before_any_frame(shot: Path, change: Any, sentence: str) -> None:
    with pytest.raises(DoublureError, match=sentence):
        setup_fault(shot, change)
    assert not list(shot.glob("comp*/*.exr"))
    assert len(list(shot.glob("plate/*.exr"))) == len(NUMBERS)


def test_an_empty_range_is_refused(shot: Path) -> None:
    with pytest.raises(DoublureError, match="no frames to render"):
        render_graph(copy_graph(shot), [])


def test_progress_counts_every_frame(shot: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    render_graph(copy_graph(shot), NUMBERS, progress=lambda *told: seen.append(told))
    assert seen == [("rendering", done, 4) for done in range(5)]


def test_a_cancelled_render_keeps_its_finished_frames_whole(shot: Path) -> None:
    stopped = threading.Event()

    def progress(phase: str, done: int, total: int) -> None:
        if done == 2:
            stopped.set()

    report = render_graph(copy_graph(shot), NUMBERS, progress=progress, cancel=stopped.is_set)
    assert report.cancelled
    assert report.rendered == [1001, 1002]
    assert sorted(path.name for path in (shot / "comp").iterdir()) == ["comp.1001.exr", "comp.1002.exr"]


def test_a_render_is_cancelled_in_the_middle_of_a_frame(shot: Path) -> None:
    stopped, steps = threading.Event(), []

    def slow(inputs: Inputs, params: Params, ctx: Context) -> Frame:
        for step in range(100):
            check()
            steps.append(step)
            if ctx.number == 1002 and step == 5:
                stopped.set()
        return inputs["plate"]

    data = comp_json("plate/plate.####.exr", "comp/comp.####.exr")
    types = {**TYPES, FakeFace.id: replace(FakeFace, render=slow)}
    report = render_graph(graph_from_json(data, shot, types), NUMBERS, cancel=stopped.is_set)
    assert (report.cancelled, report.rendered, report.failed) == (True, [1001], [])
    assert len(steps) == 100 + 6
    assert [path.name for path in (shot / "comp").iterdir()] == ["comp.1001.exr"]
    again = render_graph(graph_from_json(data, shot, TYPES), NUMBERS)
    assert (again.skipped, again.rendered) == ([1001], [1002, 1003, 1004])


def test_a_cancel_reaches_the_threads_that_read_ahead(shot: Path) -> None:
    asked: set[str] = set()

    def cancel() -> bool:
        asked.add(threading.current_thread().name.partition("_")[0])
        return False

    render_graph(copy_graph(shot), NUMBERS, cancel=cancel)
    assert "doublure-read" in asked
    # A frame that is being written is finished, whatever is asked.
    assert "doublure-write" not in asked


def test_a_bug_is_not_hidden_among_failed_frames(shot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doublure.nodes.render.finished", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        render_graph(copy_graph(shot), NUMBERS)


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_kill_leaves_no_half_frame_and_the_next_run_goes_on(tmp_path: Path) -> None:
    make_plate(tmp_path / "plate", range(1001, 1201))
    (tmp_path / "graph.json").write_text(json.dumps({"schema": "doublure.graph/1", "nodes": COPY}))
    command = [sys.executable, "-m", "doublure.cli.main", "render", str(tmp_path / "graph.json")]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while len(list(tmp_path.glob("comp/[!.]*.exr"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.wait()
    done = sorted(tmp_path.glob("comp/[!.]*.exr"))
    assert 3 <= len(done) < 200
    for path in done:
        read_exr(path)
    graph = copy_graph(tmp_path)
    report = render_graph(graph, range(1001, 1001 + len(done) + 1))
    assert (len(report.skipped), len(report.rendered)) == (len(done), 1)


COPY = {
    "plate": {"type": "org.doublure.read", "params": {"pattern": "plate/plate.####.exr"}},
    "out": {
        "type": "org.doublure.write",
        "inputs": {"image": "plate"},
        "params": {"pattern": "comp/comp.####.exr"},
    },
}
