from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from doublure.core.errors import DoublureError
from doublure.pipeline_hooks.staging import Staging


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "a.bin").write_bytes(b"abc")
    return tmp_path / "a.bin"


def test_a_version_appears_whole(tmp_path: Path, source: Path) -> None:
    staging = Staging(tmp_path / "show/v001")
    staging.copy(source, "frames/a.bin", hashlib.sha256(b"abc").hexdigest())
    assert not (tmp_path / "show/v001").exists()
    assert staging.publish() == tmp_path / "show/v001"
    assert (tmp_path / "show/v001/frames/a.bin").read_bytes() == b"abc"
    assert [path.name for path in (tmp_path / "show").iterdir()] == ["v001"]


def test_relative_paths_out_of_it_stay_true(tmp_path: Path) -> None:
    staging = Staging(tmp_path / "show/v001")
    assert staging.folder.parent == staging.target.parent


@pytest.mark.parametrize("moved", [False, True])
def test_what_is_discarded_is_gone(tmp_path: Path, source: Path, moved: bool) -> None:
    staging = Staging(tmp_path / "show/v001")
    staging.copy(source, "a.bin")
    if moved:
        staging.publish()
    staging.discard()
    assert list((tmp_path / "show").iterdir()) == []
    staging.discard()


def test_what_is_there_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "v001").mkdir()
    with pytest.raises(DoublureError, match="published already"):
        Staging(tmp_path / "v001")
    (tmp_path / "v002").symlink_to(tmp_path / "nowhere")
    with pytest.raises(DoublureError, match="published already"):
        Staging(tmp_path / "v002")


def test_what_comes_meanwhile_is_not_replaced_and_not_discarded(tmp_path: Path) -> None:
    staging = Staging(tmp_path / "v001")
    (tmp_path / "v001").mkdir()
    with pytest.raises(DoublureError, match="published already"):
        staging.publish()
    staging.discard()
    assert [path.name for path in tmp_path.iterdir()] == ["v001"]


def test_a_file_that_has_changed_is_refused(tmp_path: Path, source: Path) -> None:
    staging = Staging(tmp_path / "v001")
    with pytest.raises(DoublureError, match=r"frame 7.*has changed"):
        staging.copy(source, "a.bin", "0" * 64, 7)


def test_a_name_is_given_once_and_a_missing_source_is_told(tmp_path: Path, source: Path) -> None:
    staging = Staging(tmp_path / "v001")
    staging.copy(source, "a.bin")
    with pytest.raises(DoublureError, match="cannot be copied"):
        staging.copy(source, "a.bin")
    with pytest.raises(DoublureError, match="cannot be copied"):
        staging.copy(tmp_path / "none", "b.bin")


def test_a_place_that_cannot_be_made_is_told(tmp_path: Path, source: Path) -> None:
    with pytest.raises(DoublureError, match="cannot be made"):
        Staging(source / "v001")
