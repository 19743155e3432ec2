"""Cuts a Nuke script into commands and words, and reads no more into them than that."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from doublure.core.errors import DoublureError

_NAMED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_HEX = "0123456789abcdefABCDEF"


@dataclass(frozen=True)
class Word:
    """One word.

    Attributes:
        kind: ``text`` (bare or quoted, unescaped), ``braced`` (as written), ``variable`` (``$N``, without the
            dollar) or ``command`` (``[stack 0]``, without the brackets).
        text: its content.
        line: where it starts, from 1.
    """

    kind: str
    text: str
    line: int


class Reader:
    """Reads words from a text.

    Args:
        text: a script, or what stood in braces.
        line: number of its first line.
        file: the file told in error sentences.
    """

    def __init__(self, text: str, line: int = 1, file: str | os.PathLike[str] | None = None) -> None:
        self.text, self.line, self.file = text, line, file
        self.position = 0

    def fault(self, what: str, line: int | None = None) -> DoublureError:
        """An error that tells the line."""
        return DoublureError(
            f"line {line or self.line}: {what}", file=self.file, remedy="save the script again from Nuke"
        )

    def commands(self) -> Iterator[list[Word]]:
        """Every command as its words, comments left out."""
        while True:
            self._skip(" \t\r\n;")
            if not self._peek():
                return
            if self._peek() == "#":
                self._skip_line()
                continue
            words = []
            while self._peek() not in ("", "\n", ";"):
                words.append(self._word("\n;"))
                self._skip(" \t\r")
            yield words

    def words(self) -> list[Word]:
        """Every word of a list, over line ends."""
        words = []
        self._skip(" \t\r\n")
        while self._peek():
            words.append(self._word("\n"))
            self._skip(" \t\r\n")
        return words

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def _next(self) -> str:
        character = self._peek()
        self.position += 1
        self.line += character == "\n"
        return character

    def _skip(self, characters: str) -> None:
        while self._peek() and self._peek() in characters:
            self._next()

    def _skip_line(self) -> None:
        while self._peek() not in ("", "\n"):
            self._next()

    def _word(self, ends: str) -> Word:
        line = self.line
        opening = self._peek()
        if opening == "{":
            word = Word("braced", self._enclosed("{", "}"), line)
        elif opening == "[":
            word = Word("command", self._enclosed("[", "]"), line)
        elif opening == '"':
            word = Word("text", self._quoted(), line)
        elif opening == "$":
            self._next()
            word = Word("variable", self._bare(ends), line)
        else:
            return Word("text", self._bare(ends), line)
        if self._peek() and self._peek() not in " \t\r" + ends:
            raise self.fault(f"{self._peek()!r} follows a word without a space")
        return word

    def _enclosed(self, opening: str, closing: str) -> str:
        line, start, depth = self.line, self.position + 1, 0
        while True:
            character = self._next()
            if not character:
                raise self.fault(f"{opening!r} is never closed", line)
            if character == "\\":
                self._next()
            depth += (character == opening) - (character == closing)
            if depth == 0:
                return self.text[start : self.position - 1]

    def _quoted(self) -> str:
        line, parts = self.line, []
        self._next()
        while self._peek() != '"':
            if not self._peek():
                raise self.fault("a quote is never closed", line)
            parts.append(self._character())
        self._next()
        return "".join(parts)

    def _bare(self, ends: str) -> str:
        parts = []
        while self._peek() and self._peek() not in " \t\r" + ends:
            parts.append(self._character())
        return "".join(parts)

    def _character(self) -> str:
        character = self._next()
        if character in "[$":
            raise self.fault(f"an unescaped {character!r} would be run by Nuke, and is refused here")
        if character != "\\":
            return character
        if not self._peek():
            raise self.fault("the text ends in a backslash")
        code = self._next()
        if code in "ux":
            return self._numbered(code)
        return _NAMED.get(code, code)

    def _numbered(self, code: str) -> str:
        digits = ""
        while len(digits) < (4 if code == "u" else 2) and self._peek() and self._peek() in _HEX:
            digits += self._next()
        return chr(int(digits, 16)) if digits else code
