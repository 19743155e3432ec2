from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from doublure.core.errors import DoublureError
from doublure.core.movie import write_movie
from doublure.core.provenance.hashes import hash_file
from doublure.core.provenance.record import Record
from doublure.core.provenance.verify import verify_movie, verify_provenance
from doublure.core.provenance.write import write_provenance
from tests.core.provenance.shots import FRAMES, Studio, make_shot

NOW = datetime(2026, 11, 24, 10, 0, 5, tzinfo=UTC)


def test_everything_is_listed_by_hash_and_seen_from_the_folder(tmp_path: Path, studio: Studio) -> None:
    material = make_shot(tmp_path)
    record = Record.load(write_provenance(tmp_path / "provenance", material, studio.signer, NOW).frames)
    assert (record.project, record.shot, record.version) == ("demo", "sq010_sh0100", "v003")
    assert record.created == "2026-11-24T10:00:05Z"
    assert (record.result.folder, record.plate.folder) == ("../comp", "../plate")
    for listed, paths in ((record.result, material.result), (record.plate, material.plate)):
        assert [(f.number, f.name, f.sha256) for f in listed.frames] == [
            (number, path.name, hash_file(path).sha256) for number, path in paths
        ]
    assert [(f.role, f.path) for f in record.files[:4]] == [
        ("model", "../hero.safetensors"),
        ("graph", "../graph.json"),
        ("consent", "mara.consent.json"),
        ("consent", "double.consent.json"),
    ]
    assert [f.role for f in record.files[4:]] == ["history", "history"]


def test_no_frame_is_touched(tmp_path: Path, studio: Studio) -> None:
    material = make_shot(tmp_path)
    paths = [path for _, path in (*material.result, *material.plate)]
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths]
    write_provenance(tmp_path / "provenance", material, studio.signer, NOW)
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths] == before


def test_writing_again_gives_the_same_list_and_verifies(tmp_path: Path, studio: Studio) -> None:
    material = make_shot(tmp_path)
    first = write_provenance(tmp_path / "provenance", material, studio.signer, NOW).frames.read_bytes()
    again = write_provenance(tmp_path / "provenance", material, studio.signer, NOW, threads=1)
    assert again.frames.read_bytes() == first
    assert verify_provenance(tmp_path / "provenance", studio.trust).findings == ()


def test_progress_counts_the_frames_of_result_and_plate(tmp_path: Path, studio: Studio) -> None:
    counts: list[int] = []
    write_provenance(tmp_path / "provenance", make_shot(tmp_path), studio.signer, NOW, progress=counts.append)
    assert counts == list(range(1, 2 * len(FRAMES) + 1))


@pytest.mark.parametrize("role", ["model", "consent"])
def test_without_model_or_consent_nothing_is_signed(tmp_path: Path, studio: Studio, role: str) -> None:
    material = make_shot(tmp_path)
    material = replace(material, files=[entry for entry in material.files if entry[0] != role])
    with pytest.raises(DoublureError, match=f"the shot names no {role}"):
        write_provenance(tmp_path / "provenance", material, studio.signer, NOW)
    assert not (tmp_path / "provenance" / "frames.c2pa").exists()


@pytest.mark.parametrize("name", ["result", "plate"])
def test_a_missing_frame_stops_it_with_its_number(tmp_path: Path, studio: Studio, name: str) -> None:
    material = make_shot(tmp_path)
    getattr(material, name)[2][1].unlink()
    with pytest.raises(DoublureError, match=r"frame 1003.*no such file"):
        write_provenance(tmp_path / "provenance", material, studio.signer, NOW)


@pytest.mark.parametrize("name", ["result", "plate"])
def test_an_empty_shot_is_refused(tmp_path: Path, studio: Studio, name: str) -> None:
    material = replace(make_shot(tmp_path), **{name: []})
    with pytest.raises(DoublureError, match="no frames to list"):
        write_provenance(tmp_path / "provenance", material, studio.signer, NOW)


@pytest.mark.parametrize("role", ["movie", "history", "nonsense"])
def test_a_role_that_is_not_for_callers_is_refused(tmp_path: Path, studio: Studio, role: str) -> None:
    material = make_shot(tmp_path)
    material = replace(material, files=[*material.files, (role, tmp_path / "graph.json")])
    with pytest.raises(DoublureError, match=f"there is no role '{role}'"):
        write_provenance(tmp_path / "provenance", material, studio.signer, NOW)


def test_a_frame_rendered_again_after_delivery_is_refused(tmp_path: Path, studio: Studio) -> None:
    material = make_shot(tmp_path)
    write_provenance(tmp_path / "provenance", material, studio.signer, NOW)
    material.result[0][1].write_bytes(b"another")
    with pytest.raises(DoublureError, match="raise the version"):
        write_provenance(tmp_path / "provenance", material, studio.signer, NOW)
    found = verify_provenance(tmp_path / "provenance", studio.trust).findings
    assert [f.frame for f in found] == [1001]


def test_a_time_without_a_zone_is_a_bug(tmp_path: Path, studio: Studio) -> None:
    with pytest.raises(ValueError, match="time zone"):
        write_provenance(tmp_path, make_shot(tmp_path), studio.signer, NOW.replace(tzinfo=None))


def test_a_review_movie_is_signed_listed_and_checked(tmp_path: Path, studio: Studio) -> None:
    material = make_shot(tmp_path)
    source = tmp_path / "review.mp4"
    write_movie(source, [np.full((32, 48, 3), 40 * n, np.uint8) for n in range(6)], 24)
    folder = tmp_path / "provenance"
    written = write_provenance(folder, replace(material, movie=source), studio.signer, NOW)
    assert verify_provenance(folder, studio.trust).findings == ()
    assert verify_movie(written.movie, studio.trust).findings == ()
    assert verify_movie(source, studio.trust).findings[0].what == "it carries no manifest"
    data = bytearray(written.movie.read_bytes())
    data[-9] ^= 1
    written.movie.write_bytes(data)
    assert [f.file for f in verify_provenance(folder, studio.trust).findings] == ["review.mp4"]
    assert not verify_movie(written.movie, studio.trust).ok
    written.movie.unlink()
    assert [f.file for f in verify_provenance(folder, studio.trust).findings] == ["review.mp4"]


def test_the_movie_of_another_shot_is_told(tmp_path: Path, studio: Studio) -> None:
    records = []
    for name in ("a", "b"):
        root = tmp_path / name
        material = make_shot(root)
        material.result[0][1].write_bytes(name.encode())
        write_movie(root / "review.mp4", [np.full((32, 48, 3), 40 * n, np.uint8) for n in range(6)], 24)
        material = replace(material, movie=root / "review.mp4")
        records.append(write_provenance(root / "provenance", material, studio.signer, NOW))
    first, second = (Record.load(written.frames) for written in records)
    assert verify_movie(records[0].movie, studio.trust, first).ok
    (finding,) = verify_movie(records[0].movie, studio.trust, second).findings
    assert "signed for other frames" in finding.what


def test_a_movie_of_another_kind_is_refused(tmp_path: Path, studio: Studio) -> None:
    material = replace(make_shot(tmp_path), movie=tmp_path / "graph.json")
    with pytest.raises(DoublureError, match=r"use \.mp4, \.mov or \.png"):
        write_provenance(tmp_path / "provenance", material, studio.signer, NOW)
