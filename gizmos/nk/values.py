"""How text and numbers are written as one word of a script (Tcl's rules for words)."""

from __future__ import annotations

import math
import re

from doublure.core.errors import DoublureError
from doublure.gizmos.nk.syntax import Braced, Value

_PLAIN = re.compile(r"[A-Za-z0-9_./:%@=<>*+-][A-Za-z0-9_./:%@=<>*+#-]*")
# Braces are escaped too: a quoted word may stand in a braced list, where Tcl counts braces and not quotes.
_ESCAPED = {"\\": "\\\\", '"': '\\"', "[": "\\[", "{": "\\{", "}": "\\}", "$": "\\$"}
_NAMED = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def word(value: Value) -> str:
    """One word of a script.

    Raises:
        DoublureError: text with a NUL or a lone surrogate, or braces that do not match.
    """
    return f"{{{_balanced(value.text)}}}" if isinstance(value, Braced) else quoted(value)


def quoted(text: str) -> str:
    """Text as a word: bare where that is safe, else in quotes with everything escaped that Tcl would act on."""
    return text if _PLAIN.fullmatch(text) else '"' + "".join(map(_escape, text)) + '"'


def number(value: float) -> str:
    """The shortest decimal that reads back as the same number: 1, 0.35, 2147483647.

    Raises:
        DoublureError: it is not finite.
    """
    if not math.isfinite(value):
        raise DoublureError(f"{value} cannot be written to a Nuke script", remedy="give a finite number")
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(float(value))


def _escape(character: str) -> str:
    if character in _ESCAPED:
        return _ESCAPED[character]
    if character in _NAMED:
        return _NAMED[character]
    if character == "\0" or "\ud800" <= character <= "\udfff":
        raise DoublureError(
            f"the character U+{ord(character):04X} cannot be written to a Nuke script",
            remedy="remove it from the text",
        )
    # Line ends that only Unicode knows would split the line for some readers.
    if ord(character) < 32 or character in "\x7f\x85\u2028\u2029":
        return f"\\u{ord(character):04x}"
    return character


def _balanced(text: str) -> str:
    depth, position = 0, 0
    while position < len(text):
        if text[position] == "\\":
            position += 1
        elif text[position] == "{":
            depth += 1
        elif text[position] == "}":
            depth -= 1
        if depth < 0:
            break
        position += 1
    if depth != 0 or position > len(text):
        raise DoublureError(
            f"the braces of {text!r} do not match", remedy="close every brace, or escape it with \\"
        )
    return text
