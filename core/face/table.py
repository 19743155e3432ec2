"""A track as a table that a spreadsheet opens: one row a frame, where the head is and how it is turned."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from doublure.core.errors import DoublureError
from doublure.core.face.pose import Pose
from doublure.core.face.sidecar import Track

COLUMNS = ("frame", "found", "x", "y", "size", "yaw", "pitch", "roll")
"""x and y: plate pixels, y down, of the middle of the head's rigid points; size: plate pixels of y, their rms radius;
angles in degrees as ``Pose`` defines them. ``found`` is 1 or 0; a row of 0 needs no more."""

_ABOUT = ("score", "hidden", "reason")


@dataclass(frozen=True)
class HeadRow:
    """A row of the table: ``values`` (6,) float64 x, y, size, yaw, pitch, roll; None where the face is not found or is
    switched off."""

    frame: int
    values: np.ndarray | None

    def pose(self, pixel_aspect: float) -> Pose:
        """The head pose of a row with values."""
        assert self.values is not None
        x, y, size, *angles = (float(value) for value in self.values)
        return Pose(_rotation(*angles), size, np.array([x * pixel_aspect, y]))


def row_of(frame: int, pose: Pose, pixel_aspect: float) -> HeadRow:
    """A pose as a row."""
    x, y = pose.translation
    return HeadRow(frame, np.array([x / pixel_aspect, y, pose.scale, pose.yaw, pose.pitch, pose.roll]))


def to_table(track: Track) -> str:
    """The table of a track as CSV, with the score, the share of hidden points and the reason beside it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*COLUMNS, *_ABOUT))
    for face in track:
        if face.pose is None:
            writer.writerow((face.number, 0, *[""] * 6, "", "", face.reason))
            continue
        values = row_of(face.number, face.pose, track.pixel_aspect).values
        assert values is not None
        told = [f"{value:.4f}" for value in values]
        writer.writerow((face.number, 1, *told, f"{face.score:.3f}", f"{face.hidden:.3f}", ""))
    return out.getvalue()


def read_table(path: Path) -> list[HeadRow]:
    """The rows of a table, by frame; columns beyond COLUMNS are left alone.

    Raises:
        DoublureError: it cannot be read, lacks a column, names a frame twice or holds what is no number.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DoublureError("the table cannot be read", file=path, remedy="give a CSV file") from error
    reader = csv.DictReader(io.StringIO(text))
    absent = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if absent:
        raise DoublureError(
            f"the table has no column {absent[0]}",
            file=path,
            remedy=f"name the columns {', '.join(COLUMNS)}",
        )
    rows: dict[int, HeadRow] = {}
    for line, entry in enumerate(reader, start=2):
        row = _row(entry, path, line)
        if row.frame in rows:
            raise DoublureError(
                "the frame is in the table twice", file=path, frame=row.frame, remedy="keep one"
            )
        rows[row.frame] = row
    return [rows[number] for number in sorted(rows)]


def _row(entry: Mapping[str, str | None], path: Path, line: int) -> HeadRow:
    try:
        frame, found = int(entry["frame"] or ""), int(entry["found"] or "")
        values = np.array([float(entry[name] or "") for name in COLUMNS[2:]]) if found else None
    except ValueError as error:
        raise DoublureError(
            f"line {line} holds something that is no number ({error})", file=path, remedy="correct it"
        ) from error
    if values is not None and not (np.isfinite(values).all() and values[2] > 0):
        raise DoublureError(
            "the size is not above 0, or a number is not finite", file=path, frame=frame, remedy="correct it"
        )
    return HeadRow(frame, values)


def _rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """The rotation whose ``Pose.yaw``, ``pitch`` and ``roll`` are these, in degrees."""
    y, p, r = -math.radians(yaw), math.radians(pitch), math.radians(roll)
    return np.asarray(
        np.array([[math.cos(y), 0, math.sin(y)], [0, 1, 0], [-math.sin(y), 0, math.cos(y)]])
        @ np.array([[1, 0, 0], [0, math.cos(p), -math.sin(p)], [0, math.sin(p), math.cos(p)]])
        @ np.array([[math.cos(r), -math.sin(r), 0], [math.sin(r), math.cos(r), 0], [0, 0, 1]])
    )
