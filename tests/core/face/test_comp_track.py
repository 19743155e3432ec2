from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from doublure.core.errors import DoublureError
from doublure.core.face.comp_track import head_rows, read_comp_track
from doublure.core.face.correct import corrected
from doublure.core.face.marks import CORNERS, MARKS, marks_of
from doublure.core.face.nuke_curves import to_nuke
from doublure.core.face.pose import Pose
from doublure.core.face.sidecar import Track
from doublure.core.face.table import row_of, to_table
from tests.core.face.faces import SHAPE, face, pose, track


def export(folder: Path, made: Track, only: str = "") -> Path:
    """Our own export, or one of its nodes."""
    text = to_nuke(made)
    if only:
        start = text.index(only + " {")
        text = text[start : text.index("\n}\n", text.index("\n name ", start)) + 3]
    path = folder / "comp.nk"
    path.write_text(text)
    return path


@pytest.mark.parametrize("aspect", [1.0, 2.0])
@pytest.mark.parametrize("node", ["CornerPin2D", "Tracker4", "Tracker3"])
def test_what_was_exported_comes_back_at_the_same_places(tmp_path: Path, node: str, aspect: float) -> None:
    made = track(aspect=aspect)
    comp = read_comp_track(export(tmp_path, made, node), made.height)
    for one in made:
        expected = (
            one.pose.project(CORNERS) / (aspect, 1) if node == "CornerPin2D" else marks_of(one.points)[:, :2]
        )
        assert np.abs(np.stack(list(comp.at(one.number).values())) - expected).max() < 0.01


@pytest.mark.parametrize("node", ["", "CornerPin2D", "Tracker4", "Tracker3"])
def test_our_own_export_as_keyframes_changes_nothing(tmp_path: Path, node: str) -> None:
    made = track()
    rows = head_rows(read_comp_track(export(tmp_path, made, node), made.height), made, lost_only=False)
    assert [row.frame for row in rows] == list(made.frames)
    for before, after in zip(made, corrected(made, rows), strict=True):
        assert np.abs(before.points[:, :2] - after.points[:, :2]).max() < 0.01


@pytest.mark.parametrize("node", ["CornerPin2D", "Tracker4"])
def test_frames_without_the_face_are_filled_where_the_comp_has_it(tmp_path: Path, node: str) -> None:
    comp = read_comp_track(export(tmp_path, track(), node), 360)
    lost = track(lost=(3, 4))
    rows = head_rows(comp, lost, lost_only=True)
    assert [row.frame for row in rows] == [3, 4]
    filled = corrected(lost, rows)
    for number in (3, 4):
        x, y, size, _, _, roll = row_of(number, filled.at(number).pose, 1.0).values
        assert np.hypot(*(pose(number).translation - (x, y))) < 0.3
        assert size == pytest.approx(pose(number).scale, rel=0.01)
        assert roll == pytest.approx(pose(number).roll, abs=0.5)
        assert filled.at(number).by_hand
    assert filled.at(2) is lost.at(2)


def test_any_two_tracks_drive_the_head_once_their_seats_are_measured(tmp_path: Path) -> None:
    """Freckles at unknown places of the head; our own track is 6 pixels off on one frame."""
    seats = np.array([[-0.6, 0.2, 0.0], [0.7, -0.4, 0.0]])
    lines = ["frame,name,x,y"]
    for n in range(8):
        for name, place in zip(("freckle", "scar"), pose(n).project(seats), strict=True):
            lines.append(f"{n},{name},{place[0]},{place[1]}")
    path = tmp_path / "freckles.csv"
    path.write_text("\n".join(lines) + "\n")
    made = track()
    wrong = made.at(5)
    shifted = Pose(wrong.pose.rotation, wrong.pose.scale, wrong.pose.translation + np.array([6, 0]))
    made.frames[5] = replace(wrong, points=wrong.points + np.float32([6, 0, 0]), pose=shifted)
    right = corrected(made, head_rows(read_comp_track(path, 360), made, lost_only=False))
    assert np.abs(right.at(5).points[:, :2] - face(5).points[:, :2]).max() < 0.1


