"""Arguments and their types that several verbs share; a bad one is a wrong usage."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from doublure.core.errors import DoublureError
from doublure.core.pattern import Sequence

_ASSIGNMENT = re.compile(r"[A-Za-z][A-Za-z0-9_]*\.[a-z][a-z0-9_]*=.*", re.DOTALL)


def frame_numbers(text: str) -> list[int]:
    """``1001-1048``, ``1001-1100x2`` or ``1,5,9`` as numbers, ascending."""
    try:
        return Sequence.parse("frames.####.exr", text).numbers
    except DoublureError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a frame range like 1001-1048 or 1001-1100x2"
        ) from error


def frame_range(text: str) -> str:
    """A frame range as typed, checked."""
    frame_numbers(text)
    return text


def assignment(text: str) -> str:
    """``node.param=value`` as typed, its form checked."""
    if not _ASSIGNMENT.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form node.param=value")
    return text


def add_consent(parser: argparse.ArgumentParser, whose: str) -> None:
    """``--consent``, ``--trust`` and ``--project``: what everybody in it agreed to. ``whose``: help of the records."""
    parser.add_argument(
        "--consent", action="extend", nargs="+", type=Path, default=[], metavar="RECORD", help=whose
    )
    parser.add_argument("--trust", type=Path, metavar="FILE", help="the studio's trust file")
    parser.add_argument("--project", default="", help="the project's id, as the records write it")
