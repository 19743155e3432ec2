from __future__ import annotations

import hashlib
import subprocess
import zipfile
from pathlib import Path

import pytest

from doublure.core import weights
from doublure.core.errors import DoublureError

CONTENT = b"weights of nothing"
MEMBER = "toy/data/toy.tflite"


def toy_pack(content: bytes = CONTENT, member: str = MEMBER) -> weights.Pack:
    entry = weights.PackFile("toy.tflite", member, hashlib.sha256(content).hexdigest())
    return weights.Pack("toy", "1", "CC0-1.0", "a toy", "toy-package", "1.2.3", {"toy.tflite": entry})


class Pip:
    """Stands in for ``pip download``: drops a wheel into the folder after -d, or fails as pip does."""

    def __init__(self, files: dict[str, bytes] | None) -> None:
        self.files, self.calls = files, 0

    def __call__(self, command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        self.calls += 1
        if self.files is None:
            return subprocess.CompletedProcess(command, 1, "", "ERROR: No matching distribution found\n")
        wheel = Path(command[command.index("-d") + 1]) / "toy_package-1.2.3-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, content in self.files.items():
                archive.writestr(name, content)
        return subprocess.CompletedProcess(command, 0, "", "")


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.delenv("DOUBLURE_WEIGHTS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(weights, "PACKS", {"toy": toy_pack()})
    return tmp_path / "doublure" / "weights" / "toy-1"


def pip(monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes] | None) -> Pip:
    stand_in = Pip(files)
    monkeypatch.setattr(weights.subprocess, "run", stand_in)
    return stand_in


def test_a_missing_file_is_fetched_from_the_wheel_into_the_cache(cache, monkeypatch):
    pip(monkeypatch, {MEMBER: CONTENT, "toy/__init__.py": b"raise SystemExit"})
    assert weights.path("toy", "toy.tflite").read_bytes() == CONTENT
    assert [file.name for file in cache.iterdir()] == ["toy.tflite"]


def test_a_file_in_the_cache_is_not_fetched_again(cache, monkeypatch):
    stand_in = pip(monkeypatch, {MEMBER: CONTENT})
    weights.fetch_all()
    weights.fetch_all()
    assert stand_in.calls == 1


def test_a_wheel_with_other_weights_is_refused_with_both_hashes_and_leaves_nothing(cache, monkeypatch):
    pip(monkeypatch, {MEMBER: b"other"})
    heads = [hashlib.sha256(content).hexdigest()[:12] for content in (b"other", CONTENT)]
    with pytest.raises(DoublureError, match=f"{heads[0]}.*{heads[1]}"):
        weights.fetch("toy")
    assert list(cache.iterdir()) == []


def test_a_damaged_file_in_the_cache_is_refused(cache, monkeypatch):
    pip(monkeypatch, {MEMBER: CONTENT})
    weights.fetch("toy")
    (cache / "toy.tflite").write_bytes(CONTENT[:-1])
    with pytest.raises(DoublureError, match="not the pinned weights"):
        weights.path("toy", "toy.tflite")


def test_without_a_network_the_sentence_tells_how_to_fetch_beforehand(cache, monkeypatch):
    pip(monkeypatch, None)
    with pytest.raises(DoublureError, match=r"toy-package==1\.2\.3.*DOUBLURE_WEIGHTS") as caught:
        weights.path("toy", "toy.tflite")
    assert "No matching distribution" in str(caught.value)


def test_a_wheel_without_the_member_is_refused(cache, monkeypatch):
    pip(monkeypatch, {"toy/other": CONTENT})
    with pytest.raises(DoublureError, match="no readable toy/data"):
        weights.fetch("toy")


def test_a_cache_that_cannot_be_made_is_told(cache, monkeypatch):
    cache.parent.parent.parent.joinpath("doublure").write_bytes(b"a file in the way")
    pip(monkeypatch, {MEMBER: CONTENT})
    with pytest.raises(DoublureError, match="cannot be stored"):
        weights.fetch("toy")


def test_an_override_folder_is_used_by_name_and_never_downloads(cache, monkeypatch, tmp_path):
    stand_in = pip(monkeypatch, {MEMBER: CONTENT})
    monkeypatch.setenv("DOUBLURE_WEIGHTS", str(tmp_path))
    with pytest.raises(DoublureError, match="nothing is downloaded while DOUBLURE_WEIGHTS is set"):
        weights.path("toy", "toy.tflite")
    (tmp_path / "toy.tflite").write_bytes(CONTENT)
    assert weights.fetch("toy") == [tmp_path / "toy.tflite"]
    assert stand_in.calls == 0


def test_the_listing_says_what_is_here_and_downloads_nothing(cache, monkeypatch):
    stand_in = pip(monkeypatch, {MEMBER: CONTENT})
    assert [(row.file, row.present) for row in weights.listing()] == [("toy.tflite", False)]
    assert stand_in.calls == 0
    weights.fetch_all()
    assert weights.listing()[0].present


@pytest.mark.parametrize(("pack", "file"), [("nobody", "x"), ("toy", "x")])
def test_an_unknown_name_is_told_with_the_known_ones(cache, pack, file):
    with pytest.raises(DoublureError, match=r"name one of toy"):
        weights.path(pack, file)


def test_every_known_pack_pins_release_licence_and_hash():
    for pack in weights.PACKS.values():
        assert pack.licence
        assert pack.package_version.count(".") == 2
        assert all(len(entry.sha256) == 64 for entry in pack.files.values())
