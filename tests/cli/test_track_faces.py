from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fake_tracker import SHAPE, found
from graph_plates import make_plate

from doublure.cli.main import main
from doublure.cli.track_faces import named
from doublure.core.face.track import FaceFrame, Track


@pytest.fixture
def shot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plate of three frames, and networks that see two faces, the second one in the first frame only."""
    make_plate(tmp_path / "plate", [1, 2, 3])
    monkeypatch.chdir(tmp_path)

    def track_faces(frames: Any, settings: Any, count: int, source: str = "") -> list[Track]:
        numbers = [frame.number for frame in frames]
        first = {n: found(n) for n in numbers}
        second = {n: found(n) if n == 1 else FaceFrame.lost(n, "the face was lost") for n in numbers}
        return [Track(source, 64, 48, 1.0, SHAPE, faces, cuts=(2,)) for faces in (first, second)][:count]

    monkeypatch.setattr("doublure.core.face.track.track_faces", track_faces)
    return tmp_path


def run(*arguments: str) -> int:
    return main(["track", "plate/plate.####.exr", "-o", "track.json", *arguments])


def test_each_face_has_a_sidecar(shot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--faces", "2") == 1
    assert len(Track.load(shot / "track.1.json").found) == 3
    assert len(Track.load(shot / "track.2.json").found) == 1
    assert "track.2.json: the face is on 1 of 3 frames." in capsys.readouterr().err


def test_fewer_faces_than_asked_for_are_no_fault(shot: Path) -> None:
    assert run("--faces", "5", "--allow-faceless") == 0
    assert not (shot / "track.3.json").exists()


def test_json_is_one_object_and_names_the_cuts(shot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--faces", "1", "--json") == 0
    (one,) = json.loads(capsys.readouterr().out)["tracks"]
    assert one == {"track": "track.1.json", "frames": 3, "found": 3, "cuts": [2]}


def test_a_frame_that_cannot_be_read_is_told_and_the_others_are_tracked(
    shot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shot / "plate/plate.0002.exr").write_text("broken")
    assert run("--faces", "1", "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert [one["frame"] for one in report["failed"]] == [2]
    assert sorted(Track.load(shot / "track.1.json").frames) == [1, 3]


def test_a_sidecar_that_exists_is_not_overwritten(shot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shot / "track.2.json").write_text("mine")
    assert run("--faces", "2") == 1
    assert "track.2.json" in capsys.readouterr().err
    assert (shot / "track.2.json").read_text() == "mine"


def test_one_face_and_several_exclude_each_other(shot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--faces", "2", "--face", "1") == 1
    assert "exclude each other" in capsys.readouterr().err


def test_the_number_goes_before_the_ending() -> None:
    assert named(Path("a/track.json"), 2) == Path("a/track.2.json")
