from __future__ import annotations

from pathlib import Path

import pytest

from doublure.core.errors import DoublureError
from doublure.gizmos.manifest import NAME
from doublure.gizmos.natron import install as natron
from doublure.gizmos.nuke import install as nuke
from doublure.gizmos.packaged import files_of


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("init", [None, b"", b"import os\n", b"x = 1"])
def test_nuke_installed_and_uninstalled_leaves_the_folder_as_it_was(
    tmp_path: Path, init: bytes | None
) -> None:
    if init is not None:
        (tmp_path / "init.py").write_bytes(init)
    before = tree(tmp_path)
    assert nuke.install(tmp_path).touched
    assert nuke.install(tmp_path).touched == ()
    assert (tmp_path / "init.py").read_bytes().count(nuke.LINE.encode()) == 1
    installed = {name.removeprefix("doublure/") for name in tree(tmp_path) if name.startswith("doublure/")}
    assert installed == {*files_of("nuke"), NAME}
    assert nuke.uninstall(tmp_path).touched
    assert tree(tmp_path) == before
    assert nuke.uninstall(tmp_path).touched == ()


def test_an_init_file_that_the_user_filled_since_outlives_the_tools(tmp_path: Path) -> None:
    nuke.install(tmp_path)
    with open(tmp_path / "init.py", "ab") as file:
        file.write(b"import mine\n")
    nuke.uninstall(tmp_path)
    assert tree(tmp_path) == {"init.py": b"import mine\n"}


def test_a_foreign_folder_of_the_name_stops_nukes_install_before_its_init_is_touched(tmp_path: Path) -> None:
    (tmp_path / "doublure").mkdir()
    (tmp_path / "doublure" / "mine.py").write_bytes(b"")
    (tmp_path / "init.py").write_bytes(b"a\n")
    with pytest.raises(DoublureError, match="not installed by Doublure"):
        nuke.install(tmp_path)
    assert tree(tmp_path) == {"init.py": b"a\n", "doublure/mine.py": b""}


def test_natron_installed_and_uninstalled_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "init.py").write_bytes(b"a\n")
    before = tree(tmp_path)
    assert natron.install(tmp_path).touched
    assert natron.install(tmp_path).touched == ()
    installed = {name.removeprefix("Doublure/") for name in tree(tmp_path) if name.startswith("Doublure/")}
    assert installed == {*files_of("natron"), NAME}
    natron.uninstall(tmp_path)
    assert tree(tmp_path) == before
    assert natron.uninstall(tmp_path).touched == ()
