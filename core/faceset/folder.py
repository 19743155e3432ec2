"""A set on disk: one record a picture, one crop a face, each whole or not there; and an index made from them.

mara/
  pictures/<source>/<name>.json   the truth: what was seen in a picture (``face.PictureRecord``)
  crops/<source>/<name>.<k>.exr   R, G, B half ACEScg, `visible`, which may be painted black, and the footage's `matte`
  person.json                     whose set it is: a mean descriptor (with the extra `identity`)
  index.jsonl                     one line a face: used or why not; made anew from the records by every run
  report.txt, coverage.png        what the set holds and lacks
  cache/                          crops as a network wants them; may be removed
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError
from doublure.core.exr import read_exr, write_exr
from doublure.core.faceset.face import Face, PictureRecord, picture_from_json, picture_to_json
from doublure.core.frame import Frame
from doublure.core.swap.faceset import COVER, VISIBLE
from doublure.core.window import Window

INDEX_SCHEMA = "doublure.faceset/1"
INDEX = "index.jsonl"
PERSON_SCHEMA = "doublure.faceset.person/1"


class SetFolder:
    """Reads and writes a set. Nothing but the paths is kept in memory."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    @property
    def index(self) -> Path:
        return self.path / INDEX

    @property
    def cache(self) -> Path:
        return self.path / "cache"

    @staticmethod
    def is_set(path: str | os.PathLike[str]) -> bool:
        """Whether a path is a folder that a run of ``doublure faceset`` began."""
        return (Path(path) / "pictures").is_dir()

    def create(self) -> None:
        """Make the folder. Raises DoublureError where something else is there, or the disk refuses."""
        if self.path.is_dir() and any(self.path.iterdir()) and not self.is_set(self.path):
            raise DoublureError(
                "the folder holds something else than a set of faces",
                file=self.path,
                remedy="name a new folder with -o",
            )
        self._make(self.path / "pictures")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else writes this set meanwhile; the lock goes with the process, however that ends."""
        with open(self.path / ".lock", "w", encoding="ascii") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise DoublureError(
                    "another run is adding to this set", file=self.path, remedy="wait until it has ended"
                ) from error
            yield

    def records(self) -> Iterator[PictureRecord]:
        """Every picture that was looked at, in order of name. Raises DoublureError where a record is damaged."""
        root = self.path / "pictures"
        for folder in sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else ():
            for path in sorted(folder.glob("*.json")):
                if not path.name.startswith("."):
                    yield self._record(path)

    def record(self, name: str) -> PictureRecord:
        """The record of the picture ``source/name``."""
        return self._record(self._record_path(name))

    def write_record(self, record: PictureRecord) -> None:
        """The last thing written of a picture: with it, and not before, the picture is in the set."""
        path = self._record_path(record.name)
        self._make(path.parent)
        text = json.dumps(picture_to_json(record), separators=(",", ":"), allow_nan=False)
        with atomic_file(path) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")

    def write_crop(
        self, face_id: str, rgb: torch.Tensor, visible: torch.Tensor, cover: torch.Tensor | None = None
    ) -> str:
        """Store a crop; its path in the set.

        Args:
            rgb: (3, T, T) ACEScg within half's range. visible, cover: (T, T) 0..1, see ``StoredCrop``.
        """
        name = f"crops/{face_id}.exr"
        path = self.path / name
        self._make(path.parent)
        window = Window.of_size(rgb.shape[2], rgb.shape[1])
        crop = Frame(
            torch.cat([rgb, visible[None]]).float(), ("R", "G", "B", VISIBLE), window, window, "ACEScg"
        )
        write_exr(path, crop if cover is None else crop.with_channel(COVER, cover.float()))
        return name

    def holds(self, face: Face) -> bool:
        """Whether the crop that a face names is there; True where it names none."""
        return face.crop is None or (self.path / face.crop).is_file()

    def read_crop(self, face: Face) -> Frame:
        """A stored crop. Raises DoublureError where it is missing or unreadable."""
        if face.crop is None:
            raise DoublureError(f"the crop of {face.id} is not in the set", file=self.path)
        return read_exr(self.path / face.crop)

    def remove_crop(self, face: Face) -> None:
        if face.crop is not None:
            (self.path / face.crop).unlink(missing_ok=True)

    def remove_other_crops(self, record: PictureRecord) -> None:
        """Remove crops of the picture that its record no longer names."""
        named = {face.crop for face in record.faces}
        start = f"{record.name.rpartition('/')[2]}."
        for path in (self.path / "crops" / record.source).glob("*.exr"):
            counted = path.stem.removeprefix(start) if path.stem.startswith(start) else ""
            if counted.isdigit() and f"crops/{record.source}/{path.name}" not in named:
                path.unlink()

    def write_person(self, descriptor: np.ndarray) -> None:
        """Note whose set it is: (128,) mean descriptor of ``measure.identity``."""
        told = {"schema": PERSON_SCHEMA, "identity": [round(float(v), 5) for v in descriptor]}
        with atomic_file(self.path / "person.json") as temporary:
            temporary.write_text(json.dumps(told) + "\n", encoding="utf-8")

    def read_person(self) -> np.ndarray | None:
        """(1, 128) whose set it is, or None where that was not decided. Raises DoublureError on a damaged file."""
        path = self.path / "person.json"
        if not path.exists():
            return None
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            if told["schema"] != PERSON_SCHEMA:
                raise ValueError(told["schema"])
            return np.array(told["identity"], np.float64).reshape(1, 128)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DoublureError(
                "what tells whose set it is is damaged",
                file=path,
                remedy="remove it, and give --like PICTURE",
            ) from error

    def write_index(self, header: dict[str, Any], lines: Iterable[dict[str, Any]]) -> None:
        """Replace the index: ``header`` first, then one line a face."""
        with atomic_file(self.index) as temporary, open(temporary, "w", encoding="utf-8") as stream:
            for line in ({"schema": INDEX_SCHEMA, **header}, *lines):
                stream.write(json.dumps(line, separators=(",", ":"), allow_nan=False) + "\n")

    def read_index(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """(header, one entry a face). Raises DoublureError where no run has ended, or the index is damaged."""
        remedy = f"run doublure faceset -o {self.path} to make it"
        try:
            with open(self.index, encoding="utf-8") as stream:
                header, *lines = [json.loads(line) for line in stream]
        except FileNotFoundError as error:
            raise DoublureError(
                "this is not a finished set of faces (it has no index)", file=self.path, remedy=remedy
            ) from error
        except (ValueError, OSError) as error:
            raise DoublureError("the index is damaged", file=self.index, remedy=remedy) from error
        if header.get("schema") != INDEX_SCHEMA:
            raise DoublureError(
                f"this is not a {INDEX_SCHEMA} index (its schema is {header.get('schema')})",
                file=self.index,
                remedy=remedy,
            )
        return header, lines

    def clear_cache(self) -> None:
        """Remove what can be made anew."""
        shutil.rmtree(self.cache, ignore_errors=True)

    def _record_path(self, name: str) -> Path:
        return self.path / "pictures" / f"{name}.json"

    def _record(self, path: Path) -> PictureRecord:
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DoublureError(
                "the record cannot be read", file=path, remedy="remove it, and run doublure faceset again"
            ) from error
        return picture_from_json(data, path)

    def _make(self, path: Path) -> None:
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DoublureError(
                f"the folder cannot be made ({error.strerror or error})",
                file=path,
                remedy="check its rights and free space",
            ) from error
