"""A set of faces on disk as training sees it: cut for one network once, then mapped into memory, row by row."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from doublure.core.cancel import check
from doublure.core.errors import DoublureError
from doublure.core.face.pose import person_shape
from doublure.core.faceset.face import Face
from doublure.core.faceset.folder import SetFolder
from doublure.core.faceset.select import NEEDED
from doublure.core.picture import pixels_digest
from doublure.core.swap import light
from doublure.core.swap.checkpoint import read_tensors, write_tensors
from doublure.core.swap.complexion import GRID, relative
from doublure.core.swap.faceset import COVER, DENSITY, HELD_OUT, MARGIN, Faceset, cut_face, stored_side
from doublure.core.swap.marks import Marks, stacked

_SHAPE_FACES = 64
"""A person's shape is measured on this many faces at most."""
_DONE = "set.json"
_MARKS = "marks.safetensors"
_MARKS_SCHEMA = "doublure.marks/2"
_COVER = "cover.u8"
"""There where the footage of every face says what is face: the matte is learned from all or none."""


def set_sha256(path: str | os.PathLike[str]) -> str:
    """What a likeness record calls a set by: over its used crops and their pictures. No picture is opened.

    Raises DoublureError where the path is not a finished set.
    """
    return str(SetFolder(path).read_index()[0]["sha256"])


def load_faceset(
    path: str | os.PathLike[str],
    person: str,
    role: str,
    *,
    size: int = 128,
    progress: Callable[[int, int], None] | None = None,
) -> Faceset:
    """The faces that a set uses, as crops for a network; only the rows asked for are ever in memory.

    The first call for a size cuts them into ``cache/`` of the set, one after the other; later calls map these files.
    The last tenth of each source, in order of frames, is held out.

    Args:
        path: the set's folder. person, role, size: see ``Faceset``.
        progress: called with (faces done, faces in all) while they are cut.

    Raises:
        DoublureError: not a finished set; fewer than 8 faces; a crop that is missing or no longer the one that the
            index names; a disk that refuses.
    """
    folder = SetFolder(path)
    header, lines = folder.read_index()
    used = [line for line in lines if line["used"]]
    if len(used) < NEEDED:
        raise DoublureError(
            f"only {len(used)} faces of the set can be used",
            file=folder.path,
            remedy=f"training needs at least {NEEDED}: add footage with doublure faceset",
        )
    where = folder.cache / f"{size}-{_key(folder, used, size)}"
    if not (where / _DONE).is_file():
        _cut_all(folder, used, size, where, progress)
    side, count = stored_side(size), len(used)
    return Faceset(
        person,
        role,
        _mapped(where / "detail.f16", torch.float16, (count, 3, side, side)),
        _mapped(where / "mask.u8", torch.uint8, (count, side, side)),
        _mapped(where / "weight.u8", torch.uint8, (count, side, side)),
        torch.from_numpy(np.fromfile(where / "complexion.f32", np.float32).reshape(3, GRID, GRID)),
        _moments(used),
        _held_out(used),
        (),
        str(header["sha256"]),
        size,
        _mapped(where / _COVER, torch.uint8, (count, side, side)) if (where / _COVER).is_file() else None,
        Marks(**read_tensors(where / _MARKS, _MARKS_SCHEMA)[0]),
    )


def _key(folder: SetFolder, used: list[dict[str, Any]], size: int) -> str:
    """Over everything that decides a row: faces, crops (a painted one has another date), geometry, light."""
    digest = hashlib.sha256(
        json.dumps([size, MARGIN, DENSITY, light.SIGMA, light.GREY, COVER, _MARKS_SCHEMA]).encode()
    )
    for line in used:
        try:
            stat = (folder.path / line["crop"]).stat()
        except OSError as error:
            raise _gone(folder, line) from error
        digest.update(f"{line['id']} {line['crop_sha256']} {stat.st_mtime_ns} {stat.st_size}\n".encode())
    return digest.hexdigest()[:16]


