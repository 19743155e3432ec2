"""A track as text that Nuke pastes: a CornerPin2D on the head, a Tracker4 and a Tracker3 on eyes, nose and chin."""

from __future__ import annotations

import numpy as np

from doublure.core.face.marks import CORNERS, MARKS, OWN, marks_of
from doublure.core.face.sidecar import Track

__all__ = ["CORNERS", "to_nuke"]

_SIDES = ("x", "y", "r", "t")
_COLUMNS = (
    ("enable", "5 1 20 enable e 1"),
    ("name", "3 1 75 name name 1"),
    ("track_x", "2 1 58 track_x track_x 1"),
    ("track_y", "2 1 58 track_y track_y 1"),
    ("offset_x", "2 1 63 offset_x offset_x 1"),
    ("offset_y", "2 1 63 offset_y offset_y 1"),
    *((name, f"4 1 27 {name} {name} 1") for name in "TRS"),
    ("error", "2 0 45 error error 1"),
    *((name, f"1 1 0 {name} {name} 1") for name in ("error_min", "error_max")),
    *(
        (f"{box}_{side}", f"1 1 0 {box}_{side} {box}_{side} 1")
        for box in ("pattern", "search")
        for side in _SIDES
    ),
    *(
        (name, f"2 1 0 {name} {name} 1")
        for name in (
            "key_track",
            *(f"key_search_{side}" for side in _SIDES),
            *(f"key_track_{side}" for side in _SIDES),
            "key_centre_offset_x",
            "key_centre_offset_y",
        )
    ),
)
"""The columns of Tracker4's table: name, and how Nuke declares it (kind, shown, width, names)."""

_BOX = {"pattern": 16, "search": 24}
"""Half the sides of the boxes that a tracker draws and searches, px; Nuke wants some, and tracks anew with them."""


def to_nuke(track: Track) -> str:
    """Nuke nodes whose curves have a key on every frame with the face; Nuke interpolates over the others.

    Nuke counts y from the bottom: the plate's height less ours. The CornerPin2D pins from the square's place in the
    first frame that shows the face. The Tracker4 is what today's Nuke makes; the Tracker3, with the same points, is
    for versions before 7 and for other programs. Only data is written: no expression, no script.
    """
    numbers = [face.number for face in track.found]
    corners = np.array(
        [
            face.pose.project(CORNERS) / (track.pixel_aspect, 1)
            for face in track.found
            if face.pose is not None
        ]
    )
    marks = np.array([marks_of(face.points)[:, :2] for face in track.found if face.points is not None])
    lines = ["CornerPin2D {"]
    for i in range(4):
        lines.append(f" to{i + 1} {_pair(numbers, corners[:, i] if len(numbers) else corners, track.height)}")
    if numbers:
        lines += [f" from{i + 1} {_point(corners[0, i], track.height)}" for i in range(4)]
    lines += [f" name {OWN}_head", "}"]
    if numbers:
        lines += ["Tracker4 {", *_table(numbers, marks, track.height), f" name {OWN}_marks", "}"]
    lines += ["Tracker3 {"]
    for i in range(4):
        lines.append(f" track{i + 1} {_pair(numbers, marks[:, i] if len(numbers) else marks, track.height)}")
    return "\n".join([*lines, f" name {OWN}_eyes_nose_chin", "}", ""])


def _table(numbers: list[int], marks: np.ndarray, height: int) -> list[str]:
    first = numbers[0]
    declared = "\n".join(f"{{ {text} }}" for _, text in _COLUMNS)
    rows = []
    for i, mark in enumerate(MARKS):
        x, y = _curves(numbers, marks[:, i], height)
        cells = {
            "enable": f"{{curve K x{first} 1}}",
            "name": f'"{mark}"',
            "track_x": x,
            "track_y": y,
            "error": f"{{curve x{first} 0}}",
            "T": "1",
            **{
                f"{box}_{side}": str(-half if side in "xy" else half)
                for box, half in _BOX.items()
                for side in _SIDES
            },
        }
        cells.update(dict.fromkeys(("offset_x", "offset_y"), f"{{curve K x{first} 0}}"))
        empty = {name: "{}" for name, _ in _COLUMNS if name.startswith("key_")}
        rows.append(" ".join({**empty, **cells}.get(name, "0") for name, _ in _COLUMNS))
    body = "\n".join(f" {{ {row} }}" for row in rows)
    return [f" tracks {{ {{ 1 {len(_COLUMNS)} {len(MARKS)} }}", f"{{ {declared} }}", "{", body, "}", "}"]


def _pair(numbers: list[int], places: np.ndarray, height: int) -> str:
    if not numbers:
        return "{0 0}"
    return "{{{} {}}}".format(*_curves(numbers, places, height))


def _curves(numbers: list[int], places: np.ndarray, height: int) -> tuple[str, str]:
    """Every key names its frame: what Nuke makes of a value without one depends on the keys before it."""
    x = " ".join(f"x{n} {place[0]:.3f}" for n, place in zip(numbers, places, strict=True))
    y = " ".join(f"x{n} {height - place[1]:.3f}" for n, place in zip(numbers, places, strict=True))
    return f"{{curve {x}}}", f"{{curve {y}}}"


def _point(place: np.ndarray, height: int) -> str:
    return f"{{{place[0]:.3f} {height - place[1]:.3f}}}"
