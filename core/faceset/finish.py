"""The end of every run: decides who is used, removes other people's crops, writes index, report and picture."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from doublure.core.atomic import atomic_file
from doublure.core.faceset.coverage import Coverage, cover
from doublure.core.faceset.face import Face, PictureRecord
from doublure.core.faceset.folder import SetFolder
from doublure.core.faceset.people import People, tell_apart
from doublure.core.faceset.report import coverage_text, left_out_text
from doublure.core.faceset.select import NEEDED, SelectSettings, select
from doublure.core.faceset.sheet import coverage_sheet

REMOVED = "its crop was removed as somebody else's: --restore it with its footage"
GONE = "its crop is no longer there: give its footage again"


@dataclass(frozen=True)
class Finished:
    """The set as it stands.

    Attributes:
        faces: all that the set knows of, without landmarks. reasons: why each is left out, empty where it is used.
        people: whose they are. coverage: of the used.
        faceless: (picture's name, reason). unknown: used faces of which no track tells whether something hides them.
        sha256: over the used crops and the pictures they are of: what a likeness record consents to.
    """

    faces: tuple[Face, ...]
    reasons: tuple[str, ...]
    people: People
    coverage: Coverage
    faceless: tuple[tuple[str, str], ...]
    unknown: int
    sha256: str

    @property
    def used(self) -> list[Face]:
        return [face for face, reason in zip(self.faces, self.reasons, strict=True) if not reason]

    @property
    def strangers(self) -> dict[int, list[str]]:
        """Ids of the faces of each other person."""
        found: dict[int, list[str]] = {}
        for face, label in zip(self.faces, self.people.labels, strict=True):
            if label > 0:
                found.setdefault(int(label), []).append(face.id)
        return dict(sorted(found.items()))


def finish(
    folder: SetFolder, settings: SelectSettings, likeness: np.ndarray | None = None, title: str = ""
) -> Finished:
    """Bring a set's index, report and picture up to its records.

    Args:
        folder: created and locked by the caller.
        settings: what is good enough.
        likeness: (K, 128) descriptors of the person wanted, noted for later runs; None: whom an earlier run noted, or
            else whoever has most faces, who is then noted as soon as there are enough.
        title: of the picture.

    Other people's crops do not stay in the set, unless ``settings.others`` says that they are wanted: nobody agreed
    that they be kept. Their records do, so that a later run does not look again.
    """
    faces: list[Face] = []
    pictures: dict[str, tuple[str, int | None]] = {}
    faceless: list[tuple[str, str]] = []
    for record in folder.records():
        pictures[record.name] = (record.sha256, record.frame)
        # Landmarks are 5 kB a face and are not needed here.
        faces += [
            replace(face, points=np.zeros((0, 3), np.float32))
            if folder.holds(face)
            else replace(face, points=np.zeros((0, 3), np.float32), crop=None, note=GONE)
            for face in record.faces
        ]
        if record.reason is not None:
            faceless.append((record.name, record.reason))
    descriptors = np.full((len(faces), 128), np.nan)
    for row, face in enumerate(faces):
        if face.identity is not None:
            descriptors[row] = face.identity
    if likeness is not None:
        folder.write_person(likeness.mean(0))
    wanted = folder.read_person()
    people = tell_apart(descriptors, wanted)
    mine = people.labels == 0
    if wanted is None and mine.sum() >= NEEDED:
        # Decided once: or more footage of somebody else would make it his, and remove the person's crops.
        folder.write_person(descriptors[mine].mean(0))
    if not settings.others:
        gone = _remove_strangers(folder, faces, people)
        faces = [replace(face, crop=None, note=REMOVED) if face.id in gone else face for face in faces]
    reasons = select(faces, people, settings)
    used = [face for face, reason in zip(faces, reasons, strict=True) if not reason]
    coverage = cover(used)
    sha256 = set_digest((pictures[face.picture][0], face.crop_sha256) for face in used)
    lines = [
        _line(face, reason, int(label), pictures[face.picture])
        for face, reason, label in zip(faces, reasons, people.labels, strict=True)
    ]
    header = {"faces": len(faces), "used": len(used), "pictures": len(pictures), "sha256": sha256}
    text = f"{title}\n\n{coverage_text(coverage)}\n\nleft out:\n{left_out_text(faces, reasons)}\n"
    text += "".join(f"{name}: {reason}\n" for name, reason in faceless)
    with atomic_file(folder.path / "report.txt") as temporary:
        temporary.write_text(text, encoding="utf-8")
    sheet = coverage_sheet(used, coverage, folder.read_crop, title)
    with atomic_file(folder.path / "coverage.png") as temporary:
        temporary.write_bytes(cv2.imencode(".png", sheet[..., ::-1])[1].tobytes())
    # Last: who reads the index finds a set that is whole.
    folder.write_index(header, lines)
    unknown = sum(face.hidden is None for face in used)
    return Finished(tuple(faces), tuple(reasons), people, coverage, tuple(faceless), unknown, sha256)


def set_digest(pairs: Iterator[tuple[str, str]]) -> str:
    """SHA-256 over (picture's hash, crop's hash) of every face used, sorted: another picture or crop, another set."""
    digest = hashlib.sha256()
    for picture, crop in sorted(pairs):
        digest.update(f"{picture} {crop}\n".encode())
    return digest.hexdigest()


def _remove_strangers(folder: SetFolder, faces: Sequence[Face], people: People) -> set[str]:
    """Removes the crops of other people; the record first forgets the crop, so that a kill leaves nothing untrue."""
    strange = {
        face.id: face
        for face, label in zip(faces, people.labels, strict=True)
        if label > 0 and face.crop is not None
    }
    for name in sorted({face.picture for face in strange.values()}):
        record = folder.record(name)
        mine = {face.id for face in record.faces} & set(strange)
        folder.write_record(_without(record, mine))
        for face_id in mine:
            folder.remove_crop(strange[face_id])
    return set(strange)


def _without(record: PictureRecord, ids: set[str]) -> PictureRecord:
    faces = tuple(replace(face, crop=None, note=REMOVED) if face.id in ids else face for face in record.faces)
    return replace(record, faces=faces)


def _line(face: Face, reason: str, label: int, picture: tuple[str, int | None]) -> dict[str, Any]:
    """A face in the index."""
    return {
        "id": face.id,
        "used": not reason,
        "reason": reason or None,
        "person": None if label < 0 else label,
        "frame": picture[1],
        "picture_sha256": picture[0],
        "crop": face.crop,
        "crop_sha256": face.crop_sha256,
        "side": face.side,
        "across": round(face.across, 1),
        "yaw": round(face.yaw, 1),
        "pitch": round(face.pitch, 1),
        "roll": round(face.roll, 1),
        "expression": [round(float(v), 3) for v in face.expression],
        "light": {name: round(value, 3) for name, value in vars(face.light).items()},
        "sharpness": round(face.sharpness, 4),
        "hidden": face.hidden,
    }
