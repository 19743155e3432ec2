"""A scan of tiny files: what it keeps, in which order, and what a broken file does to it. The track is made up, so no
face is found in the noise; ``tests/core/check/test_damages.py`` scans faces."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from doublure.core.cancel import Cancelled, cancellable
from doublure.core.errors import DoublureError
from doublure.core.exr import write_exr
from doublure.core.face.sidecar import FaceFrame, Track
from doublure.core.face.track import track_frames
from doublure.core.pattern import Sequence
from doublure.core.scan.facts import ShotFacts
from doublure.core.scan.scan import scan_shot
from doublure.core.sequence import FrameReader
from tests.core.scan.conftest import HEIGHT, WIDTH, pixels, write

NUMBERS = range(1001, 1009)
TAKE = Path(__file__).resolve().parents[3] / "examples" / "takes" / "talk"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    matte = np.zeros((HEIGHT, WIDTH, 1), np.float16)
    for number in NUMBERS:
        plate = pixels(number)
        write(tmp_path / f"plate.{number}.exr", plate)
        write(tmp_path / f"comp.{number}.exr", np.concatenate([plate, matte], 2), ("R", "G", "B", "matte"))
    return tmp_path


def scanned(folder: Path, *, track: Track | None = None, threads: int = 2, **rest: object) -> ShotFacts:
    files = [(n, folder / f"comp.{n}.exr") for n in NUMBERS]
    return scan_shot(files, Sequence.parse(folder / "plate.####.exr"), track, threads=threads, **rest)


def lasting(facts: ShotFacts) -> ShotFacts:
    """The facts without the clock."""
    return replace(facts, seconds_reading=0.0, seconds_checking=0.0)


def test_frames_come_in_order_however_many_threads_read(folder: Path) -> None:
    one, four = scanned(folder, threads=1), scanned(folder, threads=4)
    assert [frame.number for frame in four.frames] == list(NUMBERS)
    assert lasting(one) == lasting(four)


def test_every_frame_has_its_own_hashes(folder: Path) -> None:
    facts = scanned(folder)
    assert len({frame.sha256 for frame in facts.frames} | {f.plate_sha256 for f in facts.frames}) == 16


@pytest.mark.parametrize("which", ["comp", "plate"])
def test_a_truncated_file_is_a_fault_of_its_frame_alone(folder: Path, which: str) -> None:
    path = folder / f"{which}.1004.exr"
    path.write_bytes(path.read_bytes()[:-60])
    facts = scanned(folder)
    assert [frame.number for frame in facts.frames if frame.fault] == [1004]
    assert path.name in (facts.frames[3].fault or "")
    assert facts.frames[3].header is None
    assert len(facts.readable) == 7


def test_a_missing_plate_is_a_fault(folder: Path) -> None:
    (folder / "plate.1002.exr").unlink()
    (broken,) = (frame for frame in scanned(folder).frames if frame.fault)
    assert broken.number == 1002
    assert "missing" in (broken.fault or "")


def test_without_a_track_no_face_is_expected(folder: Path) -> None:
    facts = scanned(folder)
    assert facts.faces == ()
    assert not any(frame.expected for frame in facts.frames)
    assert facts.light is None


def test_progress_counts_up_to_all(folder: Path) -> None:
    told: list[tuple[int, int]] = []
    scanned(folder, progress=lambda done, total: told.append((done, total)))
    assert told == [(n, 8) for n in range(1, 9)]


def test_a_scan_can_be_given_up(folder: Path) -> None:
    told: list[int] = []
    with pytest.raises(Cancelled), cancellable(lambda: len(told) > 1):
        scanned(folder, threads=1, progress=lambda done, total: told.append(done))
    assert len(told) < 8


def test_a_number_that_comes_twice_is_refused(folder: Path) -> None:
    files = [(1001, folder / "comp.1001.exr"), (1001, folder / "comp.1002.exr")]
    with pytest.raises(DoublureError, match="twice"):
        scan_shot(files, Sequence.parse(folder / "plate.####.exr"), None)


def test_no_threads_and_unknown_spaces_are_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="threads"):
        scanned(folder, threads=0)
    with pytest.raises(DoublureError):
        scanned(folder, space="no such space")


def test_nothing_to_scan_is_no_frames() -> None:
    assert scan_shot([], Sequence.parse("plate.####.exr"), None).frames == ()


class Faces:
    """Three frames of the small take, scanned as they are: the truth over its own plate."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.numbers = folder, [1001, 1002, 1003]
        plates = list(FrameReader(Sequence.parse(TAKE / "plate" / "plate.####.exr"), self.numbers))
        truths = list(FrameReader(Sequence.parse(TAKE / "truth" / "truth.####.exr"), self.numbers))
        self.track = track_frames(plates)
        self.truths = truths
        for plate in plates:
            shutil.copy(str(plate.path), folder / f"plate.{plate.number}.exr")

    def scan(self, track: Track | None = None) -> ShotFacts:
        for truth in self.truths:
            write_exr(self.folder / f"comp.{truth.number}.exr", truth)
        files = [(n, self.folder / f"comp.{n}.exr") for n in self.numbers]
        plate = Sequence.parse(self.folder / "plate.####.exr")
        return scan_shot(files, plate, track or self.track, identities=0)


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Faces:
    if not (TAKE / "take.json").is_file():
        pytest.skip("the small take is not here: python -m bench.scoreboard --render-small makes it")
    return Faces(tmp_path_factory.mktemp("faces"))


def test_a_face_has_every_number_but_those_that_need_neighbours(faces: Faces) -> None:
    facts = faces.scan()
    first, middle, _ = (face for _, face in facts.faces)
    assert facts.missing == {}
    for name in ("expression", "lips", "lids", "grain", "sharpness", "seam", "light", "equal", "likeness"):
        assert getattr(middle, name) is not None, name
    assert middle.temporal is not None
    assert middle.jitter is not None
    assert middle.held == 0
    assert first.temporal is None
    assert "temporal" in first.missing
    assert 100 < middle.height < 140


def test_a_frame_whose_face_was_lost_breaks_the_run_and_nothing_else(faces: Faces) -> None:
    lost = replace(faces.track, frames={**faces.track.frames, 1002: FaceFrame.lost(1002, "it is dark")})
    facts = faces.scan(lost)
    assert [frame.number for frame, _ in facts.faces] == [1001, 1003]
    assert not facts.frames[1].expected
    assert facts.frames[1].faceless is not None
    assert all(face.jitter is None and face.temporal is None for _, face in facts.faces)
