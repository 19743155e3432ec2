"""Regions of the plate in which no face is looked for: a painting on the wall, a poster, a screen."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from doublure.core.errors import DoublureError

_FIELDS = ("polygon", "rectangle", "first", "last", "name")
_RECTANGLE = ("x0", "y0", "x1", "y1")
_EXAMPLE = '{"regions": [{"rectangle": [0, 0, 300, 200]}, {"polygon": [[10, 10], [90, 20], [40, 80]], "first": 1001}]}'


@dataclass(frozen=True)
class Region:
    """A polygon in plate pixels, (N, 2), y down, through the frames ``first`` to ``last`` (None: without end)."""

    polygon: np.ndarray
    first: int | None = None
    last: int | None = None

    def counts(self, number: int) -> bool:
        """Whether the region is there in a frame."""
        return (self.first is None or number >= self.first) and (self.last is None or number <= self.last)

    def holds(self, place: np.ndarray) -> bool:
        """Whether a place (2,), plate pixels, is inside or on the edge."""
        outline = np.ascontiguousarray(self.polygon, np.float32)
        return cv2.pointPolygonTest(outline, (float(place[0]), float(place[1])), False) >= 0


def read_regions(path: Path) -> tuple[Region, ...]:
    """The regions in a file.

    Args:
        path: JSON, ``{"regions": [{"rectangle": [x0, y0, x1, y1], "first": 1001, "last": 1048}, {"polygon": [[x, y],
            …]}]}``; or CSV with the columns x0, y0, x1, y1 and, where wanted, first and last. Plate pixels, y down.

    Raises:
        DoublureError: it cannot be read, or a region is not one.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DoublureError(
            "the regions cannot be read", file=path, remedy="give a JSON or a CSV file"
        ) from error
    try:
        entries = _table(text) if path.suffix.lower() == ".csv" else _json(text)
        return tuple(_region(entry) for entry in entries)
    except (ValueError, RecursionError) as error:
        raise DoublureError(f"these are no regions ({error})", file=path, remedy="correct it") from error


def regions_json(regions: Sequence[Region]) -> list[Any]:
    """Regions as plain data, for cache keys."""
    return [[region.polygon.tolist(), region.first, region.last] for region in regions]


def _json(text: str) -> list[Any]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ValueError("it is not JSON") from error
    if not isinstance(data, Mapping) or set(data) != {"regions"} or not isinstance(data["regions"], list):
        raise ValueError(f"write it like {_EXAMPLE}")
    return data["regions"]


def _table(text: str) -> list[dict[str, Any]]:
    reader = csv.DictReader(io.StringIO(text))
    absent = [name for name in _RECTANGLE if name not in (reader.fieldnames or ())]
    if absent:
        raise ValueError(f"it has no column {absent[0]}")
    entries = []
    for line, row in enumerate(reader, start=2):
        try:
            entry: dict[str, Any] = {"rectangle": [float(row[name] or "") for name in _RECTANGLE]}
            entry |= {name: int(row[name]) for name in ("first", "last") if row.get(name)}
        except ValueError as error:
            raise ValueError(f"line {line} holds something that is no number") from error
        entries.append(entry)
    return entries


def _region(entry: Any) -> Region:
    if not isinstance(entry, Mapping) or ("polygon" in entry) == ("rectangle" in entry):
        raise ValueError("a region has either a rectangle or a polygon")
    unknown = [name for name in entry if name not in _FIELDS]
    if unknown:
        raise ValueError(f"a region has an unknown field {unknown[0]!r}")
    frames = [entry.get(name) for name in ("first", "last")]
    if any(number is not None and type(number) is not int for number in frames):
        raise ValueError("first and last are frame numbers")
    first, last = frames
    if first is not None and last is not None and first > last:
        raise ValueError(f"a region ends before it begins, {first} to {last}")
    if "polygon" in entry:
        polygon = _numbers(entry["polygon"])
        if polygon.ndim != 2 or polygon.shape[1] != 2 or len(polygon) < 3:
            raise ValueError("a polygon has at least three points [x, y]")
        return Region(polygon, first, last)
    corners = _numbers(entry["rectangle"])
    if corners.shape != (4,) or not (corners[0] < corners[2] and corners[1] < corners[3]):
        raise ValueError("a rectangle is [x0, y0, x1, y1] with x0 below x1 and y0 below y1")
    x0, y0, x1, y1 = corners
    return Region(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]), first, last)


def _numbers(value: Any) -> np.ndarray:
    try:
        numbers = np.array(value, np.float64)
    except (ValueError, TypeError) as error:
        raise ValueError("a region's places are numbers") from error
    if not np.isfinite(numbers).all():
        raise ValueError("a region's places are finite")
    return numbers
