from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from fake_tracker import SHAPE, found, tracker
from graph_plates import make_frame, make_plate

from doublure.core.errors import DoublureError
from doublure.core.exr import read_exr, write_exr
from doublure.core.face.track import Track as FaceTrack
from doublure.nodes import Context, Graph, Link, Read, Shared, Track, Write, prepare_graph, render_graph

__all__ = ["tracker"]

NUMBERS = [1001, 1002, 1003, 1004]


@pytest.fixture
def shot(tmp_path: Path) -> Path:
    make_plate(tmp_path / "plate", NUMBERS)
    return tmp_path


def graph(shot: Path, **track: Any) -> Graph:
    made = Graph(shot)
    made.add("plate", Read, pattern="plate/plate.####.exr")
    made.add("track", Track, plate="plate", sidecar="track.json", **track)
    made.add("out", Write, image="track", pattern="out/out.####.exr")
    return made


def prepare(shot: Path, numbers: list[int], **track: Any) -> FaceTrack:
    prepare_graph(graph(shot, **track), ["track"], numbers, Shared())
    return FaceTrack.load(shot / "track.json")


def test_the_whole_plate_is_tracked_whatever_is_rendered(shot: Path, tracker: list[list[int]]) -> None:
    prepare(shot, [1002])
    assert tracker == [NUMBERS]


def test_a_tracked_plate_is_not_tracked_again(shot: Path, tracker: list[list[int]]) -> None:
    prepare(shot, [1001])
    prepare(shot, [1004])
    assert len(tracker) == 1


def test_a_changed_setting_tracks_again(shot: Path, tracker: list[list[int]]) -> None:
    prepare(shot, [1001])
    prepare(shot, [1001], threshold=0.7)
    assert len(tracker) == 2


def test_a_changed_plate_frame_tracks_again(shot: Path, tracker: list[list[int]]) -> None:
    prepare(shot, [1001])
    write_exr(shot / "plate/plate.1004.exr", make_frame(9))
    prepare(shot, [1001])
    assert len(tracker) == 2


def test_a_track_corrected_by_hand_is_kept_even_when_the_plate_changes(
    shot: Path, tracker: list[list[int]]
) -> None:
    track = prepare(shot, [1001])
    track.frames[1003] = replace(found(1003), score=0.1)
    track.save(shot / "track.json")
    write_exr(shot / "plate/plate.1004.exr", make_frame(9))
    assert prepare(shot, [1001]).at(1003).found
    assert len(tracker) == 1


def test_a_track_made_elsewhere_is_used_as_it_is(shot: Path, tracker: list[list[int]]) -> None:
    FaceTrack("elsewhere", 64, 48, 1.0, SHAPE, {1001: found(1001)}).save(shot / "track.json")
    assert prepare(shot, [1001]).source == "elsewhere"
    assert not tracker


def test_a_damaged_sidecar_stops_the_set_up(shot: Path, tracker: list[list[int]]) -> None:
    (shot / "track.json").write_text("{")
    with pytest.raises(DoublureError, match=r"track\.json: this is not JSON"):
        prepare(shot, [1001])


def test_an_unreadable_frame_does_not_stop_the_tracking_of_the_others(
    shot: Path, tracker: list[list[int]]
) -> None:
    (shot / "plate/plate.1002.exr").write_text("broken")
    report = render_graph(graph(shot), NUMBERS)
    assert tracker == [[1001, 1003, 1004]]
    assert [number for number, _ in report.failed] == [1002]
    assert report.rendered == [1001, 1003, 1004]


def test_a_hole_in_the_plate_does_not_stop_the_tracking_of_the_others(
    shot: Path, tracker: list[list[int]]
) -> None:
    (shot / "plate/plate.1002.exr").unlink()
    report = render_graph(graph(shot), NUMBERS)
    assert tracker == [[1001, 1003, 1004]]
    assert [number for number, _ in report.failed] == [1002]


def test_a_frame_without_blue_does_not_stop_the_tracking_of_the_others(
    shot: Path, tracker: list[list[int]]
) -> None:
    path = shot / "plate" / "plate.1002.exr"
    frame = read_exr(path)
    write_exr(path, frame.with_pixels(frame.pixels[:2].contiguous(), ("R", "G")))
    assert sorted(prepare(shot, NUMBERS).frames) == [1001, 1003, 1004]


