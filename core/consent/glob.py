"""Globs in records and trust files: ``*``, ``?``, ``[abc]``; case counts, the whole name must fit."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase


def fits(name: str, globs: Iterable[str]) -> bool:
    """Whether one of the globs fits ``name``."""
    return any(fnmatchcase(name, glob) for glob in globs)
