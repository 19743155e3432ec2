"""Strict JSON files: one value has one form on disk, so that a change of any byte is seen."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError

LARGEST = 1 << 20
"""Bytes; a larger file is refused unread."""
DEEPEST = 16
"""Levels of lists and objects."""
_SAFE = 2**53 - 1


class UnreadableError(DoublureError):
    """The file is not there or cannot be read."""


class UnsoundError(DoublureError):
    """The file is there, but not in the form that Doublure writes, or not what its schema asks."""


@dataclass(frozen=True)
class Document:
    """A file that was read once: its data, where it lay, and the SHA-256 of its bytes."""

    data: Mapping[str, Any]
    path: Path
    sha256: str


def read_document(path: str | os.PathLike[str]) -> Document:
    """Read a JSON object whose bytes are exactly those that :func:`document_bytes` gives.

    Raises:
        UnreadableError: missing, a folder, a device, a loop of links, no rights.
        UnsoundError: too large, not UTF-8, not strict JSON (see :func:`parse_json`), or in another form.
    """
    path = Path(path)
    content = read_bytes(path)
    data = parse_json(content, path)
    if document_bytes(data) != content:
        raise UnsoundError(
            "the file is not in the form in which Doublure writes it, so somebody changed it by hand",
            file=path,
            remedy="take the signed file from its source again, or make a new one from it with "
            "doublure consent new --from",
        )
    return Document(data, path, hashlib.sha256(content).hexdigest())


def write_document(path: str | os.PathLike[str], data: Mapping[str, Any], *, private: bool = False) -> None:
    """Write a JSON object in its one form, atomically; ``private`` closes it to all but its owner.

    Raises DoublureError when it cannot be written.
    """
    with atomic_file(path) as temporary:
        if private:
            temporary.chmod(0o600)
        temporary.write_bytes(document_bytes(data))


def document_bytes(data: Mapping[str, Any]) -> bytes:
    """The one form: UTF-8, keys sorted, two spaces a level, a line end at the end."""
    text = json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def read_bytes(path: Path, largest: int = LARGEST) -> bytes:
    """A regular file's bytes, at most ``largest``. Raises UnreadableError or UnsoundError."""
    try:
        # A pipe would block for ever when opened the plain way.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UnreadableError("this is not a file", file=path, remedy="check the path")
            content = stream.read(largest + 1)
    except FileNotFoundError as error:
        raise UnreadableError("there is no such file", file=path, remedy="check the path") from error
    except OSError as error:
        raise UnreadableError(
            f"the file cannot be read ({error.strerror or error})", file=path, remedy="check path and rights"
        ) from error
    except ValueError as error:
        raise UnreadableError(f"this is no path ({error})", remedy="check the path") from error
    if len(content) > largest:
        raise UnsoundError(
            f"the file is larger than {largest} bytes, which no file of its kind is",
            file=path,
            remedy="check the path",
        )
    return content


def parse_json(content: bytes, path: Path) -> dict[str, Any]:
    """Strict JSON: an object, UTF-8 without a mark, no key twice, whole numbers up to 2^53 - 1 only, at most
    ``DEEPEST`` levels, no halves of surrogate pairs.

    Raises:
        UnsoundError: it is anything else.
    """
    try:
        data = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_no_fraction,
            parse_int=_whole,
        )
        if not isinstance(data, dict):
            raise ValueError("it is not an object")
        _check_depth(data)
        document_bytes(data)
    except (ValueError, RecursionError) as error:
        told = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise UnsoundError(
            f"the file is not sound JSON ({told})", file=path, remedy="take it from its source again"
        ) from error
    return data


def _check_depth(data: Any) -> None:
    level, depth = [data], 0
    while level:
        if depth > DEEPEST:
            raise ValueError("it is nested too deeply")
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner += value.values()
            elif isinstance(value, list):
                inner += value
        level, depth = inner, depth + 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a key stands there twice")
    return data


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is not a number of JSON")


def _no_fraction(text: str) -> Any:
    raise ValueError(f"{text[:24]} is not a whole number")


def _whole(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > _SAFE or text == "-0":
        raise ValueError(f"the number {text[:24]} is out of range")
    return int(text)
