from __future__ import annotations

from pathlib import Path

import pytest

from doublure.core.errors import DoublureError
from doublure.nodes.service.log import LOG, open_log


def test_the_log_is_rotated_and_its_user_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "state/doublure/service.log"
    handler = open_log(path)
    for _ in range(60):
        LOG.info("%s", "x" * 100_000)
    LOG.removeHandler(handler)
    handler.close()
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["service.log", *(f"service.log.{n}" for n in (1, 2, 3))]
    for file in files:
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.stat().st_size <= 1 << 20


def test_a_client_cannot_forge_a_line(tmp_path: Path) -> None:
    handler = open_log(tmp_path / "service.log")
    LOG.info("%s connects", "evil\n2026-01-01 00:00:00 1 INFO stopping\x1b[2J")
    LOG.removeHandler(handler)
    handler.close()
    text = (tmp_path / "service.log").read_text()
    assert text.count("\n") == 1
    assert "\x1b" not in text


def test_a_log_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DoublureError, match="log cannot be written"):
        open_log(tmp_path / "file/service.log")
