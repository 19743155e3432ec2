"""JSON of provenance: one way to write, and a strict way to read what others may have written."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from doublure.core.errors import DoublureError

LARGEST = 64 << 20
"""Bytes of the largest file that is read: about 300 000 frames."""


def digest_of(data: Any) -> str:
    """SHA-256 in hex of data as compact JSON with sorted names, in UTF-8."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def to_text(data: Any) -> str:
    """JSON that people can read and compare: sorted names, one a line, a line end at the end."""
    return json.dumps(data, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def parse(data: bytes, file: Path, *, remedy: str) -> Any:
    """JSON from untrusted bytes.

    Raises:
        DoublureError: not UTF-8, not JSON, a name twice in one object, NaN, too deep or too large.
    """
    if len(data) > LARGEST:
        raise DoublureError(f"the file has more than {LARGEST >> 20} MB", file=file, remedy=remedy)
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise DoublureError("this is not sound JSON", file=file, remedy=remedy) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return data


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")
