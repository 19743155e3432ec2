from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from doublure.core.errors import DoublureError
from doublure.core.provenance.c4 import c4_of
from doublure.core.provenance.hashes import FileHash, hash_file, hash_files


def test_a_file_has_the_hash_of_its_bytes(tmp_path: Path) -> None:
    data = bytes(range(256)) * 40000
    (tmp_path / "a").write_bytes(data)
    expected = FileHash(len(data), hashlib.sha256(data).hexdigest(), c4_of(data))
    assert hash_file(tmp_path / "a", c4=True) == expected


def test_an_empty_file_has_a_hash(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert hash_file(tmp_path / "a") == FileHash(0, hashlib.sha256(b"").hexdigest(), None)


@pytest.mark.parametrize("threads", [1, 3])
def test_many_files_come_back_in_order_and_a_missing_one_does_not_stop_the_others(
    tmp_path: Path, threads: int
) -> None:
    for number in range(9):
        (tmp_path / str(number)).write_bytes(bytes([number]) * (1 + 1000 * (9 - number)))
    (tmp_path / "4").unlink()
    counts: list[int] = []
    files = [(number, tmp_path / str(number)) for number in range(9)]
    found = hash_files(files, threads=threads, progress=counts.append)
    assert counts == list(range(1, 10))
    fault = found.pop(4)
    assert isinstance(fault, DoublureError)
    assert fault.frame == 4
    assert [h.size for h in found] == [1 + 1000 * (9 - n) for n in range(9) if n != 4]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="not a plain file"):
        hash_file(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DoublureError, match="not a plain file"):
        hash_file(tmp_path / "pipe")


def test_a_link_that_leads_to_itself_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "a")
    with pytest.raises(DoublureError, match="cannot be read"):
        hash_file(tmp_path / "a")