def _cut_all(
    folder: SetFolder,
    used: list[dict[str, Any]],
    size: int,
    where: Path,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Write the rows of every face into ``where``, which appears whole or not at all."""
    scratch = where.with_name(f".{where.name}.{uuid.uuid4().hex[:8]}")
    try:
        scratch.mkdir(parents=True)
        shape = _shape(folder, used)
        total, covered, marks = np.zeros((GRID, GRID, 3)), 0, list[Marks]()
        with (
            open(scratch / "detail.f16", "wb") as detail,
            open(scratch / "mask.u8", "wb") as mask,
            open(scratch / "weight.u8", "wb") as weight,
            open(scratch / _COVER, "wb") as cover,
        ):
            for count, (line, face) in enumerate(_faces(folder, used), 1):
                check()
                crop = folder.read_crop(face)
                if pixels_digest(crop) != line["crop_sha256"]:
                    raise DoublureError(
                        f"the crop of {face.id} is not the one that the set was made with",
                        file=folder.path / line["crop"],
                        remedy="remove it and its record in pictures/, and run doublure faceset again",
                    )
                row = cut_face(crop, face.points, shape, size, face.pupils)
                marks.append(row.marks)
                for stream, values in ((detail, row.detail), (mask, row.mask), (weight, row.weight)):
                    stream.write(np.ascontiguousarray(values).tobytes())
                covered += row.cover is not None
                if row.cover is not None:
                    cover.write(np.ascontiguousarray(row.cover).tobytes())
                total += relative(row.low, row.inner)
                if progress:
                    progress(count, len(used))
        if covered < len(used):
            (scratch / _COVER).unlink()
        mean = total / len(used)
        complexion = ((mean + mean[:, ::-1]) / 2).transpose(2, 0, 1)
        np.ascontiguousarray(complexion, np.float32).tofile(scratch / "complexion.f32")
        write_tensors(scratch / _MARKS, vars(stacked(marks, shape)), {"schema": _MARKS_SCHEMA})
        (scratch / _DONE).write_text(json.dumps({"size": size, "faces": len(used)}), encoding="utf-8")
        for old in folder.cache.glob(f"{size}-*"):
            shutil.rmtree(old)
        os.replace(scratch, where)
    except OSError as error:
        raise DoublureError(
            f"the crops for {size} pixels cannot be written ({error.strerror or error})",
            file=folder.cache,
            remedy=f"they need {_gigabytes(len(used), size):.1f} GB: make room, or use fewer faces with --keep",
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _gigabytes(count: int, size: int) -> float:
    return count * stored_side(size) ** 2 * 9 / 1e9


def _faces(folder: SetFolder, used: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Face]]:
    """Each line of the index with its face's record, landmarks included; one record in memory at a time."""
    for line in used:
        record = folder.record(line["id"].rpartition(".")[0])
        face = next((each for each in record.faces if each.id == line["id"]), None)
        if face is None or face.crop is None:
            raise _gone(folder, line)
        yield line, face


def _gone(folder: SetFolder, line: dict[str, Any]) -> DoublureError:
    return DoublureError(
        f"{line['id']} is in the set's index and its crop is not there",
        file=folder.path,
        remedy=f"run doublure faceset -o {folder.path} to bring the index up to the files",
    )


def _shape(folder: SetFolder, used: list[dict[str, Any]]) -> np.ndarray:
    """The person's shape, (468, 3), on faces spread over the set."""
    rows = np.unique(np.linspace(0, len(used) - 1, min(len(used), _SHAPE_FACES)).round().astype(int))
    return person_shape([face.points for _, face in _faces(folder, [used[row] for row in rows])])


def _mapped(path: Path, kind: torch.dtype, shape: tuple[int, ...]) -> torch.Tensor:
    """A file as a tensor whose pages are read when they are looked at."""
    count = math.prod(shape)
    if path.stat().st_size != count * kind.itemsize:
        raise DoublureError("the cut crops are damaged", file=path, remedy="remove the set's folder cache")
    rows = np.memmap(path, np.float16 if kind == torch.float16 else np.uint8, "r", shape=shape)
    with warnings.catch_warnings():
        # Torch warns that it cannot be written to, which is meant: a private map would have to fit into memory.
        warnings.simplefilter("ignore", UserWarning)
        return torch.from_numpy(rows)


def _moments(used: list[dict[str, Any]]) -> np.ndarray:
    """Frame numbers; a still, which is nobody else's moment, has a number of its own below zero."""
    return np.array(
        [
            -1 - int(hashlib.sha256(line["id"].encode()).hexdigest()[:12], 16)
            if line["frame"] is None
            else line["frame"]
            for line in used
        ],
        np.int64,
    )


def _held_out(used: list[dict[str, Any]]) -> np.ndarray:
    """(N,) bool: the last block of each source."""
    sources = [line["id"].split("/", 1)[0] for line in used]
    held = np.zeros(len(used), bool)
    for source in dict.fromkeys(sources):
        rows = [row for row, each in enumerate(sources) if each == source]
        # By number: as names, 10000 comes before 9999.
        rows.sort(key=lambda row: used[row]["frame"] or 0)
        held[rows[len(rows) - int(len(rows) * HELD_OUT) :]] = True
    return held
