from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doublure.core.errors import DoublureError
from doublure.core.provenance.hashes import FileHash
from doublure.core.provenance.record import ListedFile, ListedFrame, ListedFrames, Record, listed, relative

SUM = "ab" * 32
FRAMES = ListedFrames("../comp", (ListedFrame(-1, "a.-1.exr", 3, SUM), ListedFrame(2, "a.2.exr", 4, SUM)))
RECORD = Record(
    "demo",
    "sq010",
    "v003",
    "2026-11-24T10:00:00Z",
    "doublure 0.1.0",
    FRAMES,
    FRAMES,
    (ListedFile("model", "../m.safetensors", 1, SUM), ListedFile("consent", "c.json", 2, SUM)),
)


def test_a_record_that_is_saved_and_loaded_is_the_same(tmp_path: Path) -> None:
    RECORD.save(tmp_path / "frames.json")
    assert Record.load(tmp_path / "frames.json") == RECORD


def test_the_same_record_gives_the_same_bytes(tmp_path: Path) -> None:
    RECORD.save(tmp_path / "a.json")
    Record.load(tmp_path / "a.json").save(tmp_path / "b.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_the_digest_is_of_the_frames_and_not_of_where_they_lie() -> None:
    moved = ListedFrames("elsewhere", FRAMES.frames)
    fewer = ListedFrames(FRAMES.folder, FRAMES.frames[:1])
    assert moved.digest() == FRAMES.digest() != fewer.digest()


def spoil(*keys: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: Any) -> None:
        for key in keys[:-1]:
            data = data[key]
        data[keys[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        spoil("schema", value="doublure.frames/2"),
        spoil("unknown", value=1),
        spoil("created", value="yesterday"),
        spoil("result", "frames", value=[]),
        spoil("result", "frames", 0, "name", value="../../etc/passwd"),
        spoil("result", "frames", 0, "name", value=".."),
        spoil("result", "frames", 0, "sha256", value=SUM.upper()),
        spoil("result", "frames", 0, "size", value=-1),
        spoil("result", "frames", 1, "number", value=-1),
        spoil("plate", "frames", 1, "name", value="a.-1.exr"),
        spoil("files", 0, "role", value="other"),
        spoil("files", 1, "role", value="model"),
        spoil("files", 1, "path", value="../m.safetensors"),
        spoil("files", value=[]),
        spoil("plate", value=None),
    ],
)
def test_a_record_with_one_fault_is_refused_with_the_file_named(
    tmp_path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    path = tmp_path / "frames.json"
    RECORD.save(path)
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))
    with pytest.raises(DoublureError, match=r"frames\.json"):
        Record.load(path)


def test_frames_are_listed_in_order_of_number(tmp_path: Path) -> None:
    frames = [(n, tmp_path / "comp" / f"a.{n}.exr") for n in (3, 1, 2)]
    found = listed(tmp_path / "provenance", frames, [FileHash(n, SUM) for n, _ in frames])
    assert [(f.number, f.size) for f in found.frames] == [(1, 1), (2, 2), (3, 3)]
    assert found.folder == "../comp"


def test_frames_of_several_folders_are_refused() -> None:
    frames = [(1, Path("a/1.exr")), (2, Path("b/2.exr"))]
    with pytest.raises(DoublureError, match="2 folders"):
        listed(Path("p"), frames, [FileHash(1, SUM)] * 2)


def test_a_number_named_twice_is_refused() -> None:
    frames = [(1, Path("a/1.exr")), (1, Path("a/01.exr"))]
    with pytest.raises(DoublureError, match="frame 1: the frame is named twice"):
        listed(Path("p"), frames, [FileHash(1, SUM)] * 2)


def test_a_path_beside_the_folder_is_told_from_the_folder(tmp_path: Path) -> None:
    assert relative(tmp_path / "m.safetensors", tmp_path / "a" / "b") == "../../m.safetensors"
