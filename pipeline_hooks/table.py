"""TOML files read strictly: every key is asked for by name and type, and what nobody asks for is refused."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from doublure.core.errors import DoublureError


def read_toml(path: Path, remedy: str) -> dict[str, Any]:
    """The file's content. Raises DoublureError where it is missing or not TOML."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DoublureError("there is no such file", file=path, remedy=remedy) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DoublureError(f"the file cannot be read ({error})", file=path, remedy=remedy) from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DoublureError(f"this is not TOML ({error})", file=path, remedy="correct it") from error


class Table:
    """One table of a TOML file.

    Every method raises DoublureError where a key is missing (it has no default then) or of another type.
    """

    def __init__(self, data: Mapping[str, Any], file: Path, name: str = "") -> None:
        self._data, self._file, self._name = data, file, name
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def table(self, key: str, *, required: bool = True) -> Table:
        """A table in this one; an empty one where it is not required."""
        value = self._get(key, required, dict, "a table")
        return Table({} if value is None else value, self._file, f"{self._name}{key}.")

    def text(self, key: str) -> str:
        """A text with something in it."""
        value = self._get(key, True, str, "a text")
        if not value:
            raise self.error(f"{self._name}{key} is empty")
        return str(value)

    def text_or(self, key: str, default: str | None) -> str | None:
        """A text, or ``default`` where the key is absent."""
        return self.text(key) if key in self else self._absent(key, default)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        return (
            bool(self._get(key, True, bool, "true or false")) if key in self else self._absent(key, default)
        )

    def whole(self, key: str, default: int) -> int:
        """A whole number."""
        return int(self._get(key, True, int, "a whole number")) if key in self else self._absent(key, default)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        values = self._get(key, True, list, "a list of texts")
        if not all(isinstance(value, str) and value for value in values):
            raise self.error(f"{self._name}{key} is not a list of texts")
        return tuple(values)

    def texts_or(self, key: str, default: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """A list of texts, or ``default`` where the key is absent."""
        return self.texts(key) if key in self else self._absent(key, default)

    def any(self, key: str) -> Any:
        """Whatever is there; None where nothing is."""
        self._asked.add(key)
        return self._data.get(key)

    @property
    def names(self) -> tuple[str, ...]:
        """All keys of the table."""
        return tuple(self._data)

    def refuse_unknown(self) -> None:
        """Raise for the first key that was not asked for: a misspelt one would be passed over."""
        for key in self._data:
            if key not in self._asked:
                raise self.error(f"{self._name}{key} is not a known key")

    def error(self, what: str) -> DoublureError:
        """An error in this file."""
        return DoublureError(what, file=self._file, remedy="see docs/publish.md")

    def _absent(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        return default

    def _get(self, key: str, required: bool, kind: type, words: str) -> Any:
        self._asked.add(key)
        if key not in self._data:
            if required:
                raise self.error(f"{self._name}{key} is missing")
            return None
        value = self._data[key]
        # In Python true is a number.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.error(f"{self._name}{key} is not {words}")
        return value
