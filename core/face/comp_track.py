"""A track from the comp: named points over frames, out of a Nuke script or a table, and what they say of the head."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from doublure.core.errors import DoublureError
from doublure.core.face.marks import CORNERS, MARKS, OWN, marks_of
from doublure.core.face.nuke_read import Curve, NukePoint, read_points
from doublure.core.face.pose import Pose
from doublure.core.face.sidecar import Track
from doublure.core.face.table import COLUMNS, HeadRow, read_table, row_of
from doublure.core.window import Window

_COLUMNS = ("frame", "name", "x", "y")
_LONE = 0.15
"""Half the side, in heights of the plate, of where to look round a single point."""

_ROOM = 0.75
"""What to look at beyond the points, in their own extent: tracks lie on a face, and a face is larger."""


@dataclass(frozen=True)
class CompTrack:
    """What somebody tracked in the comp.

    Attributes:
        file: where it came from.
        places: by name, by frame: (2,) plate pixels, y down.
        pin: whether the points are the four corners of a CornerPin, in its order.
        own: whether the points are those of our own export, so that it is known where on the head they are.
        rows: the head itself, where the file is a table of heads; ``places`` is then empty.
    """

    file: Path
    places: Mapping[str, Mapping[int, np.ndarray]] = field(default_factory=dict)
    pin: bool = False
    own: bool = False
    rows: tuple[HeadRow, ...] = ()

    def at(self, number: int) -> dict[str, np.ndarray]:
        """The points that a frame has, by name."""
        return {name: frames[number] for name, frames in self.places.items() if number in frames}

    def look(self, number: int, width: int, height: int) -> Window | None:
        """Where to look for the face in a frame of a plate of this size; None where the track does not say."""
        points = list(self.at(number).values())
        for row in self.rows:
            if row.frame == number and row.values is not None:
                points = [row.values[:2] - 2 * row.values[2], row.values[:2] + 2 * row.values[2]]
        if not points:
            return None
        low, high = np.min(points, axis=0), np.max(points, axis=0)
        room = max(_ROOM * float((high - low).max()), _LONE * height if len(points) == 1 else 16.0)
        box = Window(
            math.floor(low[0] - room),
            math.floor(low[1] - room),
            math.ceil(high[0] + room),
            math.ceil(high[1] + room),
        ).intersect(Window.of_size(width, height))
        return None if box.empty else box


def read_comp_track(path: Path, height: int) -> CompTrack:
    """A track from the comp.

    Args:
        path: a Nuke script (.nk) with a CornerPin2D, whose corners are then taken, or with Trackers, whose tracks are
            taken; or a table (.csv) with the columns frame, name, x, y (plate pixels, y down), or one of heads as
            ``table.to_table`` writes it. A point exists from its first key to its last, where it is on.
        height: of the plate in pixels: Nuke counts y from below.

    Raises:
        DoublureError: it is none of these, is damaged, or holds no point with a key.
    """
    if path.suffix.lower() == ".csv":
        return _from_table(path)
    if path.suffix.lower() != ".nk":
        raise DoublureError(
            "a track is not read from this kind of file", file=path, remedy="give a .nk or a .csv file"
        )
    points = read_points(path)
    pins = [point for point in points if point.name.startswith(("to", "from")) and point.name[-1] in "1234"]
    if pins:
        points = [point for point in pins if point.node == pins[0].node]
    places: dict[str, dict[int, np.ndarray]] = {}
    for point in points:
        found = _places(point, height)
        name = point.name if point.name not in places else f"{point.node}.{point.name}"
        if found:
            places[name] = found
    if not places:
        raise DoublureError("no point of the track has keys", file=path, remedy="track it first")
    own = all(point.node.startswith(OWN) for point in points)
    if own and not pins:
        places = {MARKS[int(n[-1]) - 1] if n.startswith("track") else n: p for n, p in places.items()}
    return CompTrack(path, places, bool(pins), own)


def head_rows(comp: CompTrack, track: Track, *, lost_only: bool) -> list[HeadRow]:
    """Keyframes of the head from a comp track, on those of its frames that ``track`` has.

    Args:
        comp: with four corners, or at least two points in a frame; frames with fewer are left out.
        track: our own.
        lost_only: only frames without the face.

    The points tell place, size and roll: each frame's head is moved by the similarity that takes the points as our
    track predicts them nearest to the points as they are. Turning left, right, up and down stays our own, and is
    interpolated where there is none. Where on the head a point sits is known for our own export and for the names
    right_eye, left_eye, nose and chin; any other point's seat is measured on the frames that show the face, as the
    median, and corners are otherwise taken for the square that we export.

    Raises:
        DoublureError: no frame has two points, or it cannot be told where on the head they sit.
    """
    if comp.rows:
        return [
            row
            for row in comp.rows
            if row.frame in track.frames and not (lost_only and track.frames[row.frame].found)
        ]
    numbers = sorted({n for frames in comp.places.values() for n in frames} & set(track.frames))
    numbers = [number for number in numbers if len(comp.at(number)) >= 2]
    if not numbers:
        raise DoublureError(
            "no frame of the plate has two points of the track",
            file=comp.file,
            remedy="give four corners or at least two tracks, in the plate's frame numbers",
        )
    aspect = np.array([track.pixel_aspect, 1.0])
    poses = {face.number: face.pose for face in track if face.pose is not None}
    seats = _seats(comp, track, poses, numbers, aspect)
    rows = []
    for number in numbers:
        if lost_only and track.frames[number].found:
            continue
        seen = comp.at(number)
        names = [name for name in seen if name in seats]
        if len(names) < 2:
            continue
        pose = poses.get(number) or _pose_between(poses, number)
        expected = pose.project(np.stack([seats[name] for name in names]))
        points = track.frames[number].points
        if points is not None and not comp.pin:
            own = dict(zip(MARKS, marks_of(points)[:, :2] * aspect, strict=True))
            expected = np.stack([own.get(name, expected[i]) for i, name in enumerate(names)])
        there = np.stack([seen[name] for name in names]) * aspect
        if float(np.ptp(there, axis=0).max()) <= 0:
            raise DoublureError(
                "two points of the track lie on each other", file=comp.file, frame=number, remedy="correct it"
            )
        rows.append(row_of(number, _carried(pose, expected, there), track.pixel_aspect))
    return rows


def _places(point: NukePoint, height: int) -> dict[int, np.ndarray]:
    curves = [one for one in (point.x, point.y) if isinstance(one, Curve)]
    if not curves:
        return {}
    first = math.ceil(min(curve.keys[0][0] for curve in curves))
    last = math.floor(max(curve.keys[-1][0] for curve in curves))
    return {
        number: np.array([_at(point.x, number), height - _at(point.y, number)])
        for number in range(first, last + 1)
        if _at(point.on, number) > 0
    }


def _at(value: Curve | float, frame: int) -> float:
    return value.at(frame) if isinstance(value, Curve) else value


def _from_table(path: Path) -> CompTrack:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DoublureError("the table cannot be read", file=path, remedy="give a CSV file") from error
    reader = csv.DictReader(io.StringIO(text))
    named = reader.fieldnames or ()
    if set(COLUMNS) <= set(named):
        return CompTrack(path, rows=tuple(row for row in read_table(path) if row.values is not None))
    absent = [name for name in _COLUMNS if name not in named]
    if absent:
        raise DoublureError(
            f"the table has no column {absent[0]}",
            file=path,
            remedy=f"name the columns {', '.join(_COLUMNS)}, or {', '.join(COLUMNS)}",
        )
    places: dict[str, dict[int, np.ndarray]] = {}
    for line, entry in enumerate(reader, start=2):
        try:
            number, place = int(entry["frame"] or ""), np.array([float(entry[n] or "") for n in "xy"])
        except ValueError as error:
            raise DoublureError(
                f"line {line} holds something that is no number ({error})", file=path, remedy="correct it"
            ) from error
        frames = places.setdefault(_plain(entry["name"] or ""), {})
        if number in frames or not np.isfinite(place).all():
            raise DoublureError(
                f"line {line} names a point twice, or a place that is not finite",
                file=path,
                frame=number,
                remedy="correct it",
            )
        frames[number] = place
    if not places:
        raise DoublureError("the table has no rows", file=path, remedy="fill it")
    pin = set(places) == {f"to{i}" for i in range(1, 5)}
    return CompTrack(path, {name: places[name] for name in sorted(places)}, pin)


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_")


def _seats(
    comp: CompTrack, track: Track, poses: Mapping[int, Pose], numbers: list[int], aspect: np.ndarray
) -> dict[str, np.ndarray]:
    """Where on the head each point sits, (3,) head coordinates, for those of which it can be told."""
    known = dict(zip(MARKS, marks_of(track.shape), strict=True))
    corners = dict(zip(comp.places, CORNERS, strict=False)) if comp.pin else {}
    seats = {}
    for name, frames in comp.places.items():
        shared = [n for n in numbers if n in poses and n in frames]
        if comp.pin and (comp.own or not shared):
            seats[name] = corners[name]
        elif not comp.pin and _plain(name) in known:
            seats[name] = known[_plain(name)]
        elif shared:
            seats[name] = np.median([_seat(poses[n], frames[n] * aspect) for n in shared], axis=0)
    if len(seats) < 2:
        raise DoublureError(
            "it cannot be told where on the head the tracks sit, because the face was found in none of their frames",
            file=comp.file,
            remedy=f"name them {', '.join(MARKS)}, or give four corners",
        )
    return seats


def _seat(pose: Pose, place: np.ndarray) -> np.ndarray:
    """The point of the head's own plane, through its middle and across its view, that is seen at a place."""
    plane = pose.scale * pose.rotation[:2, :2]
    return np.array([*np.linalg.lstsq(plane, place - pose.translation, rcond=None)[0], 0.0])


