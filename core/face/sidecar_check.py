"""Whether a sidecar is a sound one: the schema for its small parts, numpy for its arrays of numbers."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np

from doublure.core.errors import DoublureError

REMEDY = "track the plate again with doublure track"

_NUMBERS = {int, float}


def check_sidecar(data: dict[str, Any], where: Path) -> None:
    """Raise DoublureError, which names the frame where there is one, unless ``data`` is as the schema says.

    Nothing that the schema says is left out. Walking half a million numbers one by one takes it seconds, so every
    array of numbers that the schema describes (a frame's ``points``, say) is looked at as a whole, and the schema is
    asked about the rest. Other than the schema, which cannot tell them, numbers that are not finite are refused.
    """
    rules = _rules()
    small = dict(data)
    _arrays(small, rules.root, "", None, where)
    frames = data.get("frames")
    if isinstance(frames, list):
        small["frames"] = []
    _ask(rules.whole, small, "", None, where)
    assert isinstance(frames, list)
    for index, entry in enumerate(frames):
        place = f"frames/{index}"
        if not isinstance(entry, dict):
            raise _damage(place, f"{short(repr(entry))} is not of type 'object'", None, where)
        number = entry.get("number")
        number = number if type(number) is int else None
        small = dict(entry)
        kind = "found" if entry.get("found") is True else "lost"
        _arrays(small, rules.arrays[kind], place, number, where)
        _ask(rules.frames[kind], small, place, number, where)


def short(message: str) -> str:
    """A message that may hold a whole array, cut in its middle."""
    return message if len(message) < 120 else f"{message[:60]} … {message[-50:]}"


class _Rules:
    """The schema taken apart. ``whole`` judges the file without arrays and frames, ``frames`` one frame of a kind
    without arrays; ``root`` and ``arrays`` hold the schemas of the arrays by name."""

    def __init__(self) -> None:
        schema = json.loads(Path(__file__).with_name("track.schema.json").read_text(encoding="utf-8"))
        defs = schema["$defs"]
        whole = copy.deepcopy(schema)
        self.root = _take_arrays(whole, defs)
        self.whole = _validator(whole)
        self.frames, self.arrays = {}, {}
        for kind in ("found", "lost"):
            one = copy.deepcopy(defs[kind])
            self.arrays[kind] = _take_arrays(one, defs)
            self.frames[kind] = _validator({**one, "$defs": defs})


@cache
def _rules() -> _Rules:
    return _Rules()


def _validator(schema: dict[str, Any]) -> jsonschema.protocols.Validator:
    return jsonschema.Draft202012Validator(schema)


def _take_arrays(schema: dict[str, Any], defs: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The arrays of numbers among an object's properties; the schema itself then only asks that they are there."""
    taken = {}
    for name, rule in schema["properties"].items():
        rule = {**defs[rule["$ref"].rsplit("/", 1)[1]], **rule} if "$ref" in rule else rule
        inner = rule.get("items", {})
        inner = inner.get("items", inner)
        if rule.get("type") == "array" and inner.get("type") in ("number", "integer"):
            taken[name] = rule
            schema["properties"][name] = True
    return taken


def _ask(
    rules: jsonschema.protocols.Validator, data: Any, place: str, number: int | None, where: Path
) -> None:
    if rules.is_valid(data):
        return
    fault = jsonschema.exceptions.best_match(rules.iter_errors(data))
    assert fault is not None
    path = "/".join(part for part in (place, *map(str, fault.absolute_path)) if part)
    raise _damage(path or "the file", fault.message, number, where)


def _damage(place: str, what: str, number: int | None, where: Path) -> DoublureError:
    return DoublureError(
        f"the track is damaged at {place} ({short(what)})", file=where, frame=number, remedy=REMEDY
    )


def _arrays(
    data: dict[str, Any], rules: dict[str, dict[str, Any]], place: str, number: int | None, where: Path
) -> None:
    """Judge the arrays of an object, and put nothing in their places."""
    for name, rule in rules.items():
        if name not in data:
            continue
        fault = _fault(data[name], rule)
        if fault:
            raise _damage(f"{place}/{name}" if place else name, fault, number, where)
        data[name] = None


def _fault(value: Any, rule: dict[str, Any]) -> str:
    """What is wrong with an array of numbers, or of rows of numbers; "" where nothing is."""
    if not isinstance(value, list):
        return "it is not an array"
    if not rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", len(value)):
        return f"it has {len(value)} items, and {rule['minItems']} are needed"
    items = rule["items"]
    flat: Iterable[Any] = value
    if items["type"] == "array":
        if set(map(type, value)) - {list}:
            return "one of its rows is not an array"
        sizes = set(map(len, value)) - {items["minItems"]}
        if sizes:
            return f"one of its rows has {min(sizes)} numbers, and {items['minItems']} are needed"
        flat, items = chain.from_iterable(value), items["items"]
    # A list, because true counts as 1 once numpy has it.
    listed = list(flat)
    if set(map(type, listed)) - _NUMBERS:
        return "it holds something that is no number"
    try:
        numbers = np.array(listed, np.float64)
    except OverflowError:
        return "it holds a number that is too large"
    if not np.isfinite(numbers).all():
        return "it holds a number that is not finite"
    if items["type"] == "integer" and (numbers != np.round(numbers)).any():
        return "it holds a number that is not whole"
    low, high = items.get("minimum", -np.inf), items.get("maximum", np.inf)
    if numbers.size and (numbers.min() < low or numbers.max() > high):
        return f"it holds a number that is not from {low} to {high}"
    return ""
