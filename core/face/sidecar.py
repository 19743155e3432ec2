"""The track: where one face is on every frame of a plate, and the person's shape; a JSON sidecar."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError
from doublure.core.face.head import Head, Person
from doublure.core.face.pose import Pose
from doublure.core.face.sidecar_check import REMEDY, check_sidecar, short

SCHEMA = "doublure.track/3"
READABLE = ("doublure.track/1", "doublure.track/2", SCHEMA)
"""Version 1 has neither confidence nor pupils; version 2 does not say what was done by hand, and has no lens, cuts or
coefficients."""

COVERED = 0.035
"""From this share of hidden points on, something counts as being in front of the face."""


@dataclass(frozen=True)
class FaceFrame:
    """One face in one frame.

    Attributes:
        number: frame number.
        found: False where no face could be tracked: ``points`` and ``pose`` are None, ``reason`` says why.
        reason: one clause, None where found.
        score: 0..1, FaceMesh's presence (0 where not found).
        points: (468, 3) float32 in plate coordinates; z in units of plate y pixels, smaller is nearer.
        pose: in square plate pixels: its x is plate x times the track's ``pixel_aspect``.
        confidence: (468,) float32 0..1, how sure each point's place is, 0 where it is hidden; None where unknown.
        pupils: (2, 2) plate coordinates of the person's right pupil and left one; None where unknown.
        by_hand: a keyframe, an imported track or a switch had its say here: it moved, placed or removed the face.
        coefficients: (K,) what a fitted model of the face makes of the expression; None where none was fitted.
        head: the fitted head in space, see :class:`doublure.core.face.head.Head`; None where none was fitted.
    """

    number: int
    found: bool
    reason: str | None
    score: float
    points: np.ndarray | None
    pose: Pose | None
    confidence: np.ndarray | None = None
    pupils: np.ndarray | None = None
    by_hand: bool = False
    coefficients: np.ndarray | None = None
    head: Head | None = None

    @property
    def hidden(self) -> float:
        """The share of points that something is in front of, 0..1; 0 where unknown."""
        return 0.0 if self.confidence is None else float((self.confidence == 0).mean())

    @property
    def occluded(self) -> bool:
        """Whether something is in front of the face that was found."""
        return self.hidden >= COVERED

    @classmethod
    def lost(cls, number: int, reason: str, *, by_hand: bool = False) -> FaceFrame:
        """A frame without the face."""
        return cls(number, False, reason, 0.0, None, None, by_hand=by_hand)

    def scaled(self, factor: float) -> FaceFrame:
        """The same face in the plate resized by ``factor`` (both ways alike), in the coordinates of that picture.

        Plate coordinates are continuous and begin at the display window's corner, so all of them are multiplied.
        At 1 it is this very face.
        """
        if factor == 1 or self.points is None or self.pose is None:
            return self
        pupils = None if self.pupils is None else self.pupils * factor
        points = self.points * np.float32(factor)
        head = None if self.head is None else self.head.scaled(factor)
        return replace(self, points=points, pose=self.pose.scaled(factor), pupils=pupils, head=head)


@dataclass(frozen=True)
class Track:
    """One face through one sequence.

    Attributes:
        source: the pattern or file that was tracked, as the user named it.
        width, height: display window of the plate, pixels.
        pixel_aspect: of the plate.
        shape: (468, 3) the person's shape, see :func:`doublure.core.face.pose.person_shape`.
        frames: by frame number, tracked numbers only.
        face: number and label of this face among those of the plate; None and "" where it is the only one.
        label: see ``face``.
        cuts: the frames that begin a new shot, ascending.
        focal: of the camera, in plate y pixels; None where unknown.
        coefficients: (K,) what a fitted model of the face makes of the person; None where none was fitted.
    """

    source: str
    width: int
    height: int
    pixel_aspect: float
    shape: np.ndarray
    frames: dict[int, FaceFrame] = field(default_factory=dict)
    face: int | None = None
    label: str = ""
    cuts: tuple[int, ...] = ()
    focal: float | None = None
    coefficients: np.ndarray | None = None

    def at(self, number: int) -> FaceFrame:
        """The face in frame ``number``, possibly a lost one; DoublureError when it was never tracked."""
        if number not in self.frames:
            tracked = f"{min(self.frames)} to {max(self.frames)}" if self.frames else "no frame"
            raise DoublureError(
                f"the frame is not in the track, which covers {tracked}",
                file=self.source,
                frame=number,
                remedy="track this frame too",
            )
        return self.frames[number]

    def __iter__(self) -> Iterator[FaceFrame]:
        """Frames in order of number."""
        return (self.frames[number] for number in sorted(self.frames))

    @property
    def person(self) -> Person | None:
        """Who was fitted, and through which lens; None where no head was."""
        return next((face.head.person for face in self if face.head is not None), None)

    @property
    def found(self) -> list[FaceFrame]:
        """The frames in which the face was found, in order."""
        return [face for face in self if face.found]

    def save(self, path: str | Path) -> None:
        """Write the sidecar atomically: JSON after ``track.schema.json``, points rounded to 0.01 px.

        Raises DoublureError when it cannot be written.
        """
        text = json.dumps(_to_json(self), separators=(",", ":"), allow_nan=False)
        # One frame a line: a track can be read, grepped and compared.
        text = text.replace('{"number"', '\n{"number"')
        with atomic_file(path) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Track:
        """Read a sidecar, checked against its schema. Raises DoublureError when it is not a sound one."""
        where = Path(path)
        try:
            data = json.loads(where.read_text(encoding="utf-8"), parse_constant=_refuse)
        except FileNotFoundError as error:
            raise DoublureError(
                "there is no such track", file=where, remedy="track the plate first"
            ) from error
        except OSError as error:
            raise DoublureError(
                f"the track cannot be read ({error.strerror or error})", file=where, remedy="check the file"
            ) from error
        except ValueError as error:
            raise DoublureError("this is not JSON, or it is cut short", file=where, remedy=REMEDY) from error
        named = data.get("schema", "not named") if isinstance(data, dict) else "not named"
        if named not in READABLE:
            raise DoublureError(
                f"this is not a {SCHEMA} file (its schema is {short(str(named))})",
                file=where,
                remedy=REMEDY,
            )
        check_sidecar(data, where)
        return _from_json(data, where)


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _to_json(track: Track) -> dict[str, Any]:
    frames = []
    for face in track:
        entry: dict[str, Any] = {"number": face.number, "found": face.found, "score": round(face.score, 4)}
        if face.points is None or face.pose is None:
            entry["reason"] = face.reason
        else:
            entry["pose"] = {
                "rotation": [[round(float(v), 9) for v in row] for row in face.pose.rotation],
                "scale": round(float(face.pose.scale), 6),
                "translation": [round(float(v), 5) for v in face.pose.translation],
            }
            entry["points"] = _rounded(face.points, 2)
            if face.confidence is not None:
                entry["confidence"] = [_percent(float(one)) for one in face.confidence]
            if face.pupils is not None:
                entry["pupils"] = _rounded(face.pupils, 2)
            if face.coefficients is not None:
                entry["coefficients"] = [round(float(v), 5) for v in face.coefficients]
            if face.head is not None:
                entry["head"] = {
                    "rotation": _rounded(face.head.rotation, 9),
                    "translation": [round(float(v), 5) for v in face.head.translation],
                }
        if face.by_hand:
            entry["by_hand"] = True
        frames.append(entry)
    return {
        "schema": SCHEMA,
        "source": track.source,
        "width": track.width,
        "height": track.height,
        "pixel_aspect": track.pixel_aspect,
        "shape": _rounded(track.shape, 6),
        **_optional(track),
        "frames": frames,
    }


def _optional(track: Track) -> dict[str, Any]:
    """What only some tracks have."""
    out: dict[str, Any] = {}
    if track.face is not None:
        out["face"] = track.face
    if track.label:
        out["label"] = track.label
    if track.cuts:
        out["cuts"] = list(track.cuts)
    if track.focal is not None:
        out["focal"] = round(track.focal, 4)
    if track.coefficients is not None:
        out["coefficients"] = [round(float(v), 5) for v in track.coefficients]
    return out


def _head(entry: dict[str, Any], person: Person | None) -> Head | None:
    if person is None or "head" not in entry or "coefficients" not in entry:
        return None
    rotation, translation = (
        np.array(entry["head"][name], np.float64) for name in ("rotation", "translation")
    )
    return Head(rotation, translation, np.array(entry["coefficients"], np.float64), person)


def _person(data: dict[str, Any]) -> Person | None:
    if "focal" not in data or "coefficients" not in data:
        return None
    centre = np.array([data["width"] * float(data["pixel_aspect"]), data["height"]]) / 2
    return Person(np.array(data["coefficients"], np.float64), float(data["focal"]), centre)


def _percent(confidence: float) -> int:
    """0..1 in whole percent; only what is hidden is 0."""
    return 0 if confidence == 0 else max(1, round(100 * confidence))


def _rounded(points: np.ndarray, digits: int) -> list[list[float]]:
    return [[round(float(v), digits) for v in point] for point in points]


def _from_json(data: dict[str, Any], where: Path) -> Track:
    frames: dict[int, FaceFrame] = {}
    person = _person(data)
    for entry in data["frames"]:
        number = entry["number"]
        if number in frames:
            raise DoublureError("the frame is in the track twice", file=where, frame=number, remedy=REMEDY)
        by_hand = entry.get("by_hand", False)
        if not entry["found"]:
            frames[number] = FaceFrame.lost(number, entry["reason"], by_hand=by_hand)
            continue
        pose = entry["pose"]
        rotation = np.array(pose["rotation"], np.float64)
        if not np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-4) or np.linalg.det(rotation) < 0:
            raise DoublureError("the head's rotation is not one", file=where, frame=number, remedy=REMEDY)
        frames[number] = FaceFrame(
            number,
            True,
            None,
            float(entry["score"]),
            np.array(entry["points"], np.float32),
            Pose(rotation, float(pose["scale"]), np.array(pose["translation"], np.float64)),
            np.array(entry["confidence"], np.float32) / 100 if "confidence" in entry else None,
            np.array(entry["pupils"], np.float64) if "pupils" in entry else None,
            by_hand,
            np.array(entry["coefficients"], np.float64) if "coefficients" in entry else None,
            _head(entry, person),
        )
    return Track(
        data["source"],
        data["width"],
        data["height"],
        float(data["pixel_aspect"]),
        np.array(data["shape"], np.float64),
        frames,
        data.get("face"),
        data.get("label", ""),
        tuple(data.get("cuts", ())),
        float(data["focal"]) if "focal" in data else None,
        np.array(data["coefficients"], np.float64) if "coefficients" in data else None,
    )
