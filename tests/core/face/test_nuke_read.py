from __future__ import annotations

from pathlib import Path

import pytest

from doublure.core.errors import DoublureError
from doublure.core.face.nuke_read import Curve, read_curve, read_points


def keys(text: str) -> list[tuple[float, float]]:
    return [(frame, value) for frame, value, _ in read_curve(text).keys]


def write(folder: Path, text: str) -> Path:
    path = folder / "comp.nk"
    path.write_text(text)
    return path


def test_values_without_a_frame_follow_one_another() -> None:
    assert keys("curve x1001 12.5 13 14") == [(1001, 12.5), (1002, 13), (1003, 14)]


def test_x_jumps_to_a_frame() -> None:
    assert keys("curve i x1001 1 2 x1005 5 x1006 6 7") == [
        (1001, 1),
        (1002, 2),
        (1005, 5),
        (1006, 6),
        (1007, 7),
    ]


def test_a_value_without_a_frame_keeps_the_step_of_the_keys_before_it() -> None:
    assert keys("curve x1 0 x11 1 2") == [(1, 0), (11, 1), (21, 2)]


def test_slopes_and_handles_are_no_values() -> None:
    assert keys("curve L x1 0 x5 40 S x9 60 s-5 t2 u2 v0.5 x33 30") == [(1, 0), (5, 40), (9, 60), (33, 30)]


def test_keys_may_lie_before_zero_and_between_frames() -> None:
    assert keys("curve x-3 1 2 x0.5 -1e2") == [(-3, 1), (-2, 2), (0.5, -100)]


def test_a_curve_is_straight_between_keys_and_held_beyond() -> None:
    curve = read_curve("curve x10 0 x20 10")
    assert [curve.at(frame) for frame in (0, 10, 15, 20, 99)] == [0, 0, 5, 10, 10]


def test_a_held_key_lasts_until_the_next() -> None:
    curve = read_curve("curve K x10 1 x20 0")
    assert [curve.at(frame) for frame in (10, 19.9, 20)] == [1, 1, 0]


def test_a_curve_with_one_key_holds_it() -> None:
    assert read_curve("curve x7 3").at(100) == 3


@pytest.mark.parametrize(
    "text", ["curve", "curve x1", "curve x5 1 x4 2", "curve x1 one", "curve xa 1", "x1 2"]
)
def test_a_curve_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"curve|order|number"):
        read_curve(text)


TRACKER4 = """set cut_paste_input [stack 0]
version 15.1 v3
Tracker4 {
tracks { { 1 5 2 }
{ { 5 1 20 enable e 1 }
{ 3 1 75 name name 1 }
{ 2 1 58 track_x track_x 1 }
{ 2 1 58 track_y track_y 1 }
{ 2 0 45 error error 1 } }
{
 { {curve K x1001 1} "left eye" {curve x1001 10 11} {curve x1001 20 21} {curve x1001 0} }
 { {curve K x1001 1 x1002 0} nose {curve x1001 30 31} 40 {} }
}
}
name Tracker1
}
"""


def test_every_row_of_tracker4s_table_is_a_point(tmp_path: Path) -> None:
    points = read_points(write(tmp_path, TRACKER4))
    assert [(point.node, point.name) for point in points] == [("Tracker1", "left eye"), ("Tracker1", "nose")]
    assert isinstance(points[0].x, Curve)
    assert points[1].y == 40
    assert isinstance(points[1].on, Curve)
    assert points[1].on.at(1002) == 0


def test_a_pin_gives_the_corners_that_move(tmp_path: Path) -> None:
    still = "".join(f" to{i} {{{i} 0}}\n" for i in range(1, 5))
    moving = "".join(f" from{i} {{{{curve x1 {i} 5}} {{curve x1 0 1}}}}\n" for i in range(1, 5))
    points = read_points(write(tmp_path, f"CornerPin2D {{\n{still}{moving} name Pin\n}}\n"))
    assert [point.name for point in points] == ["from1", "from2", "from3", "from4"]


def test_other_nodes_comments_and_nested_braces_are_passed_over(tmp_path: Path) -> None:
    text = '# a {comment\nBlur {\n size {{"a ? {1} : 2"}}\n label "a } brace"\n}\n' + TRACKER4
    with pytest.raises(DoublureError, match="never closed"):
        read_points(write(tmp_path, "Blur {\n size {{1}\n}\n"))
    assert len(read_points(write(tmp_path, text.replace("# a {comment\n", "")))) == 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{curve x1001 10 11}", '{{"parent.t * 2"}}', "bake expressions"),
        ("{curve x1001 10 11}", "{curve x1001 ten}", "is no number"),
        ("track_y track_y 1", "y y 1", "has no column track_y"),
        (" 40 {} }", " 40 }", "has 4 values where 5 are needed"),
        ("{ 1 5 2 }\n", "", "has 2 parts where 3 are needed"),
        ("name Tracker1\n}", "name Tracker1\n", "never closed"),
        ("Tracker4 {", "Blur {", "no CornerPin2D and no Tracker"),
    ],
)
def test_a_damaged_script_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(DoublureError, match=rf"comp\.nk: .*{said}"):
        read_points(write(tmp_path, TRACKER4.replace(old, new)))


def test_what_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "comp.nk"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DoublureError, match="cannot be read"):
        read_points(path)


def test_a_script_cut_anywhere_is_read_or_told(tmp_path: Path) -> None:
    for end in range(0, len(TRACKER4), 3):
        try:
            points = read_points(write(tmp_path, TRACKER4[:end]))
        except DoublureError:
            continue
        assert all(point.node for point in points)
