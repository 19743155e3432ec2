from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from doublure.core.errors import DoublureError
from doublure.nodes.service.faults import BadRequest
from doublure.nodes.service.segments import attach, create

SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW


def memfd(size: int, seals: int) -> int:
    descriptor = os.memfd_create("test", os.MFD_ALLOW_SEALING)
    os.ftruncate(descriptor, size)
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    return descriptor


def test_both_sides_see_the_same_bytes() -> None:
    descriptor, ours = create(4096)
    theirs = attach(descriptor, 4096)
    os.close(descriptor)
    ours[:3] = b"abc"
    assert theirs[:3] == b"abc"
    theirs[5:6] = b"!"
    assert ours[5:6] == b"!"


def test_memory_that_was_made_can_neither_shrink_nor_grow() -> None:
    descriptor, _ = create(4096)
    for size in (0, 8192):
        with pytest.raises(PermissionError):
            os.ftruncate(descriptor, size)
    os.close(descriptor)


@pytest.mark.parametrize("seals", [0, fcntl.F_SEAL_SHRINK, fcntl.F_SEAL_GROW])
def test_memory_that_its_owner_could_truncate_is_refused(seals: int) -> None:
    descriptor = memfd(4096, seals)
    with pytest.raises(BadRequest, match="not sealed"):
        attach(descriptor, 4096)
    os.close(descriptor)


@pytest.mark.parametrize("size", [4097, 1 << 40])
def test_memory_that_is_smaller_than_said_is_refused(size: int) -> None:
    descriptor = memfd(4096, SEALS)
    with pytest.raises(BadRequest, match="smaller than said"):
        attach(descriptor, size)
    os.close(descriptor)


def test_memory_that_cannot_be_written_is_refused() -> None:
    descriptor = memfd(4096, SEALS | fcntl.F_SEAL_WRITE)
    with pytest.raises(BadRequest, match="cannot be mapped"):
        attach(descriptor, 4096)
    os.close(descriptor)


def test_a_file_a_pipe_and_a_device_are_no_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(4096))
    ends = os.pipe()
    for descriptor in (os.open(tmp_path / "file", os.O_RDWR), os.open("/dev/zero", os.O_RDWR), *ends):
        with pytest.raises(BadRequest, match="sealed"):
            attach(descriptor, 4096)
        os.close(descriptor)


def test_memory_that_there_is_not_is_one_sentence() -> None:
    with pytest.raises(DoublureError, match="no 4611686018427387904 bytes of shared memory"):
        create(1 << 62)
