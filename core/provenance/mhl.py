"""An ASC MHL v2.0 history of the delivered frames, for the tools that copy and archive them.

Written here and not with the package ``ascmhl``: two short XML files, against a package that brings lxml, Click,
requests and a folder ``tests`` of its own into the environment.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError
from doublure.core.provenance.c4 import c4_of

FOLDER = "ascmhl"
CHAIN = "ascmhl_chain.xml"
_LIST_SPACE = "urn:ASC:MHL:v2.0"
_CHAIN_SPACE = "urn:ASC:MHL:DIRECTORY:v2.0"
_IGNORED = (".DS_Store", "ascmhl", "ascmhl/")


@dataclass(frozen=True)
class MediaFile:
    """A file directly in the folder: its name, size in bytes, C4 identifier and time of change (aware)."""

    name: str
    size: int
    c4: str
    changed: datetime


def write_history(folder: Path, files: Sequence[MediaFile], now: datetime) -> tuple[Path, Path]:
    """Write the first generation of ``folder``'s history, or keep the one that says the same.

    Args:
        folder: where the files lie; its ``ascmhl`` folder is made.
        files: all hashed just now.
        now: aware.

    Returns:
        The hash list and the chain file.

    Raises:
        DoublureError: a history is there that lists other files or other content; it cannot be read or written.
    """
    place = folder / FOLDER
    if place.is_dir() and any(place.iterdir()):
        return _same_history(place, files)
    name = f"0001_{folder.absolute().name}_{now.astimezone(UTC):%Y-%m-%d_%H%M%SZ}.mhl"
    try:
        place.mkdir(exist_ok=True)
    except OSError as error:
        raise DoublureError(
            f"the folder cannot be made ({error.strerror or error})", file=place, remedy="check the rights"
        ) from error
    text = _hash_list(files, now)
    _write(place / name, text)
    _write(place / CHAIN, _chain(name, text))
    return place / name, place / CHAIN


def _hash_list(files: Sequence[MediaFile], now: datetime) -> bytes:
    root = ElementTree.Element("hashlist", {"version": "2.0", "xmlns": _LIST_SPACE})
    creator = ElementTree.SubElement(root, "creatorinfo")
    _leaf(creator, "creationdate", _iso(now))
    _leaf(creator, "hostname", platform.node() or "unknown")
    _leaf(creator, "tool", "doublure", version=version("doublure"))
    process = ElementTree.SubElement(root, "processinfo")
    _leaf(process, "process", "in-place")
    ignore = ElementTree.SubElement(process, "ignore")
    for pattern in _IGNORED:
        _leaf(ignore, "pattern", pattern)
    hashes = ElementTree.SubElement(root, "hashes")
    for file in files:
        entry = ElementTree.SubElement(hashes, "hash")
        _leaf(entry, "path", file.name, size=str(file.size), lastmodificationdate=_iso(file.changed))
        _leaf(entry, "c4", file.c4, action="original", hashdate=_iso(now))
    return _text(root)


def _chain(name: str, hash_list: bytes) -> bytes:
    root = ElementTree.Element("ascmhldirectory", {"xmlns": _CHAIN_SPACE})
    entry = ElementTree.SubElement(root, "hashlist", {"sequencenr": "1"})
    _leaf(entry, "path", name)
    _leaf(entry, "c4", c4_of(hash_list))
    return _text(root)


def _same_history(place: Path, files: Sequence[MediaFile]) -> tuple[Path, Path]:
    """The one generation that is there, if it lists exactly these files with exactly this content."""
    lists = sorted(place.glob("*.mhl"))
    chain = place / CHAIN
    if len(lists) != 1 or not chain.is_file():
        raise DoublureError(
            "the frames have an ASC MHL history of another tool already",
            file=place,
            remedy="publish to a folder of its own",
        )
    try:
        text = lists[0].read_bytes()
        root = ElementTree.fromstring(text)
        told = chain.read_bytes()
    except (OSError, ElementTree.ParseError) as error:
        raise DoublureError(
            "the ASC MHL history cannot be read",
            file=lists[0],
            remedy="get the original, or raise the version",
        ) from error
    space = {"m": _LIST_SPACE}
    known = {
        entry.findtext("m:path", namespaces=space): entry.findtext("m:c4", namespaces=space)
        for entry in root.iterfind("m:hashes/m:hash", space)
    }
    if told != _chain(lists[0].name, text) or known != {file.name: file.c4 for file in files}:
        raise DoublureError(
            "the frames have an ASC MHL history already, and are not those that it lists",
            file=lists[0],
            remedy=f"raise the version, or delete the folder {FOLDER} where this version was never delivered",
        )
    return lists[0], chain


def _leaf(parent: ElementTree.Element, name: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, name, attributes).text = text


def _text(root: ElementTree.Element) -> bytes:
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return text + b"\n"


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def _write(path: Path, text: bytes) -> None:
    with atomic_file(path) as temporary:
        temporary.write_bytes(text)
