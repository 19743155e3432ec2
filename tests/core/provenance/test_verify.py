from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from doublure.core.errors import DoublureError
from doublure.core.provenance.record import Record
from doublure.core.provenance.sign import sign_beside
from doublure.core.provenance.signature import Trust
from doublure.core.provenance.signer import Signer
from doublure.core.provenance.sums import write_sums
from doublure.core.provenance.verify import Verification, read_trust, verify_provenance
from doublure.core.provenance.write import write_provenance
from tests.core.provenance.shots import FRAMES, Studio, make_shot, write_tiny_exr


def verified(shot: Path, studio: Studio, **options: object) -> Verification:
    return verify_provenance(shot / "provenance", studio.trust, **options)


def told(outcome: Verification) -> list[tuple[int | None, str]]:
    assert outcome.ok == all(f.level == "warning" for f in outcome.findings)
    return [(f.frame, f.what) for f in outcome.findings]


def frame(shot: Path, number: int) -> Path:
    return shot / f"comp/sq010_v003.{number}.exr"


def test_a_shot_that_nobody_touched_is_clean(shot: Path, studio: Studio) -> None:
    outcome = verified(shot, studio, complete=True)
    assert (outcome.ok, outcome.findings, outcome.frames) == (True, (), len(FRAMES))
    assert outcome.signer == "Some Studio, TEST signer"


def test_a_shot_that_was_moved_as_a_whole_is_clean(shot: Path, studio: Studio) -> None:
    moved = shot.rename(shot.with_name("elsewhere"))
    assert verified(moved, studio, complete=True).findings == ()


def test_progress_counts_the_frames(shot: Path, studio: Studio) -> None:
    counts: list[int] = []
    verified(shot, studio, progress=counts.append)
    assert counts == list(range(1, len(FRAMES) + 1))


def test_a_missing_frame_is_named(shot: Path, studio: Studio) -> None:
    frame(shot, 1003).unlink()
    assert told(verified(shot, studio)) == [(1003, "the frame is missing")]


@pytest.mark.parametrize("number", [1000, 1007, -5, 99999])
def test_an_added_frame_is_named(shot: Path, studio: Studio, number: int) -> None:
    write_tiny_exr(frame(shot, number), 7)
    assert told(verified(shot, studio)) == [(number, "the frame was added, it is not in the list")]


def test_another_version_in_the_same_folder_is_not_an_added_frame(shot: Path, studio: Studio) -> None:
    write_tiny_exr(shot / "comp/sq010_v002.1001.exr", 7)
    (shot / "comp/notes.txt").write_text("x")
    assert verified(shot, studio).findings == ()


@pytest.mark.parametrize("name", ["sq010_v003.1010.exr", "old.exr"])
def test_a_renamed_frame_is_one_finding_with_its_new_name(shot: Path, studio: Studio, name: str) -> None:
    frame(shot, 1003).rename(shot / "comp" / name)
    assert told(verified(shot, studio)) == [(1003, f"the frame is now named {name}")]


def test_swapped_frames_are_named_with_what_they_hold(shot: Path, studio: Studio) -> None:
    a, b, spare = frame(shot, 1002), frame(shot, 1005), shot / "spare"
    a.rename(spare)
    b.rename(a)
    spare.rename(b)
    assert told(verified(shot, studio)) == [(1002, "it holds frame 1005"), (1005, "it holds frame 1002")]


def test_a_frozen_frame_is_named_with_what_it_holds(shot: Path, studio: Studio) -> None:
    shutil.copyfile(frame(shot, 1003), frame(shot, 1004))
    assert told(verified(shot, studio)) == [(1004, "it holds frame 1003")]


def test_a_truncated_frame_is_told_by_its_size(shot: Path, studio: Studio) -> None:
    data = frame(shot, 1001).read_bytes()
    frame(shot, 1001).write_bytes(data[:-1])
    expected = f"the frame has {len(data) - 1} bytes, not {len(data)} as when it was signed"
    assert told(verified(shot, studio)) == [(1001, expected)]


