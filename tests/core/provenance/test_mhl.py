from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from doublure.core.errors import DoublureError
from doublure.core.provenance.c4 import c4_of
from doublure.core.provenance.mhl import MediaFile, write_history

NOW = datetime(2026, 11, 24, 10, 0, 5, tzinfo=UTC)
FILES = [MediaFile(f"a & b.{n}.exr", n, c4_of(bytes([n])), NOW) for n in (1, 2)]
SPACE = {"m": "urn:ASC:MHL:v2.0", "d": "urn:ASC:MHL:DIRECTORY:v2.0"}


def test_every_file_is_listed_with_its_c4_identifier(tmp_path: Path) -> None:
    hash_list, _ = write_history(tmp_path, FILES, NOW)
    assert hash_list.name == f"0001_{tmp_path.name}_2026-11-24_100005Z.mhl"
    root = ElementTree.parse(hash_list).getroot()
    entries = root.findall("m:hashes/m:hash", SPACE)
    assert [(e.findtext("m:path", "", SPACE), e.findtext("m:c4", "", SPACE)) for e in entries] == [
        (file.name, file.c4) for file in FILES
    ]
    assert [e.find("m:path", SPACE).get("size") for e in entries] == ["1", "2"]


def test_the_chain_holds_the_c4_identifier_of_the_hash_list(tmp_path: Path) -> None:
    hash_list, chain = write_history(tmp_path, FILES, NOW)
    entry = ElementTree.parse(chain).getroot().find("d:hashlist", SPACE)
    assert entry.get("sequencenr") == "1"
    assert entry.findtext("d:path", "", SPACE) == hash_list.name
    assert entry.findtext("d:c4", "", SPACE) == c4_of(hash_list.read_bytes())


def test_a_history_that_says_the_same_is_kept(tmp_path: Path) -> None:
    first = write_history(tmp_path, FILES, NOW)
    before = [path.read_bytes() for path in first]
    assert write_history(tmp_path, FILES, NOW.replace(year=2027)) == first
    assert [path.read_bytes() for path in first] == before


@pytest.mark.parametrize(
    "files", [FILES[:1], [*FILES, replace(FILES[0], name="b")], [FILES[0], replace(FILES[1], c4=c4_of(b"x"))]]
)
def test_a_history_of_other_content_is_never_overwritten(tmp_path: Path, files: list[MediaFile]) -> None:
    hash_list, _ = write_history(tmp_path, FILES, NOW)
    before = hash_list.read_bytes()
    with pytest.raises(DoublureError, match="not those that it lists; raise the version"):
        write_history(tmp_path, files, NOW)
    assert hash_list.read_bytes() == before


def test_a_history_with_more_generations_is_left_to_its_own_tool(tmp_path: Path) -> None:
    write_history(tmp_path, FILES, NOW)
    (tmp_path / "ascmhl" / "0002_x_2027-01-01_000000Z.mhl").write_text("<hashlist/>")
    with pytest.raises(DoublureError, match="another tool"):
        write_history(tmp_path, FILES, NOW)


def test_a_broken_history_is_told(tmp_path: Path) -> None:
    hash_list, _ = write_history(tmp_path, FILES, NOW)
    hash_list.write_text("<hashlist")
    with pytest.raises(DoublureError, match="cannot be read"):
        write_history(tmp_path, FILES, NOW)
