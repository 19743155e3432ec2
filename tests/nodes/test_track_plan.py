"""What is set by hand on a Track node, in graphs: keyframes, frames switched off, a track from the comp, a matte."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from fake_tracker import SHAPE, found, tracker
from graph_plates import HEIGHT, make_frame, make_plate

from doublure.core.errors import DoublureError
from doublure.core.exr import write_exr
from doublure.core.face.guide import Guide
from doublure.core.face.nuke_curves import to_nuke
from doublure.core.face.table import to_table
from doublure.core.face.track import FaceFrame, TrackSettings
from doublure.core.face.track import Track as FaceTrack
from doublure.core.frame import Frame
from doublure.core.window import Window
from doublure.nodes import Graph, Read, Shared, Track, Write, prepare_graph, render_graph

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


def prepare(shot: Path, **track: Any) -> FaceTrack:
    prepare_graph(graph(shot, **track), ["track"], NUMBERS, Shared())
    return FaceTrack.load(shot / "track.json")


def keyframe(shot: Path, number: int = 1002, x: float = 50.0) -> Path:
    path = shot / "keys.csv"
    path.write_text(f"frame,found,x,y,size,yaw,pitch,roll\n{number},1,{x},24,8,0,0,0\n")
    return path


def off(*numbers: int) -> dict[str, Any]:
    keys = [[n, n not in numbers] for n in NUMBERS]
    return {"keys": keys, "interpolation": "constant"}


def test_keyframes_override_in_a_graph(shot: Path, tracker: list[list[int]]) -> None:
    made = prepare(shot, corrections=keyframe(shot))
    assert made.at(1002).pose.translation[0] == pytest.approx(50)
    assert made.at(1002).by_hand


def test_a_changed_keyframe_tracks_nothing_again(shot: Path, tracker: list[list[int]]) -> None:
    prepare(shot, corrections=keyframe(shot))
    assert prepare(shot, corrections=keyframe(shot, x=55.0)).at(1002).pose.translation[0] == pytest.approx(55)
    plain = prepare(shot)
    assert plain.at(1002).pose.translation[0] == pytest.approx(32)
    assert not plain.at(1002).by_hand
    assert len(tracker) == 1


def test_a_keyframe_renders_the_frames_that_it_moves_again(shot: Path, tracker: list[list[int]]) -> None:
    render_graph(graph(shot, overlay=True, corrections=keyframe(shot)))
    report = render_graph(graph(shot, overlay=True, corrections=keyframe(shot, x=55.0)))
    assert report.rendered == [1001, 1002, 1004]
    assert report.skipped == [1003]


def test_a_frame_can_be_switched_off(shot: Path, tracker: list[list[int]]) -> None:
    made = prepare(shot, enabled=off(1002))
    assert [face.found for face in made] == [True, False, False, True]
    assert made.at(1002).reason == "switched off by hand"
    report = render_graph(graph(shot, enabled=off(1002), overlay=True))
    assert (1002, "switched off by hand") in report.faceless
    assert prepare(shot, enabled=off(1004)).at(1002).found
    assert len(tracker) == 1


def test_a_table_with_a_frame_that_the_plate_lacks_is_refused(shot: Path, tracker: list[list[int]]) -> None:
    with pytest.raises(DoublureError, match=r"frame 1999\).*not in the track"):
        prepare(shot, corrections=keyframe(shot, 1999))


def test_a_bad_table_is_told_before_the_plate_is_tracked(shot: Path, tracker: list[list[int]]) -> None:
    (shot / "keys.csv").write_text("frame\n1\n")
    with pytest.raises(DoublureError, match="no column found"):
        prepare(shot, corrections="keys.csv")
    with pytest.raises(DoublureError, match="cannot be read"):
        prepare(shot, comp_track="none.nk")
    assert not tracker


def test_settings_by_hand_do_not_silently_miss_a_sidecar_edited_by_hand(
    shot: Path, tracker: list[list[int]]
) -> None:
    FaceTrack("elsewhere", 64, 48, 1.0, SHAPE, {n: found(n) for n in NUMBERS}).save(shot / "track.json")
    with pytest.raises(
        DoublureError, match="edited by hand, so the keyframes of the node would not reach it"
    ):
        prepare(shot, corrections=keyframe(shot))
    with pytest.raises(DoublureError, match="the frames switched off"):
        prepare(shot, enabled=off(1001))


def test_a_comp_track_fills_the_frame_without_the_face(shot: Path, tracker: list[list[int]]) -> None:
    (shot / "comp.nk").write_text(
        to_nuke(FaceTrack("p", 64, HEIGHT, 1.0, SHAPE, {n: found(n) for n in NUMBERS}))
    )
    made = prepare(shot, comp_track="comp.nk")
    assert made.at(1003).found
    assert abs(made.at(1003).pose.translation[0] - 33) < 0.02
    hint = prepare(shot, comp_track="comp.nk", comp_use="look there")
    assert not hint.at(1003).found
    assert len(tracker) == 1


def test_a_changed_comp_track_tracks_again(shot: Path, tracker: list[list[int]]) -> None:
    for x in (20, 30):
        (shot / "t.csv").write_text(f"frame,name,x,y\n1001,nose,{x},20\n1001,chin,{x},30\n")
        prepare(shot, comp_track="t.csv", comp_use="look there")
    assert len(tracker) == 2


def test_ignored_regions_belong_to_the_key(shot: Path, tracker: list[list[int]]) -> None:
    for side in (5, 5, 9):
        (shot / "ignore.json").write_text(json.dumps({"regions": [{"rectangle": [0, 0, side, 5]}]}))
        prepare(shot, ignore="ignore.json")
    assert len(tracker) == 2


def test_what_was_read_from_a_table_that_we_wrote_is_what_was_there(
    shot: Path, tracker: list[list[int]]
) -> None:
    before = prepare(shot)
    (shot / "head.csv").write_text(
        "\n".join(line for line in to_table(before).splitlines() if not line.startswith("1003"))
    )
    after = prepare(shot, corrections="head.csv")
    for number in (1001, 1002, 1004):
        np.testing.assert_allclose(after.at(number).points, before.at(number).points, atol=0.02)


@pytest.fixture
def guided(monkeypatch: pytest.MonkeyPatch) -> dict[int, float | None]:
    """A tracker that remembers the mean of each frame's matte, None where there was none."""
    seen: dict[int, float | None] = {}

    def track_frames(
        frames: Iterable[Frame], settings: TrackSettings, *, source: str, guide: Guide
    ) -> FaceTrack:
        made: dict[int, FaceFrame] = {}
        for frame in frames:
            matte = None if guide.hidden is None else guide.hidden(frame.number)
            seen[frame.number] = None if matte is None else round(float(matte.values.mean()), 3)
            made[frame.number] = found(frame.number)
        return FaceTrack(source, 64, 48, 1.0, SHAPE, made)

    monkeypatch.setattr("doublure.nodes.track.track_frames", track_frames)
    return seen


