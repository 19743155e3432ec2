from __future__ import annotations

import os
from pathlib import Path

import pytest

from doublure.core.errors import DoublureError
from doublure.gizmos.marked_line import add_line, remove_line

MARK = "# ours"
LINE = f"run()  {MARK}"

BEFORE = [
    b"",
    b"import os\n",
    b"import os",
    b"import os\r\nx = 1\r\n",
    b"import os\r\nx = 1",
    b"\n\n\n",
    b"x = 1\r",
    b"\xff\xfe not text\n",
    b"s = '# ours' + 1\n",
    b"s = '''\n\x0b\x0c\x1c\n'''\n",
]


@pytest.mark.parametrize("content", BEFORE)
def test_a_line_added_and_removed_leaves_every_byte(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "init.py"
    path.write_bytes(content)
    assert add_line(path, LINE, MARK)
    assert path.read_bytes().startswith(content)
    assert path.read_bytes().splitlines()[-1] == LINE.encode()
    assert not add_line(path, LINE, MARK)
    assert remove_line(path, MARK)
    assert path.read_bytes() == content
    assert not remove_line(path, MARK)


def test_lines_that_the_user_adds_later_stay(tmp_path: Path) -> None:
    path = tmp_path / "init.py"
    path.write_bytes(b"a")
    add_line(path, LINE, MARK)
    path.write_bytes(path.read_bytes() + b"\nb\n")
    assert not add_line(path, LINE, MARK)
    remove_line(path, MARK)
    assert path.read_bytes() == b"a\nb\n"


def test_an_older_line_of_ours_is_replaced_and_doubles_become_one(tmp_path: Path) -> None:
    path = tmp_path / "init.py"
    path.write_bytes(b"a\nold()  # ours\nb\nolder()  # ours\r\n")
    assert add_line(path, LINE, MARK)
    assert path.read_bytes() == b"a\nb\n" + LINE.encode() + b"\n"


def test_a_missing_file_is_made(tmp_path: Path) -> None:
    path = tmp_path / "init.py"
    assert add_line(path, LINE, MARK)
    assert path.read_text() == f"{LINE}\n"


def test_a_link_stays_a_link_and_rights_stay(tmp_path: Path) -> None:
    target, path = tmp_path / "settings.py", tmp_path / "init.py"
    target.write_bytes(b"a\n")
    target.chmod(0o640)
    path.symlink_to(target)
    add_line(path, LINE, MARK)
    assert path.is_symlink()
    assert target.read_bytes() == b"a\n" + LINE.encode() + b"\n"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "init.py").mkdir()
    with pytest.raises(DoublureError, match="cannot be read"):
        add_line(tmp_path / "init.py", LINE, MARK)


def test_a_failed_write_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "init.py"
    path.write_bytes(b"a\n")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(DoublureError, match="No space left"):
        add_line(path, LINE, MARK)
    assert path.read_bytes() == b"a\n"
    assert list(tmp_path.iterdir()) == [path]
