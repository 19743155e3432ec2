"""Which pictures a run looks at, what each is called in the set, and whose sidecar tells where its face is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from doublure.core.errors import DoublureError
from doublure.core.face.sidecar import FaceFrame, Track
from doublure.core.faceset.face import PictureRecord
from doublure.core.picture import SUFFIXES
from doublure.core.sequence import Sequence


@dataclass(frozen=True)
class Picture:
    """One picture to look at.

    Attributes:
        file: absolute. frame: its number in a sequence; None for a still.
        name: ``source/name`` in the set.
        tracked: the face as a sidecar has it, possibly lost; None where none was given. track_sha256: the sidecar's.
        track_size: (width, height) of the plate that was tracked.
    """

    file: Path
    frame: int | None
    name: str
    tracked: FaceFrame | None = None
    track_sha256: str | None = None
    track_size: tuple[int, int] | None = None


class SourceNames:
    """Short names for sequences and folders, the same in every run: whoever has one in the set keeps it."""

    def __init__(self, known: Iterable[PictureRecord]) -> None:
        self._names: dict[str, str] = {}
        for record in known:
            self._names.setdefault(_key(record.file, record.frame), record.source)

    def of(self, file: Path, frame: int | None) -> str:
        key = _key(file, frame)
        if key not in self._names:
            wanted = _stem(file) if frame is not None else file.parent.name
            self._names[key] = self._free(_slug(wanted) or "pictures")
        return self._names[key]

    def _free(self, wanted: str) -> str:
        taken = set(self._names.values())
        names = (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3)))
        return next(name for name in names if name not in taken)


def find_pictures(
    arguments: Iterable[str], tracks: Iterable[Path] = (), known: Iterable[PictureRecord] = ()
) -> list[Picture]:
    """The pictures that arguments mean, in their order, each once.

    Args:
        arguments: sequences ("mara.####.exr", "mara.1001-1048#.exr"), single pictures, or folders of pictures.
        tracks: sidecars of ``doublure track``; each must be of one of the sequences.
        known: the set's records, whose names for these sources are used again.

    Raises:
        DoublureError: nothing there, a hole in a sequence, a sidecar of none of the sequences.
    """
    names = SourceNames(known)
    sidecars = _Sidecars(tracks)
    found: dict[Path, Picture] = {}
    for text in arguments:
        for file, frame, sidecar in _expanded(text, sidecars):
            name = _slug(file.name) if frame is None else f"{frame:04d}"
            picture = Picture(file, frame, f"{names.of(file, frame)}/{name}")
            if sidecar is not None and frame is not None:
                track, digest = sidecar
                size = (track.width, track.height)
                picture = replace(picture, tracked=track.at(frame), track_sha256=digest, track_size=size)
            found.setdefault(file, picture)
    sidecars.refuse_unused()
    return list(found.values())


_Sidecar: TypeAlias = tuple[Track, str]


class _Sidecars:
    def __init__(self, paths: Iterable[Path]) -> None:
        self._tracks = {path: Track.load(path) for path in paths}
        self._used: dict[Path, str] = {}

    def of(self, sequence: Sequence) -> _Sidecar | None:
        """The sidecar made of these files, and its SHA-256. A sidecar may name its files without their folder."""
        number = sequence.numbers[0]
        own = sequence.path(number).absolute()
        for path, track in self._tracks.items():
            tracked = Sequence.parse(track.source).path(number)
            if own.name != tracked.name or (tracked.parent != Path(".") and own != tracked.absolute()):
                continue
            if self._used.setdefault(path, str(own)) != str(own):
                raise DoublureError(
                    f"this track of {track.source} could be of two of the sequences",
                    file=path,
                    remedy="give them in runs of their own",
                )
            return track, hashlib.sha256(path.read_bytes()).hexdigest()
        return None

    def refuse_unused(self) -> None:
        for path, track in self._tracks.items():
            if path not in self._used:
                raise DoublureError(
                    f"this track is of {track.source}, which is none of the sequences",
                    file=path,
                    remedy="give that sequence too, written as it was when it was tracked",
                )


def _expanded(text: str, sidecars: _Sidecars) -> Iterable[tuple[Path, int | None, _Sidecar | None]]:
    path = Path(text)
    if path.is_dir():
        files = sorted(each for each in path.iterdir() if each.suffix.lower() in SUFFIXES)
        if not files:
            raise DoublureError("the folder holds no pictures", file=path, remedy="check the path")
        for each in files:
            yield each.absolute(), None, None
        return
    sequence = None if path.is_file() else Sequence.parse(text)
    if sequence is None or not sequence.numbered:
        if not path.is_file():
            raise DoublureError("there is no such file", file=path, remedy="check the name")
        yield path.absolute(), None, None
        return
    sidecar = sidecars.of(sequence)
    for number in sequence.numbers:
        yield sequence.path(number).absolute(), number, sidecar


def _key(file: Path, frame: int | None) -> str:
    return str(file.parent) if frame is None else str(file.parent / _stem(file)) + file.suffix


def _stem(file: Path) -> str:
    """A numbered file's name without its number."""
    return re.sub(r"[._ -]*-?\d+$", "", file.stem) or file.parent.name


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", text).strip("._")