def test_when_no_frame_can_be_read_the_first_fault_is_told(shot: Path, tracker: list[list[int]]) -> None:
    for number in NUMBERS:
        (shot / f"plate/plate.{number}.exr").write_text("broken")
    with pytest.raises(DoublureError, match=r"plate\.1001\.exr \(frame 1001\)"):
        prepare(shot, NUMBERS)


def test_the_picture_passes_through_untouched(shot: Path, tracker: list[list[int]]) -> None:
    render_graph(graph(shot))
    assert torch.equal(read_exr(shot / "out/out.1001.exr").pixels, make_frame(1001).pixels)


def test_the_overlay_draws_on_the_face_and_nowhere_else(shot: Path, tracker: list[list[int]]) -> None:
    report = render_graph(graph(shot, overlay=True, show="mesh"))
    plate, out = make_frame(1001), read_exr(shot / "out/out.1001.exr")
    changed = (out.pixels != plate.pixels).any(0)
    low, high = found(1001).points[:, :2].min(0), found(1001).points[:, :2].max(0)
    rows, columns = torch.nonzero(changed, as_tuple=True)
    assert changed.any()
    assert columns.min() + plate.data.x0 >= low[0] - 3
    assert columns.max() + plate.data.x0 <= high[0] + 3
    assert rows.min() + plate.data.y0 >= low[1] - 3
    assert rows.max() + plate.data.y0 <= high[1] + 3
    assert report.faceless == [(1003, "the face was lost")]


def test_the_overlay_of_one_frame_is_rendered_again_when_its_face_moves(
    shot: Path, tracker: list[list[int]]
) -> None:
    render_graph(graph(shot, overlay=True))
    track = FaceTrack.load(shot / "track.json")
    track.frames[1002] = replace(found(1009), number=1002)
    track.save(shot / "track.json")
    report = render_graph(graph(shot, overlay=True))
    assert report.failed == []
    assert report.rendered == [1002]


def test_progress_and_cancel_reach_the_analysis(shot: Path, tracker: list[list[int]]) -> None:
    seen: list[tuple[str, int, int]] = []
    cancelled = render_graph(
        graph(shot), cancel=lambda: len(seen) > 1, progress=lambda *told: seen.append(told)
    )
    assert cancelled.cancelled
    assert seen[0] == ("tracking track", 0, 4)
    assert not (shot / "track.json").exists()


def test_the_sidecar_names_its_plate_without_folders(shot: Path, tracker: list[list[int]]) -> None:
    assert prepare(shot, [1001]).source == "plate.####.exr"
    assert str(shot) not in (shot / "track.json").read_text()


def test_the_key_beside_the_sidecar_tells_which_frames_could_not_be_read(
    shot: Path, tracker: list[list[int]]
) -> None:
    (shot / "plate/plate.1002.exr").write_text("broken")
    prepare(shot, NUMBERS)
    made = json.loads((shot / "track.json.key").read_text())
    assert [number for number, _ in made["failed"]] == [1002]


def test_an_unwritable_folder_is_told_before_the_analysis(shot: Path, tracker: list[list[int]]) -> None:
    made = Graph(shot)
    made.add("plate", Read, pattern="plate/plate.####.exr")
    made.add("track", Track, plate="plate", sidecar="plate/plate.1001.exr/track.json")
    with pytest.raises(DoublureError, match="cannot be written"):
        prepare_graph(made, ["track"], NUMBERS, Shared())
    assert not tracker


def test_another_node_can_link_to_the_sidecar(shot: Path, tracker: list[list[int]]) -> None:
    made = graph(shot)
    made.add("again", Track, plate="plate", sidecar=Link("track", "sidecar"), overlay=True)
    made.set("out", "channels", "RGB")
    made.nodes["out"].inputs["image"] = "again"
    assert render_graph(made).rendered == NUMBERS
    assert len(tracker) == 1


def test_a_frame_that_was_never_tracked_is_told(shot: Path) -> None:
    FaceTrack("elsewhere", 64, 48, 1.0, SHAPE, {1001: found(1001)}).save(shot / "track.json")
    with pytest.raises(DoublureError, match=r"frame 1002.*not in the track"):
        Track(plate=make_frame(1002), sidecar=shot / "track.json", overlay=True, ctx=Context(1002))


def test_a_given_lens_is_the_heads_and_another_one_is_another_analysis() -> None:
    from doublure.nodes.track_plan import TrackPlan

    plans = [TrackPlan.of(Track.complete({"sidecar": "t.json", "focal": focal})) for focal in (0.0, 900.0)]
    assert [plan.focal for plan in plans] == [None, 900.0]
    assert plans[0].analysis() != plans[1].analysis()