def mattes(shot: Path, size: tuple[int, int] = (64, 48), numbers: Iterable[int] = NUMBERS) -> None:
    (shot / "roto").mkdir(exist_ok=True)
    for number in numbers:
        window = Window.of_size(*size)
        pixels = torch.full((2, window.height, window.width), 0.5)
        frame = Frame(pixels, ("roto.hand", "roto.cup"), window, window, "Raw", number=number)
        write_exr(
            shot / f"roto/roto.{number}.exr", replace(frame, pixels=pixels * torch.tensor([[[1.0]], [[0.5]]]))
        )


def with_matte(shot: Path, **track: Any) -> FaceTrack:
    made = Graph(shot)
    made.add("plate", Read, pattern="plate/plate.####.exr")
    made.add("roto", Read, pattern="roto/roto.####.exr", space="Raw")
    made.add("track", Track, plate="plate", occlusion="roto", sidecar="track.json", **track)
    prepare_graph(made, ["track"], NUMBERS, Shared())
    return FaceTrack.load(shot / "track.json")


def test_a_matte_comes_from_any_channel(shot: Path, guided: dict[int, float | None]) -> None:
    mattes(shot)
    with_matte(shot, occlusion_channel="roto.cup")
    assert guided == dict.fromkeys(NUMBERS, 0.25)
    guided.clear()
    with_matte(shot, occlusion_channel="roto.hand")
    assert guided == dict.fromkeys(NUMBERS, 0.5)


def test_a_channel_of_the_plate_itself_may_be_the_matte(shot: Path, guided: dict[int, float | None]) -> None:
    for number in NUMBERS:
        write_exr(
            shot / f"plate/plate.{number}.exr", make_frame(number, channels=("R", "G", "B", "roto.cup"))
        )
    prepare_graph(graph(shot, occlusion="plate", occlusion_channel="roto.cup"), ["track"], NUMBERS, Shared())
    assert None not in guided.values()


@pytest.mark.parametrize(
    ("size", "channel", "said"),
    [
        ((32, 48), "roto.cup", "has 32 by 48 pixels, and the plate 64 by 48"),
        ((64, 48), "roto.mug", "has no channel 'roto.mug'"),
        ((64, 48), "", "several channels"),
    ],
)
def test_a_matte_that_is_none_stops_the_set_up(
    shot: Path, guided: dict[int, float | None], size: tuple[int, int], channel: str, said: str
) -> None:
    mattes(shot, size)
    with pytest.raises(DoublureError, match=said):
        with_matte(shot, occlusion_channel=channel)


def test_a_frame_whose_matte_is_missing_fails_alone(shot: Path, guided: dict[int, float | None]) -> None:
    mattes(shot, numbers=[1001, 1002, 1004])
    assert sorted(with_matte(shot, occlusion_channel="roto.cup").frames) == [1001, 1002, 1004]


def test_a_changed_matte_tracks_again(shot: Path, guided: dict[int, float | None]) -> None:
    mattes(shot)
    with_matte(shot, occlusion_channel="roto.cup")
    guided.clear()
    with_matte(shot, occlusion_channel="roto.cup")
    assert guided == {}
    window = Window.of_size(64, 48)
    write_exr(
        shot / "roto/roto.1002.exr",
        Frame(torch.ones(2, 48, 64), ("roto.hand", "roto.cup"), window, window, "Raw", number=1002),
    )
    with_matte(shot, occlusion_channel="roto.cup")
    assert guided[1002] == 1.0
