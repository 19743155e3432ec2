"""Curves out of a Nuke script or clipboard: what its CornerPins and Trackers hold. Nothing in it is run."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from doublure.core.errors import DoublureError

_FLAGS = frozenset("KLSRCHZilstuvabr")
"""Letters that shape a key's neighbourhood (K holds its value, L is a line, s and t are slopes, u and v handles)."""

_REMEDY = "copy the node out of Nuke again"


@dataclass(frozen=True)
class Curve:
    """Keys of one number over frames, ascending: ``keys`` (frame, value, held). A held value lasts until the next
    key."""

    keys: tuple[tuple[float, float, bool], ...]

    def at(self, frame: float) -> float:
        """The value at a frame: straight lines between keys, held before the first and after the last.

        Nuke may bend the line between two keys that are frames apart; a track has a key on every frame.
        """
        index = bisect_right([key[0] for key in self.keys], frame) - 1
        if index < 0:
            return self.keys[0][1]
        start, low, held = self.keys[index]
        if held or index + 1 == len(self.keys):
            return low
        end, high, _ = self.keys[index + 1]
        return low + (high - low) * (frame - start) / (end - start)


@dataclass(frozen=True)
class NukePoint:
    """A point in a node of a script. ``on`` is above 0 where the point counts. A number without a curve has no keys:
    such a point was placed, and never tracked."""

    node: str
    name: str
    x: Curve | float
    y: Curve | float
    on: Curve | float = 1.0


@dataclass(frozen=True)
class _Word:
    text: str
    braced: bool


def read_curve(text: str) -> Curve:
    """``curve x1001 12.5 13 14 x1010 20``: keys on 1001, 1002, 1003 and 1010.

    ``x`` names the frame of the next value. A value without it follows as many frames after the last key as that one
    after the key before it (1 at first): that is how Nuke leaves frames out. Raises ValueError, with one clause.
    """
    words = text.split()
    if words[:1] != ["curve"]:
        raise ValueError(f"{_cut(text)!r} is no curve")
    keys: list[tuple[float, float, bool]] = []
    frame, step, named, held = 1.0, 1.0, True, False
    for word in words[1:]:
        letter = word[0]
        if letter == "x":
            frame, named = _number(word[1:]), True
        elif letter in _FLAGS:
            # Slopes and handles bring numbers of their own; only how a value is held matters here.
            if len(word) > 1:
                _number(word[1:])
            elif letter in "KLSRCHZ":
                held = letter == "K"
                if keys:
                    keys[-1] = (*keys[-1][:2], held)
        else:
            if not named:
                frame = keys[-1][0] + step
            if keys:
                step = frame - keys[-1][0]
                if step <= 0:
                    raise ValueError(f"its keys are not in order at frame {frame:g}")
            keys.append((frame, _number(word), held))
            named = False
    if not keys:
        raise ValueError("a curve has no keys")
    return Curve(tuple(keys))


