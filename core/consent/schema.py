"""The published schemas of records, trust files and revocation lists, and the check of a document against one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource

from doublure.core.consent.document import Document, UnsoundError
from doublure.core.consent.timestamp import parse_time
from doublure.core.errors import DoublureError

LIKENESS, TRUST, REVOCATIONS = "likeness", "trust", "revocations"
"""The kinds of documents; each has the file ``KIND.schema.json`` beside this one."""
TIMES = frozenset({"issued", "next_update", "from", "until", "at", "created"})


def check_schema(document: Document, kind: str) -> None:
    """Raise UnsoundError where a document is not of ``kind``: missing, unknown or bad fields, no such day."""
    expected = f"doublure.{kind}/1"
    named = document.data.get("schema", "not named")
    if named != expected:
        raise UnsoundError(
            f"this is not a {expected} file (its schema is {named!r:.60})",
            file=document.path,
            remedy="check the path",
        )
    fault = best_match(_validator(kind).iter_errors(document.data))
    if fault is not None:
        raise _fault(document, [str(part) for part in fault.absolute_path], fault.message)
    for place, text in _times(document.data, []):
        try:
            parse_time(text)
        except DoublureError as error:
            raise _fault(document, place, error.what) from error


def _fault(document: Document, place: list[str], message: str) -> UnsoundError:
    where = "/".join(place) or "the top"
    told = message if len(message) <= 160 else f"{message[:60]} … {message[-90:]}"
    return UnsoundError(
        f"the file is wrong at {where} ({told})", file=document.path, remedy="have it issued correctly"
    )


def _times(data: Any, place: list[str]) -> Iterator[tuple[list[str], str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key in TIMES and isinstance(value, str):
                yield [*place, key], value
            yield from _times(value, [*place, key])
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _times(value, [*place, str(index)])


@cache
def _validator(kind: str) -> Draft202012Validator:
    common = Resource.from_contents(_read("common"))
    registry: Registry[Any] = Registry().with_resource(common.id() or "", common)
    return Draft202012Validator(_read(kind), registry=registry)


def _read(kind: str) -> Any:
    return json.loads(Path(__file__).with_name(f"{kind}.schema.json").read_text(encoding="utf-8"))
