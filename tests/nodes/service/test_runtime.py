from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from doublure.core.errors import DoublureError
from doublure.nodes.service import runtime as r


def test_the_folder_is_made_for_its_user_alone(runtime: Path) -> None:
    old = os.umask(0)
    try:
        assert r.private_folder() == runtime
    finally:
        os.umask(old)
    assert runtime.stat().st_mode & 0o777 == 0o700


def test_the_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, runtime: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/7")
    assert r.folder() == runtime
    monkeypatch.delenv("DOUBLURE_RUNTIME_DIR")
    assert r.folder() == Path("/run/user/7/doublure")
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert r.folder() == Path(f"/tmp/doublure-{os.getuid()}")


@pytest.mark.parametrize("mode", [0o701, 0o710, 0o770, 0o755, 0o777])
def test_a_folder_that_is_open_to_others_is_refused(runtime: Path, mode: int) -> None:
    runtime.mkdir()
    runtime.chmod(mode)
    with pytest.raises(DoublureError, match=r"run: .* is open to other users; .*DOUBLURE_RUNTIME_DIR"):
        r.connect()


def test_a_link_is_refused_even_to_a_good_folder(runtime: Path, tmp_path: Path) -> None:
    (tmp_path / "good").mkdir(mode=0o700)
    runtime.symlink_to(tmp_path / "good")
    with pytest.raises(DoublureError, match="is a link or no folder"):
        r.private_folder()


def test_a_file_in_its_place_is_refused(runtime: Path) -> None:
    runtime.write_text("")
    with pytest.raises(DoublureError, match="is a link or no folder"):
        r.private_folder()


def test_a_folder_of_another_user_is_refused(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime.mkdir(mode=0o700)
    monkeypatch.setattr(os, "getuid", lambda: runtime.stat().st_uid + 1)
    with pytest.raises(DoublureError, match="belongs to another user"):
        r.private_folder()


def test_a_folder_that_cannot_be_made_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUBLURE_RUNTIME_DIR", "/nowhere/at/all")
    with pytest.raises(DoublureError, match="cannot be made"):
        r.private_folder()


def test_a_path_too_long_for_a_socket_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 100)
    monkeypatch.setenv("DOUBLURE_RUNTIME_DIR", str(long))
    for call in (r.connect, r.listen):
        with pytest.raises(DoublureError, match="too long for a socket; set DOUBLURE_RUNTIME_DIR"):
            call()


def test_nobody_listens_where_there_is_no_socket_or_a_stale_one(runtime: Path) -> None:
    assert r.connect() is None
    r.listen().close()
    assert (runtime / "service.sock").exists()
    assert r.connect() is None


def test_a_stale_socket_is_replaced(runtime: Path) -> None:
    r.listen().close()
    listener = r.listen()
    found = r.connect()
    assert found is not None
    found.close()
    listener.close()
    assert (runtime / "service.sock").stat().st_mode & 0o777 == 0o600


def test_a_lock_is_held_once(runtime: Path) -> None:
    with r.locked("service.lock", 0) as first:
        with r.locked("service.lock", 0.1) as second:
            assert (first, second) == (True, False)
        with r.locked("spawn.lock", 0) as other:
            assert other
    with r.locked("service.lock", 0) as again:
        assert again


def test_a_lock_that_is_a_link_is_not_followed(runtime: Path, tmp_path: Path) -> None:
    runtime.mkdir(mode=0o700)
    (runtime / "service.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DoublureError, match="lock file cannot be opened"), r.locked("service.lock", 0):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_the_other_end_s_user_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    assert not r.other_user(ours)
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    assert r.other_user(ours)
    ours.close()
    theirs.close()