def _pose_between(poses: Mapping[int, Pose], number: int) -> Pose:
    """Our pose of the nearest frames on both sides, mixed; looking into the lens where there is none."""
    if not poses:
        return Pose(np.eye(3), 1.0, np.zeros(2))
    before = max((n for n in poses if n < number), default=min(poses))
    after = min((n for n in poses if n > number), default=max(poses))
    if after <= before:
        return poses[before]
    share = min(max((number - before) / (after - before), 0.0), 1.0)
    low, high = (row_of(n, poses[n], 1.0).values for n in (before, after))
    assert low is not None
    assert high is not None
    apart = high - low
    apart[3:] = (apart[3:] + 180) % 360 - 180
    return HeadRow(number, low + share * apart).pose(1.0)


def _carried(pose: Pose, expected: np.ndarray, there: np.ndarray) -> Pose:
    """The head moved in the picture as (N, 2) points were, by least squares; all in square pixels."""
    p, q = expected @ (1, 1j), there @ (1, 1j)
    apart = p - p.mean()
    factor = complex((apart.conj() * (q - q.mean())).sum() / (abs(apart) ** 2).sum())
    middle = factor * (complex(*pose.translation) - p.mean()) + q.mean()
    turn, growth = factor / abs(factor), abs(factor)
    spin = np.array([[turn.real, -turn.imag, 0], [turn.imag, turn.real, 0], [0, 0, 1]])
    return Pose(spin @ pose.rotation, pose.scale * growth, np.array([middle.real, middle.imag]))
