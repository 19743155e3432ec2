"""What a set knows of one face, and of one picture that it looked at; both as JSON."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from doublure.core.errors import DoublureError
from doublure.core.faceset.expression import NAMES
from doublure.core.faceset.light import Light

SCHEMA = "doublure.faceset.picture/1"
THUMB = 24
"""Side of a thumbnail."""


@dataclass(frozen=True)
class Face:
    """One face of one picture.

    Attributes:
        id: ``source/name.k``, k counting the picture's faces from the largest.
        crop: the crop's path in the set, or None where it was not stored or was removed.
        crop_sha256: ``core.picture.pixels_digest`` of the stored crop; empty where it was never stored.
        side: of the stored crop, pixels. across: plate pixels along the head's own crop.
        matrix: (2, 3) crop to plate. points: (468, 3) landmarks in the crop's continuous pixels.
        presence: FaceMesh's belief, 0..1.
        yaw, pitch, roll: degrees, as ``face.pose.Pose`` has them.
        expression: (8,), see ``faceset.expression``. light: see ``faceset.light``.
        sharpness, dark, clipped, inside: see ``faceset.quality`` and ``faceset.stored_crop``; the last three 0..1.
        hidden: share of landmarks that something is in front of, 0..1; None where no track tells.
        identity: (128,) dlib descriptor, or None where it was not measured.
        thumbnail: (24, 24) uint8, the head's own crop in log luma about its median, six stops over the range.
        like: the id of the stored face that this one repeats, because of which its crop was not stored; else None.
        outdoes: the id of a stored face that this one repeats and is sharper than; else None.
        note: why its crop is not there, where neither ``like`` says; else empty.
        pupils: (2, 2) in the crop's continuous pixels, the person's right one first; None in sets from before they were
            kept.
    """

    id: str
    crop: str | None
    crop_sha256: str
    side: int
    across: float
    matrix: np.ndarray
    points: np.ndarray
    presence: float
    yaw: float
    pitch: float
    roll: float
    expression: np.ndarray
    light: Light
    sharpness: float
    dark: float
    clipped: float
    inside: float
    hidden: float | None
    identity: np.ndarray | None
    thumbnail: np.ndarray
    like: str | None = None
    outdoes: str | None = None
    note: str = ""
    pupils: np.ndarray | None = None

    @property
    def source(self) -> str:
        """The sequence or folder it comes from."""
        return self.id.split("/", 1)[0]

    @property
    def picture(self) -> str:
        """The name of its picture, ``source/name``."""
        return self.id.rpartition(".")[0]

    @property
    def traits(self) -> np.ndarray:
        """(14,) pose, expression and light, each divided by what the eye hardly tells apart: see ``SCALES``."""
        light = self.light
        pose = (self.yaw, self.pitch, self.roll)
        return np.array([*pose, *self.expression, light.x, light.y, light.warmth]) / SCALES


SCALES = np.array([3.0, 3.0, 6.0, *[0.02] * len(NAMES), 0.08, 0.08, 0.25])
"""Of ``Face.traits``: 3 degrees of yaw and pitch (roll is taken off by the crop), 0.02 distances of the eye corners,
0.08 of the light's slope, a quarter of a stop of warmth."""


@dataclass(frozen=True)
class PictureRecord:
    """One picture that was looked at.

    Attributes:
        name: ``source/name``, also where the record lies.
        file: the picture's absolute path. size, mtime_ns: of the file, by which a later run knows it again.
        frame: its frame number, or None for a still.
        sha256: ``core.picture.pixels_digest``: what the person's consent is about.
        track_sha256: of the sidecar that told where the face is; None where it was searched for.
        faces: largest first.
        reason: why there are none; None where there are.
    """

    name: str
    file: Path
    size: int
    mtime_ns: int
    frame: int | None
    sha256: str
    track_sha256: str | None
    identified: bool
    faces: tuple[Face, ...] = field(default=())
    reason: str | None = None

    @property
    def source(self) -> str:
        return self.name.split("/", 1)[0]