def test_a_frame_that_is_a_folder_or_a_dangling_link_is_named(shot: Path, studio: Studio) -> None:
    for number in (1001, 1002):
        frame(shot, number).unlink()
    frame(shot, 1001).mkdir()
    frame(shot, 1002).symlink_to("nowhere")
    assert told(verified(shot, studio)) == [
        (1001, "this is not a plain file"),
        (1002, "the frame is missing"),
    ]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights do not bind this user")
def test_a_frame_without_rights_is_named(shot: Path, studio: Studio) -> None:
    frame(shot, 1001).chmod(0)
    assert [number for number, _ in told(verified(shot, studio))] == [1001]


def test_every_fault_is_told_and_not_the_first_alone(shot: Path, studio: Studio) -> None:
    frame(shot, 1001).unlink()
    frame(shot, 1004).write_bytes(b"x")
    (shot / "hero.safetensors").write_bytes(b"another")
    assert [f.frame or f.file for f in verified(shot, studio).findings] == [1001, 1004, "../hero.safetensors"]


def test_frames_elsewhere_are_found_where_they_are_said_to_be(shot: Path, studio: Studio) -> None:
    (shot / "comp").rename(shot / "delivered")
    assert told(verified(shot, studio))[0] == (None, "the folder of the frames is not there")
    outcome = verified(shot, studio, result=shot / "delivered")
    assert {f.file.rpartition("/")[2][-4:] for f in outcome.findings} == {".mhl", ".xml"}


def test_a_wrong_plate_is_told_frame_by_frame(shot: Path, studio: Studio) -> None:
    for number in FRAMES:
        write_tiny_exr(shot / f"plate/plate.{number}.exr", number)
    assert [number for number, _ in told(verified(shot, studio))] == list(FRAMES)


def test_a_longer_plate_is_right(shot: Path, studio: Studio) -> None:
    write_tiny_exr(shot / "plate/plate.1000.exr", 1)
    assert verified(shot, studio).findings == ()


def test_a_plate_that_is_not_at_hand_is_a_warning_and_an_error_where_all_is_asked_for(
    shot: Path, studio: Studio
) -> None:
    moved = (shot / "plate").rename(shot / "camera")
    outcome = verified(shot, studio)
    assert told(outcome) == [(None, "the plate is not at hand, so it was not compared")]
    assert outcome.ok
    assert not verified(shot, studio, complete=True).ok
    assert verified(shot, studio, plate=moved).findings == ()
    assert not verified(shot, studio, plate=shot / "nowhere").ok


def test_half_a_plate_is_not_taken_for_none(shot: Path, studio: Studio) -> None:
    (shot / "plate/plate.1002.exr").unlink()
    assert told(verified(shot, studio)) == [(1002, "the frame is missing")]


@pytest.mark.parametrize(
    ("name", "travels"),
    [("hero.safetensors", False), ("graph.json", False), ("provenance/double.consent.json", True)],
)
def test_consent_must_be_at_hand_and_the_model_need_not(
    shot: Path, studio: Studio, name: str, travels: bool
) -> None:
    (shot / name).unlink()
    outcome = verified(shot, studio)
    assert len(outcome.findings) == 1
    assert outcome.ok is not travels
    assert not verified(shot, studio, complete=True).ok


def test_another_model_is_told(shot: Path, studio: Studio) -> None:
    (shot / "hero.safetensors").write_bytes(b"another")
    assert told(verified(shot, studio)) == [(None, "the model is not the one that the shot was made with")]


@pytest.mark.parametrize("name", ["frames.json", "frames.c2pa", "SHA256SUMS"])
def test_without_one_of_the_three_files_nothing_passes(shot: Path, studio: Studio, name: str) -> None:
    (shot / "provenance" / name).unlink()
    outcome = verified(shot, studio)
    assert not outcome.ok
    assert outcome.findings[0].what == f"there is no {name}"


def test_a_folder_that_is_not_there_does_not_pass(tmp_path: Path, studio: Studio) -> None:
    assert not verify_provenance(tmp_path / "nothing", studio.trust).ok
    (tmp_path / "file").touch()
    assert not verify_provenance(tmp_path / "file", studio.trust).ok


def test_the_history_is_part_of_it(shot: Path, studio: Studio) -> None:
    shutil.rmtree(shot / "comp/ascmhl")
    outcome = verified(shot, studio)
    assert not outcome.ok
    assert len(outcome.findings) == 2


