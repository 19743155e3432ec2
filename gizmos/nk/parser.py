"""Reads a Nuke script. Commands in brackets, expressions and Python in it are text: nothing is run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from doublure.core.errors import DoublureError
from doublure.gizmos.nk.syntax import (
    Braced,
    Declaration,
    Knob,
    Node,
    Push,
    Script,
    Set,
    Statement,
    UserKnob,
    Version,
)
from doublure.gizmos.nk.words import Reader, Word

_GROUPS = ("Group", "Gizmo")
_DECLARATIONS = ("add_layer", "define_window_layout_xml")
_TYPE = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_STACK = re.compile(r"stack (\d+)")
_DEEPEST = 64


def parse_file(path: str | os.PathLike[str]) -> Script:
    """The statements of a .nk file.

    Raises:
        DoublureError: it cannot be read, is not UTF-8, or is no script that this reader knows.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise DoublureError(f"the script cannot be read ({error.strerror})", file=path) from error
    except UnicodeDecodeError as error:
        raise DoublureError(
            "the script is not UTF-8 text", file=path, remedy="save it again from Nuke"
        ) from error
    return parse(text, path)


def parse(text: str, file: str | os.PathLike[str] | None = None) -> Script:
    """The statements of a script.

    Args:
        text: the script.
        file: told in error sentences.

    Raises:
        DoublureError: with the line: unmatched braces or quotes, unknown commands, clones, ``end_group`` without
            its group or missing, and unescaped brackets or dollars where a value is expected.
    """
    reader = Reader(text, file=file)
    return _statements(reader, reader.commands(), group=None)


def _statements(
    reader: Reader, commands: Iterator[list[Word]], group: int | None, depth: int = 0
) -> tuple[Statement, ...]:
    if depth > _DEEPEST:
        raise reader.fault(f"groups are nested more than {_DEEPEST} deep")
    statements: list[Statement] = []
    for words in commands:
        name, line = words[0].text, words[0].line
        if words[0].kind != "text":
            raise reader.fault("a command was expected", line)
        if name == "end_group":
            if group is None or len(words) > 1:
                raise reader.fault("end_group without a Group", line)
            return tuple(statements)
        if name == "clone":
            raise reader.fault("clones are not supported; declone the node first", line)
        statement = _statement(reader, words)
        if isinstance(statement, Node) and name in _GROUPS:
            children = _statements(reader, commands, line, depth + 1)
            statement = Node(statement.type, statement.knobs, children)
        statements.append(statement)
    if group is not None:
        raise reader.fault("the Group is never closed by end_group", group)
    return tuple(statements)


def _statement(reader: Reader, words: list[Word]) -> Statement:
    name, line, rest = words[0].text, words[0].line, words[1:]
    kinds = [word.kind for word in rest]
    if name == "version" and kinds == ["text", "text"]:
        return Version(rest[0].text, rest[1].text)
    if name == "set" and kinds == ["text", "command"]:
        match = _STACK.fullmatch(rest[1].text)
        if match:
            return Set(rest[0].text, int(match[1]))
    if name == "push" and kinds == ["variable"]:
        return Push(rest[0].text)
    if name == "push" and kinds == ["text"] and rest[0].text == "0":
        return Push(None)
    if name in _DECLARATIONS and kinds == ["braced"]:
        return Declaration(name, rest[0].text)
    if kinds == ["braced"] and _TYPE.fullmatch(name) and name not in ("set", "push", "version"):
        inner = Reader(rest[0].text, rest[0].line, reader.file)
        return Node(name, tuple(_knob(inner, knob) for knob in inner.commands()))
    raise reader.fault(f"{name!r} is not a statement that is known here", line)


def _knob(reader: Reader, words: list[Word]) -> Knob | UserKnob:
    line = words[0].line
    if words[0].kind != "text" or len(words) != 2:
        raise reader.fault("a knob's name and one value were expected", line)
    name, value = words[0].text, words[1]
    if name == "addUserKnob":
        if value.kind != "braced":
            raise reader.fault("addUserKnob needs braces", line)
        return _user_knob(Reader(value.text, value.line, reader.file))
    if value.kind == "braced":
        return Knob(name, Braced(value.text))
    if value.kind != "text":
        raise reader.fault(f"the value of {name} would be run by Nuke, and is refused here", line)
    return Knob(name, value.text)


def _user_knob(reader: Reader) -> UserKnob:
    words = reader.words()
    if len(words) < 2 or not words[0].text.isdecimal():
        raise reader.fault("addUserKnob needs a number and a name")
    knob = UserKnob(int(words[0].text), words[1].text)
    rest = iter(words[2:])
    for option in rest:
        try:
            knob = _with_option(knob, option.text, rest, reader)
        except StopIteration:
            raise reader.fault(
                f"the option {option.text} of addUserKnob lacks its value", option.line
            ) from None
        except ValueError as error:
            raise reader.fault(
                f"the option {option.text} of addUserKnob needs numbers", option.line
            ) from error
    return knob


def _with_option(knob: UserKnob, option: str, rest: Iterator[Word], reader: Reader) -> UserKnob:
    if option[:1] in "+-" and option[1:2].isalpha():
        return replace(knob, flags=(*knob.flags, option))
    if option == "l":
        return replace(knob, label=next(rest).text)
    if option == "t":
        return replace(knob, tip=next(rest).text)
    if option == "T":
        return replace(knob, text=next(rest).text)
    if option == "R":
        return replace(knob, limits=(float(next(rest).text), float(next(rest).text)))
    if option == "n":
        return replace(knob, level=int(next(rest).text))
    if option == "M":
        word = next(rest)
        entries = Reader(word.text, word.line, reader.file).words()
        return replace(knob, choices=tuple(entry.text for entry in entries))
    raise reader.fault(f"addUserKnob has no option {option!r} that is known here")
