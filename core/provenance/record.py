"""frames.json: every frame of a shot and everything it was made from, by SHA-256."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError
from doublure.core.provenance.hashes import FileHash
from doublure.core.provenance.json_text import digest_of, parse, to_text

SCHEMA = "doublure.frames/1"
FILE_NAME = "frames.json"
ROLES = ("model", "consent", "graph", "track", "review", "movie", "history", "other")
_REMEDY = "get the original file, or write the provenance of the shot again"


@dataclass(frozen=True)
class ListedFrame:
    """One frame: its number, file name (no folder), size in bytes and SHA-256 in hex."""

    number: int
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class ListedFrames:
    """A sequence. ``folder`` is seen from the folder of frames.json, with forward slashes."""

    folder: str
    frames: tuple[ListedFrame, ...]

    def digest(self) -> str:
        """SHA-256 in hex of the frames, whatever folder they lie in."""
        return digest_of([[f.number, f.name, f.size, f.sha256] for f in self.frames])


@dataclass(frozen=True)
class ListedFile:
    """One file beside the frames; ``path`` as ``ListedFrames.folder``; ``role`` one of ``ROLES``."""

    role: str
    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Record:
    """The content of frames.json.

    Attributes:
        project, shot, version: the names of the shot.
        created: ISO 8601 in UTC, to the second.
        generator: name and version of what wrote it.
        result, plate: the sequences.
        files: at least a model and a consent record.
    """

    project: str
    shot: str
    version: str
    created: str
    generator: str
    result: ListedFrames
    plate: ListedFrames
    files: tuple[ListedFile, ...]

    def of_role(self, role: str) -> list[ListedFile]:
        """The files of one role, in order."""
        return [file for file in self.files if file.role == role]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the file atomically, after ``frames.schema.json``. Raises DoublureError when it cannot be."""
        data = _to_json(self)
        _check(data, Path(path))
        with atomic_file(path) as temporary:
            temporary.write_bytes(to_text(data).encode())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Record:
        """Read frames.json. Raises DoublureError as ``from_bytes``, or where there is none."""
        path = Path(path)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise DoublureError(
                f"the file cannot be read ({error.strerror or error})", file=path, remedy=_REMEDY
            ) from error
        return cls.from_bytes(data, path)

    @classmethod
    def from_bytes(cls, data: bytes, file: Path) -> Record:
        """The record in the bytes of ``file``.

        Raises:
            DoublureError: not sound JSON, another schema, frames out of order or twice, a file twice.
        """
        content = parse(data, file, remedy=_REMEDY)
        _check(content, file)
        return cls(
            **{name: content[name] for name in ("project", "shot", "version", "created", "generator")},
            result=_frames(content["result"]),
            plate=_frames(content["plate"]),
            files=tuple(ListedFile(**entry) for entry in content["files"]),
        )


def listed(folder: Path, frames: list[tuple[int, Path]], hashes: list[FileHash]) -> ListedFrames:
    """Hashed frames as they are listed in a frames.json in ``folder``.

    Raises:
        DoublureError: no frames, a number twice, or frames in several folders.
    """
    if not frames:
        raise DoublureError("there are no frames to list", remedy="name the frames of the shot")
    parents = {path.parent for _, path in frames}
    if len(parents) != 1:
        raise DoublureError(
            f"the frames lie in {len(parents)} folders", remedy="put the frames of a sequence into one folder"
        )
    order = sorted(range(len(frames)), key=lambda index: frames[index][0])
    entries = tuple(
        ListedFrame(frames[i][0], frames[i][1].name, hashes[i].size, hashes[i].sha256) for i in order
    )
    for before, after in pairwise(entries):
        if before.number == after.number:
            raise DoublureError(
                "the frame is named twice", frame=after.number, remedy="name every frame once"
            )
    return ListedFrames(relative(parents.pop(), folder), entries)


def relative(path: Path, folder: Path) -> str:
    """``path`` seen from ``folder``, with forward slashes; the whole path where they share no root."""
    try:
        return Path(os.path.relpath(path.absolute(), folder.absolute())).as_posix()
    except ValueError:
        # Two drives of Windows.
        return path.absolute().as_posix()


def _to_json(record: Record) -> dict[str, Any]:
    def frames(sequence: ListedFrames) -> dict[str, Any]:
        return {"folder": sequence.folder, "frames": [vars(frame) for frame in sequence.frames]}

    return {
        "schema": SCHEMA,
        "project": record.project,
        "shot": record.shot,
        "version": record.version,
        "created": record.created,
        "generator": record.generator,
        "result": frames(record.result),
        "plate": frames(record.plate),
        "files": [vars(file) for file in record.files],
    }


def _frames(data: dict[str, Any]) -> ListedFrames:
    return ListedFrames(data["folder"], tuple(ListedFrame(**entry) for entry in data["frames"]))


@cache
def _validator() -> jsonschema.Draft202012Validator:
    text = Path(__file__).with_name("frames.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


def _check(data: Any, file: Path) -> None:
    fault = next(iter(_validator().iter_errors(data)), None)
    if fault is not None:
        place = "/".join(str(part) for part in fault.absolute_path) or "the whole"
        raise DoublureError(
            f"this is not a {SCHEMA} file ({place}: {fault.message[:120]})", file=file, remedy=_REMEDY
        )
    for name in ("result", "plate"):
        frames = data[name]["frames"]
        for before, after in pairwise(frames):
            if before["number"] >= after["number"]:
                raise DoublureError(
                    f"the {name}'s frames are not in order, each once",
                    file=file,
                    frame=after["number"],
                    remedy=_REMEDY,
                )
        if len({frame["name"] for frame in frames}) != len(frames):
            raise DoublureError(f"a file name stands twice in the {name}", file=file, remedy=_REMEDY)
    if len({entry["path"] for entry in data["files"]}) != len(data["files"]):
        raise DoublureError("a file is listed twice", file=file, remedy=_REMEDY)