def test_the_sidecar_of_another_shot_does_not_fit(shot: Path, studio: Studio, tmp_path: Path) -> None:
    material = make_shot(tmp_path / "other")
    material.result[0][1].write_bytes(b"another")
    write_provenance(tmp_path / "other/provenance", material, studio.signer, datetime.now(UTC))
    shutil.copyfile(tmp_path / "other/provenance/frames.c2pa", shot / "provenance/frames.c2pa")
    outcome = verified(shot, studio)
    assert outcome.findings[0].file == "frames.json"
    assert not outcome.ok


def test_a_list_signed_anew_by_somebody_else_is_not_trusted(shot: Path, studio: Studio) -> None:
    stranger = Studio()
    frame(shot, 1001).write_bytes(b"forged")
    shutil.rmtree(shot / "comp/ascmhl")
    frames = [(n, frame(shot, n)) for n in FRAMES]
    material = replace(make_shot(shot.with_name("spare")), result=frames)
    write_provenance(shot / "provenance", material, stranger.signer, datetime.now(UTC))
    assert told(verified(shot, studio)) == [
        (None, "it is signed by Some Studio, TEST signer, whom nobody here trusts")
    ]


def resigned(change: Callable[[Record], Record]) -> Callable[[Path, Studio], None]:
    """frames.json says something else than the manifest, both signed by the studio."""

    def spoil(shot: Path, studio: Studio) -> None:
        from doublure.core.provenance.manifest import ingredients

        folder = shot / "provenance"
        record = Record.load(folder / "frames.json")
        other = change(record)
        inputs = ingredients(other.plate, other.files)
        sign_beside(folder / "frames.json", folder / "frames.c2pa", other.result, inputs, studio.signer)
        write_sums(folder, ("frames.json", "frames.c2pa"))

    return spoil


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda r: replace(r, result=r.plate), "it was signed for other frames"),
        (lambda r: replace(r, plate=r.result), "it names another plate, model or consent"),
        (lambda r: replace(r, files=r.files[1:]), "it names another plate, model or consent"),
    ],
)
def test_a_manifest_that_contradicts_the_list_is_told(
    shot: Path, studio: Studio, change: Callable[[Record], Record], what: str
) -> None:
    resigned(change)(shot, studio)
    (finding,) = verified(shot, studio).findings
    assert finding.what.startswith(what)
    assert not verified(shot, studio).ok


def test_a_test_certificate_passes_only_where_it_is_allowed(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    write_provenance(tmp_path / "provenance", make_shot(tmp_path), Signer.for_test(now), now)
    strict = verify_provenance(tmp_path / "provenance", Trust())
    assert (strict.ok, strict.test, strict.frames) == (False, True, len(FRAMES))
    assert verify_provenance(tmp_path / "provenance", Trust(allow_test=True)).ok


def test_without_the_library_nothing_passes_but_frames_are_still_compared(
    shot: Path, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "c2pa", None)
    frame(shot, 1002).unlink()
    outcome = verified(shot, studio)
    assert "cannot be checked" in outcome.findings[0].what
    assert told(outcome)[1:] == [(1002, "the frame is missing")]


def test_trust_comes_from_a_file_or_the_environment_and_else_is_nobody(
    tmp_path: Path, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOUBLURE_TRUST_ANCHORS", raising=False)
    (tmp_path / "root.pem").write_bytes(studio.root)
    assert read_trust(None) == Trust(None, False)
    assert read_trust(tmp_path / "root.pem", allow_test=True) == Trust(studio.root.decode(), True)
    monkeypatch.setenv("DOUBLURE_TRUST_ANCHORS", str(tmp_path / "root.pem"))
    assert read_trust(None) == studio.trust
    monkeypatch.setenv("DOUBLURE_TRUST_ANCHORS", str(tmp_path / "none.pem"))
    with pytest.raises(DoublureError, match=r"none\.pem"):
        read_trust(None)
    (tmp_path / "key.pem").write_bytes(studio.key)
    with pytest.raises(DoublureError, match="no PEM certificate"):
        read_trust(tmp_path / "key.pem")