def read_points(path: Path) -> list[NukePoint]:
    """The points of every CornerPin2D (its moving corners) and Tracker in a script, in order.

    Raises:
        DoublureError: it cannot be read, is no script, holds none of these, or a curve or table that is damaged.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DoublureError("the script cannot be read", file=path, remedy="give a .nk file") from error
    points: list[NukePoint] = []
    try:
        for kind, body in _nodes(text):
            knobs = {words[0].text: words[1] for words in _commands(body) if len(words) == 2}
            name = knobs["name"].text if "name" in knobs else kind
            if kind == "CornerPin2D":
                points += _corners(name, knobs)
            elif kind == "Tracker4":
                points += _table(name, knobs)
            elif kind in ("Tracker3", "Tracker"):
                points += _numbered(name, knobs)
    except ValueError as error:
        raise DoublureError(f"the script is damaged ({error})", file=path, remedy=_REMEDY) from error
    if not points:
        raise DoublureError(
            "there is no CornerPin2D and no Tracker in the script", file=path, remedy="copy one into it"
        )
    return points


def _nodes(text: str) -> Iterator[tuple[str, str]]:
    for words in _commands(text):
        if len(words) == 2 and words[1].braced and words[0].text[:1].isupper():
            yield words[0].text, words[1].text


def _corners(node: str, knobs: dict[str, _Word]) -> list[NukePoint]:
    """The corners that move: ``to``, or ``from`` in a pin that stabilises."""
    for side in ("to", "from"):
        names = [f"{side}{i}" for i in range(1, 5)]
        points = [_point(node, name, knobs[name]) for name in names if name in knobs]
        if len(points) == 4 and any(isinstance(point.x, Curve) for point in points):
            return points
    return []


def _numbered(node: str, knobs: dict[str, _Word]) -> list[NukePoint]:
    names = [f"track{i}" for i in range(1, 5)]
    return [_point(node, name, knobs[name]) for name in names if name in knobs and knobs[name].braced]


def _point(node: str, name: str, value: _Word) -> NukePoint:
    parts = _words(value.text)
    if len(parts) != 2:
        raise ValueError(f"{name} of {node} has {len(parts)} values where x and y are needed")
    return NukePoint(node, name, _value(parts[0]), _value(parts[1]))


def _table(node: str, knobs: dict[str, _Word]) -> list[NukePoint]:
    """Tracker4's ``tracks``: sizes, columns, then one row a track."""
    if "tracks" not in knobs:
        return []
    parts = _words(knobs["tracks"].text)
    if len(parts) != 3:
        raise ValueError(f"the table of {node} has {len(parts)} parts where 3 are needed")
    columns = []
    for column in _words(parts[1].text):
        words = _words(column.text)
        if len(words) < 5:
            raise ValueError(f"the table of {node} has a column without a name")
        columns.append(words[3].text)
    absent = {"enable", "name", "track_x", "track_y"} - set(columns)
    if absent:
        raise ValueError(f"the table of {node} has no column {min(absent)}")
    points = []
    for row in _words(parts[2].text):
        cells = _words(row.text)
        if len(cells) != len(columns):
            raise ValueError(f"a track of {node} has {len(cells)} values where {len(columns)} are needed")
        cell = dict(zip(columns, cells, strict=True))
        x, y, on = (_value(cell[name]) for name in ("track_x", "track_y", "enable"))
        points.append(NukePoint(node, cell["name"].text, x, y, on))
    return points


def _value(word: _Word) -> Curve | float:
    inner = word.text.strip()
    while inner.startswith("{") and inner.endswith("}"):
        inner = inner[1:-1].strip()
    if inner.startswith("curve"):
        return read_curve(inner)
    try:
        return float(inner)
    except ValueError as error:
        raise ValueError(f"{_cut(inner)!r} is neither a number nor a curve; bake expressions") from error


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ValueError(f"{_cut(text)!r} is no number") from error


def _cut(text: str) -> str:
    return text if len(text) < 40 else text[:37] + "..."


def _commands(text: str) -> Iterator[list[_Word]]:
    """Lines as words; a word in braces may go over many lines."""
    at, words = 0, []
    while True:
        word, at, ended = _next(text, at)
        if word is not None:
            words.append(word)
        if ended and words:
            if not words[0].text.startswith("#"):
                yield words
            words = []
        if word is None and at >= len(text):
            return


def _words(text: str) -> list[_Word]:
    words, at = [], 0
    while at < len(text):
        word, at, _ = _next(text, at)
        if word is not None:
            words.append(word)
    return words


def _next(text: str, at: int) -> tuple[_Word | None, int, bool]:
    """(the next word of a line or None, where it ends, whether a line ends there)."""
    while at < len(text) and text[at] in " \t\r":
        at += 1
    if at >= len(text) or text[at] in "\n;":
        return None, at + 1, True
    if text[at] == "{":
        end = _closing(text, at)
        return _Word(text[at + 1 : end], True), end + 1, False
    if text[at] == '"':
        end = at + 1
        while end < len(text) and text[end] != '"':
            end += 1 + (text[end] == "\\")
        if end >= len(text):
            raise ValueError("a quote is never closed")
        return _Word(text[at + 1 : end].replace('\\"', '"').replace("\\\\", "\\"), False), end + 1, False
    end = at
    while end < len(text) and text[end] not in " \t\r\n;{":
        end += 1
    return _Word(text[at:end], False), end, False


def _closing(text: str, start: int) -> int:
    depth, at = 0, start
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    raise ValueError("a brace is never closed")
