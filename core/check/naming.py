"""Are the files named as a delivery wants it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from doublure.core.check.finding import Finding

_LEGAL = re.compile(r"[A-Za-z0-9._-]+")
_VERSION = re.compile(r"v\d{3,}")
_NUMBERED = re.compile(r"(?P<name>.+)\.(?P<number>-?\d+)\.exr")


def check_naming(
    files: Iterable[tuple[int, Path]], shot: str, version: str, *, digits: int = 4
) -> list[Finding]:
    """Names like ``sq010_sh0100_comp_v003.1001.exr``.

    Letters, digits, dot, underscore and hyphen only; the shot's name first; the version, ``v`` and three digits or
    more, as a word of its own and no other version beside it; the frame's number in ``digits`` digits; one name for
    all frames.

    Args: files: frame numbers and paths. shot, version: of the shot.
    """
    out = []
    if not _VERSION.fullmatch(version):
        out.append(Finding(None, f"the version {version!r} is not v and three digits", "name it like v003"))
    names: dict[str, int] = {}
    for number, path in sorted(files):
        fault = _fault(number, path.name, shot, version, digits)
        if fault is not None:
            out.append(Finding(number, f"the name {path.name} {fault}", "name the files anew"))
            continue
        match = _NUMBERED.fullmatch(path.name)
        names.setdefault(match["name"] if match else path.name, number)
    first, *others = names.items() or [("", 0)]
    for name, number in others:
        out.append(
            Finding(
                number, f"the name changes from {first[0]} to {name}", "give all frames of a shot one name"
            )
        )
    return out


def _fault(number: int, name: str, shot: str, version: str, digits: int) -> str | None:
    if not _LEGAL.fullmatch(name):
        return "holds characters other than letters, digits, dot, underscore and hyphen"
    match = _NUMBERED.fullmatch(name)
    if match is None:
        return "does not end in a frame number and .exr"
    written = match["number"].lstrip("-")
    if int(match["number"]) != number or len(written) != max(digits, len(str(abs(number)))):
        return f"does not have the frame's number in {digits} digits"
    words = re.split(r"[._]", match["name"])
    if not (match["name"] == shot or match["name"].startswith((f"{shot}_", f"{shot}."))):
        return f"does not begin with the shot's name {shot}"
    found = [word for word in words if _VERSION.fullmatch(word)]
    return None if found == [version] else f"does not hold the version {version}"