def picture_to_json(record: PictureRecord) -> dict[str, Any]:
    """As ``docs/faceset.md`` describes it."""
    return {
        "schema": SCHEMA,
        "name": record.name,
        "file": str(record.file),
        "size": record.size,
        "mtime_ns": record.mtime_ns,
        "frame": record.frame,
        "sha256": record.sha256,
        "track_sha256": record.track_sha256,
        "identified": record.identified,
        "reason": record.reason,
        "faces": [_face_to_json(face) for face in record.faces],
    }


def picture_from_json(data: Any, where: Path) -> PictureRecord:
    """The inverse of ``picture_to_json``. Raises DoublureError where ``data`` is not such a record."""
    named = data.get("schema") if isinstance(data, dict) else None
    if named != SCHEMA:
        raise DoublureError(
            f"this is not a {SCHEMA} record (its schema is {named})",
            file=where,
            remedy="remove the file, and run doublure faceset again",
        )
    try:
        return PictureRecord(
            str(data["name"]),
            Path(data["file"]),
            int(data["size"]),
            int(data["mtime_ns"]),
            None if data["frame"] is None else int(data["frame"]),
            str(data["sha256"]),
            data["track_sha256"],
            bool(data["identified"]),
            tuple(_face_from_json(face) for face in data["faces"]),
            data["reason"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DoublureError(
            f"the record is damaged ({type(error).__name__}: {error})",
            file=where,
            remedy="remove the file, and run doublure faceset again",
        ) from error


def _face_to_json(face: Face) -> dict[str, Any]:
    light = face.light
    return {
        "id": face.id,
        "crop": face.crop,
        "crop_sha256": face.crop_sha256,
        "side": face.side,
        "across": round(face.across, 2),
        "presence": round(face.presence, 4),
        "yaw": round(face.yaw, 2),
        "pitch": round(face.pitch, 2),
        "roll": round(face.roll, 2),
        "expression": {
            name: round(float(value), 4) for name, value in zip(NAMES, face.expression, strict=True)
        },
        "light": {name: round(value, 4) for name, value in vars(light).items()},
        "sharpness": round(face.sharpness, 5),
        "dark": round(face.dark, 4),
        "clipped": round(face.clipped, 4),
        "inside": round(face.inside, 4),
        "hidden": None if face.hidden is None else round(face.hidden, 4),
        "like": face.like,
        "outdoes": face.outdoes,
        "note": face.note,
        "thumbnail": base64.b64encode(face.thumbnail.tobytes()).decode(),
        "identity": None if face.identity is None else [round(float(v), 5) for v in face.identity],
        "matrix": [[round(float(v), 6) for v in row] for row in face.matrix],
        "pupils": None if face.pupils is None else [[round(float(v), 2) for v in at] for at in face.pupils],
        "points": [[round(float(v), 2) for v in point] for point in face.points],
    }


def _face_from_json(data: dict[str, Any]) -> Face:
    points = np.array(data["points"], np.float32)
    thumbnail = np.frombuffer(base64.b64decode(data["thumbnail"]), np.uint8)
    pupils = None if data.get("pupils") is None else np.array(data["pupils"], np.float32).reshape(2, 2)
    if points.shape != (468, 3) or thumbnail.size != THUMB * THUMB:
        raise ValueError(f"{data['id']} has {points.shape} landmarks and {thumbnail.size} pixels")
    return Face(
        str(data["id"]),
        data["crop"],
        str(data["crop_sha256"]),
        int(data["side"]),
        float(data["across"]),
        np.array(data["matrix"], np.float64).reshape(2, 3),
        points,
        float(data["presence"]),
        float(data["yaw"]),
        float(data["pitch"]),
        float(data["roll"]),
        np.array([float(data["expression"][name]) for name in NAMES]),
        Light(**{name: float(value) for name, value in data["light"].items()}),
        float(data["sharpness"]),
        float(data["dark"]),
        float(data["clipped"]),
        float(data["inside"]),
        None if data["hidden"] is None else float(data["hidden"]),
        None if data["identity"] is None else np.array(data["identity"], np.float64),
        thumbnail.reshape(THUMB, THUMB),
        data["like"],
        data["outdoes"],
        data["note"],
        pupils,
    )
