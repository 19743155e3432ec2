"""Writing the provenance of a finished shot."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from doublure.core.errors import DoublureError
from doublure.core.provenance.hashes import FileHash, hash_file, hash_files
from doublure.core.provenance.manifest import ingredients
from doublure.core.provenance.mhl import MediaFile, write_history
from doublure.core.provenance.record import (
    FILE_NAME,
    ROLES,
    ListedFile,
    ListedFrames,
    Record,
    listed,
    relative,
)
from doublure.core.provenance.sign import SIDECAR, sign_beside, sign_inside
from doublure.core.provenance.signer import Signer
from doublure.core.provenance.sums import write_sums


@dataclass(frozen=True)
class Material:
    """What a shot consists of, and what it was made from.

    Attributes:
        project, shot, version: its names.
        result, plate: (frame number, path), each sequence in one folder.
        files: (role, path); roles are "model" and "consent" (at least one of each), "graph", "track", "review",
            "other".
        movie: the review movie or picture (MP4, MOV, PNG) without a manifest, or None.
    """

    project: str
    shot: str
    version: str
    result: Sequence[tuple[int, Path]]
    plate: Sequence[tuple[int, Path]]
    files: Sequence[tuple[str, Path]]
    movie: Path | None = None


@dataclass(frozen=True)
class Written:
    """The files of the provenance; ``movie`` is the signed copy, None where there was no movie."""

    frames: Path
    sidecar: Path
    sums: Path
    history: tuple[Path, Path]
    movie: Path | None


def write_provenance(
    folder: Path,
    material: Material,
    signer: Signer,
    now: datetime,
    *,
    threads: int = 2,
    progress: Callable[[int], None] | None = None,
) -> Written:
    """Hash the shot, list it in ``frames.json``, and sign the list.

    No frame is touched. ``folder`` gets frames.json, frames.c2pa, SHA256SUMS and the signed movie; the folder of
    the result gets an ASC MHL history. Until the last of them is written the shot does not verify.

    Args:
        folder: made where it is missing.
        material: what to list; paths are listed as seen from ``folder``.
        signer: the studio's, or a test signer.
        now: aware; the time that is written down.
        threads, progress: as ``hash_files``; progress counts the result's and then the plate's frames.

    Raises:
        DoublureError: a file is missing or cannot be read or written, there is no model, consent record or
            plate, the result's history lists other frames, or the certificate cannot sign.
    """
    if now.tzinfo is None:
        raise ValueError("now must say its time zone")
    for role, path in material.files:
        if role not in ROLES or role in ("movie", "history"):
            raise DoublureError(
                f"there is no role {role!r}", file=path, remedy=f"use one of {', '.join(ROLES)}"
            )
    for role in ("model", "consent"):
        if role not in [name for name, _ in material.files]:
            raise DoublureError(f"the shot names no {role}", remedy=f"name the {role} that it was made with")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DoublureError(
            f"the folder cannot be made ({error.strerror or error})", file=folder, remedy="check the rights"
        ) from error
    counted = _Counted(progress)
    hashes = _hashed(material.result, threads, counted, c4=True)
    result = listed(folder, list(material.result), hashes)
    plate = listed(folder, list(material.plate), _hashed(material.plate, threads, counted))
    files = [_file(role, path, folder) for role, path in material.files]
    inputs = ingredients(plate, files)
    movie = None
    if material.movie is not None:
        movie = folder / material.movie.name
        sign_inside(material.movie, movie, result, inputs, signer)
        files.append(_file("movie", movie, folder))
    history = write_history(_folder_of(material.result), _media(material.result, hashes), now)
    files += [_file("history", path, folder) for path in history]
    record = _record(material, result, plate, files, now)
    record.save(folder / FILE_NAME)
    sign_beside(folder / FILE_NAME, folder / SIDECAR, result, inputs, signer)
    sums = write_sums(folder, (FILE_NAME, SIDECAR))
    return Written(folder / FILE_NAME, folder / SIDECAR, sums, history, movie)


class _Counted:
    """One count over several calls of ``hash_files``."""

    def __init__(self, progress: Callable[[int], None] | None) -> None:
        self._progress, self._before, self._last = progress, 0, 0

    def __call__(self, done: int) -> None:
        if done <= self._last:
            self._before += self._last
        self._last = done
        if self._progress is not None:
            self._progress(self._before + done)


def _hashed(
    frames: Sequence[tuple[int, Path]], threads: int, progress: Callable[[int], None], *, c4: bool = False
) -> list[FileHash]:
    hashes = []
    for result in hash_files(list(frames), threads=threads, c4=c4, progress=progress):
        if isinstance(result, DoublureError):
            raise result
        hashes.append(result)
    return hashes


def _file(role: str, path: Path, folder: Path) -> ListedFile:
    found = hash_file(path)
    return ListedFile(role, relative(path, folder), found.size, found.sha256)


def _folder_of(frames: Sequence[tuple[int, Path]]) -> Path:
    return frames[0][1].parent


def _media(frames: Sequence[tuple[int, Path]], hashes: list[FileHash]) -> list[MediaFile]:
    return [
        MediaFile(path.name, found.size, found.c4 or "", datetime.fromtimestamp(os.stat(path).st_mtime, UTC))
        for (_, path), found in sorted(zip(frames, hashes, strict=True), key=lambda pair: pair[0][0])
    ]


def _record(
    material: Material, result: ListedFrames, plate: ListedFrames, files: list[ListedFile], now: datetime
) -> Record:
    return Record(
        project=material.project,
        shot=material.shot,
        version=material.version,
        created=f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        generator=f"doublure {version('doublure')}",
        result=result,
        plate=plate,
        files=tuple(files),
    )
