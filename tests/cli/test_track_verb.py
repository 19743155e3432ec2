from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_tracker import tracker
from graph_plates import make_frame, make_plate

from doublure.cli.main import main
from doublure.core.exr import write_exr

__all__ = ["tracker"]

NUMBERS = [1001, 1002, 1003, 1004]


@pytest.fixture
def shot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_plate(tmp_path / "plate", NUMBERS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> int:
    return main(["track", "plate/plate.####.exr", "-o", "track.json", *arguments])


def test_a_plate_with_a_faceless_frame_exits_1_unless_it_is_allowed(
    shot: Path, tracker: list[list[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 1
    said = capsys.readouterr().err
    assert "(frame 1003): no face (the face was lost); the plate is kept there" in said
    assert run("--allow-faceless") == 0
    assert tracker == [NUMBERS]


def test_frames_can_be_chosen(shot: Path, tracker: list[list[int]]) -> None:
    assert run("--frames", "1001-1002") == 0
    assert tracker == [[1001, 1002]]


def test_json_is_one_object(shot: Path, tracker: list[list[int]], capsys: pytest.CaptureFixture[str]) -> None:
    (shot / "plate/plate.1002.exr").write_text("broken")
    assert run("--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["track"], report["frames"], report["found"]) == ("track.json", 4, 2)
    assert report["faceless"] == [{"frame": 1003, "reason": "the face was lost"}]
    assert [each["frame"] for each in report["failed"]] == [1002]


def test_a_track_edited_by_hand_is_not_overwritten(
    shot: Path, tracker: list[list[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    run()
    sidecar = shot / "track.json"
    sidecar.write_text(sidecar.read_text().replace("the face was lost", "hidden by a hand"))
    edited = sidecar.read_text()
    assert run() == 1
    assert "edited by hand" in capsys.readouterr().err
    assert sidecar.read_text() == edited


def test_a_missing_plate_exits_1(shot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["track", "plate/none.####.exr", "-o", "track.json"]) == 1
    assert "none.####.exr" in capsys.readouterr().err


def test_a_threshold_out_of_range_exits_1(shot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--threshold", "7") == 1
    assert "track.threshold is 7" in capsys.readouterr().err


def test_a_plate_without_a_colour_space_is_told_and_one_can_be_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tracker: list[list[int]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "plate").mkdir()
    write_exr(tmp_path / "plate/plate.1001.exr", make_frame(1001), interop=False)
    monkeypatch.chdir(tmp_path)
    assert run() == 1
    assert "colour space" in capsys.readouterr().err
    assert run("--space", "ACEScg") == 0


def test_a_pattern_that_matches_nothing_is_told_as_that(tmp_path, capsys):
    assert main(["track", str(tmp_path / "none.####.exr"), "-o", str(tmp_path / "t.json")]) == 1
    assert "none.####.exr: no file matches the pattern; check the name" in capsys.readouterr().err


def test_info_tells_what_a_track_holds(
    shot: Path, tracker: list[list[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    run("--allow-faceless")
    capsys.readouterr()
    assert main(["track", "track.json", "--info", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["first"], told["last"], told["frames"], told["found"]) == (1001, 1004, 4, 3)
    assert told["faceless"] == [{"frame": 1003, "reason": "the face was lost"}]
    assert main(["track", "track.json", "--info"]) == 0
    assert "frame 1003: the face was lost." in capsys.readouterr().err


def test_a_table_that_was_exported_and_corrected_makes_a_track(
    shot: Path, tracker: list[list[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    run("--allow-faceless")
    assert main(["track", "track.json", "--export", "head.csv", "--export", "head.nk"]) == 0
    assert (shot / "head.nk").read_text().startswith("CornerPin2D {")
    rows = [line for line in (shot / "head.csv").read_text().splitlines() if not line.startswith("1003")]
    rows[2] = "1002,0,,,,,,"
    (shot / "keys.csv").write_text("\n".join(rows) + "\n")
    assert main(["track", "track.json", "--correct", "keys.csv", "-o", "fixed.json"]) == 0
    capsys.readouterr()
    main(["track", "fixed.json", "--info", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["faceless"] == [{"frame": 1002, "reason": "switched off by hand"}]
    assert told["by_hand"] == [1002, 1003]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--export", "head.txt"], "name it .csv, .nk or .exr"),
        (["--correct", "none.csv", "-o", "a.json"], "none.csv: the table cannot be read"),
        (["--correct", "none.csv"], "the corrected track has no name"),
    ],
)
def test_bad_words_about_a_sidecar_are_told(
    shot: Path,
    tracker: list[list[int]],
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    said: str,
) -> None:
    run("--allow-faceless")
    assert main(["track", "track.json", *words]) == 1
    assert said in capsys.readouterr().err


def test_a_plate_without_an_output_is_told(shot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["track", "plate/plate.####.exr"]) == 1
    assert "give one with -o" in capsys.readouterr().err


def test_keyframes_and_ignored_regions_are_given_to_the_node(
    shot: Path, tracker: list[list[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    (shot / "keys.csv").write_text(
        "frame,found,x,y,size,yaw,pitch,roll\n1002,1,50,24,8,0,0,0\n1004,0,,,,,,\n"
    )
    (shot / "ignore.csv").write_text("x0,y0,x1,y1\n0,0,5,5\n")
    assert run("--allow-faceless", "--keyframes", "keys.csv", "--ignore", "ignore.csv") == 0
    capsys.readouterr()
    assert main(["track", "track.json", "--info", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["by_hand"] == [1001, 1002, 1004]
    assert told["switched_off"] == [1004]
    assert main(["track", "track.json", "--info"]) == 0
    assert "set by hand: 1001-1002, 1004." in capsys.readouterr().err


def test_a_track_from_the_comp_fills_the_gap(
    shot: Path, tracker: list[list[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    (shot / "t.csv").write_text(
        "frame,name,x,y\n"
        + "".join(
            f"{n},to{i},{20 + 9 * (i in (2, 3))},{30 - 9 * (i > 2)}\n" for n in NUMBERS for i in range(1, 5)
        )
    )
    assert run("--from", "t.csv") == 0
    assert "the face is on 4 of 4 frames" in capsys.readouterr().err


def test_a_comp_track_that_is_damaged_is_told(
    shot: Path, tracker: list[list[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    (shot / "comp.nk").write_text("Tracker4 {\n tracks { { 1 31 1 }\n")
    assert run("--from", "comp.nk") == 1
    assert "comp.nk: the script is damaged (a brace is never closed)" in capsys.readouterr().err
    assert not tracker


def test_a_channel_of_the_plate_that_is_not_there_is_told(
    shot: Path, tracker: list[list[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--occlusion-channel", "roto.hand") == 1
    assert "the occlusion matte has no channel 'roto.hand' (it has R, G, B)" in capsys.readouterr().err
    assert run("--occlusion", "plate/plate.####.exr", "--occlusion-channel", "R", "--allow-faceless") == 0


def test_a_contact_sheet_is_written_with_and_without_the_plate(
    shot: Path, tracker: list[list[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    run("--allow-faceless")
    assert main(["track", "track.json", "--sheet", "a.png"]) == 0
    assert main(["track", "track.json", "--sheet", "b.png", "--plate", "plate/plate.####.exr"]) == 0
    assert (shot / "a.png").read_bytes()[:4] == (shot / "b.png").read_bytes()[:4] == b"\x89PNG"
    assert (shot / "a.png").read_bytes() != (shot / "b.png").read_bytes()
    assert main(["track", "track.json", "--sheet", "a.jpg"]) == 1
    assert "name it .png" in capsys.readouterr().err