def test_a_pin_moved_by_the_artist_moves_the_head(tmp_path: Path) -> None:
    made = track()
    moved = replace(
        made,
        frames={
            n: replace(f, pose=Pose(f.pose.rotation, f.pose.scale, f.pose.translation + np.array([4, -3])))
            for n, f in made.frames.items()
        },
    )
    comp = read_comp_track(export(tmp_path, moved, "CornerPin2D"), 360)
    after = corrected(made, head_rows(comp, made, lost_only=False))
    assert np.abs(after.at(3).points[:, :2] - made.at(3).points[:, :2] - (4, -3)).max() < 0.02


def test_four_corners_alone_place_a_face_that_was_never_found(tmp_path: Path) -> None:
    comp = read_comp_track(export(tmp_path, track(), "CornerPin2D"), 360)
    none = replace(track(lost=tuple(range(8))), shape=SHAPE)
    filled = corrected(none, head_rows(comp, none, lost_only=True))
    assert len(filled.found) == 8
    assert np.hypot(*(filled.at(0).pose.translation - pose(0).translation)) < 1


def test_unknown_tracks_of_a_face_that_was_never_found_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("frame,name,x,y\n1,a,10,10\n1,b,20,10\n")
    with pytest.raises(DoublureError, match=f"name them {', '.join(MARKS)}"):
        head_rows(read_comp_track(path, 360), track(lost=tuple(range(8))), lost_only=True)


def test_frames_that_the_plate_lacks_are_left_out(tmp_path: Path) -> None:
    comp = read_comp_track(export(tmp_path, track(count=20)), 360)
    assert [row.frame for row in head_rows(comp, track(count=4), lost_only=False)] == [0, 1, 2, 3]


def test_one_point_is_only_a_hint(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("frame,name,x,y\n2,nose,100,80\n")
    comp = read_comp_track(path, 360)
    with pytest.raises(DoublureError, match="no frame of the plate has two points"):
        head_rows(comp, track(), lost_only=False)
    window = comp.look(2, 640, 360)
    assert (window.x0 < 60, window.x1 > 140, window.contains(window)) == (True, True, True)
    assert comp.look(3, 640, 360) is None


def test_a_hint_outside_the_plate_is_none(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("frame,name,x,y\n2,a,-900,-900\n2,b,-950,-900\n")
    assert read_comp_track(path, 360).look(2, 640, 360) is None


def test_a_table_of_heads_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "head.csv"
    path.write_text(to_table(track(lost=(2,))))
    rows = head_rows(read_comp_track(path, 360), track(lost=(5,)), lost_only=True)
    assert [row.frame for row in rows] == [5]


def test_a_track_with_one_key_counts_on_that_frame_alone(tmp_path: Path) -> None:
    path = tmp_path / "one.nk"
    path.write_text("Tracker3 {\n track1 {{curve x5 10} {curve x5 20}}\n name T\n}\n")
    assert list(read_comp_track(path, 360).places["track1"]) == [5]


def test_points_that_were_never_tracked_are_told(tmp_path: Path) -> None:
    path = tmp_path / "none.nk"
    path.write_text("Tracker3 {\n track1 {10 20}\n name T\n}\n")
    with pytest.raises(DoublureError, match="no point of the track has keys"):
        read_comp_track(path, 360)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("t.csv", "frame,x,y\n1,2,3\n", "no column name"),
        ("t.csv", "frame,name,x,y\n1,a,2,three\n", "line 2 holds something that is no number"),
        ("t.csv", "frame,name,x,y\n1,a,2,3\n1,a,2,3\n", "names a point twice"),
        ("t.csv", "frame,name,x,y\n1,a,2,nan\n", "not finite"),
        ("t.csv", "frame,name,x,y\n", "has no rows"),
        ("t.fbx", "", "give a .nk or a .csv"),
    ],
)
def test_a_bad_file_is_told(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(DoublureError, match=said):
        read_comp_track(tmp_path / name, 360)


def test_points_that_lie_on_each_other_are_told(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("frame,name,x,y\n2,nose,100,80\n2,chin,100,80\n")
    with pytest.raises(DoublureError, match=r"frame 2\).*lie on each other"):
        head_rows(read_comp_track(path, 360), track(), lost_only=False)
