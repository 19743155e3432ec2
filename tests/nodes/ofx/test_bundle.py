"""The bundle on the disk, and the compiler that makes it."""

from __future__ import annotations

import json
import plistlib
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from doublure.core.errors import DoublureError
from doublure.nodes.ofx import bundle as bundles
from doublure.nodes.ofx.build import SOURCES, compile_shim, find_compiler
from doublure.nodes.ofx.bundle import BUNDLE, default_folder, install, uninstall
from doublure.nodes.ofx.descriptors import OFFERED, descriptors
from doublure.nodes.ofx.icons import SIZE


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Replaces the compiler by a file."""
    made: list[Path] = []

    def compile_nothing(output: Path, **_: object) -> None:
        made.append(output)
        output.write_bytes(b"\x7fELF")

    monkeypatch.setattr(bundles, "compile_shim", compile_nothing)
    return made


def test_it_is_laid_out_as_the_standard_says(bundle: Path) -> None:
    files = {str(path.relative_to(bundle)) for path in bundle.rglob("*") if path.is_file()}
    assert files == {
        "Contents/Info.plist",
        "Contents/Linux-x86-64/Doublure.ofx",
        "Contents/Resources/descriptors.json",
        "Contents/Resources/doublure.json",
        *(f"Contents/Resources/{name}.png" for name in OFFERED),
    }
    assert bundle.name == "Doublure.ofx.bundle"
    assert (
        plistlib.loads((bundle / "Contents/Info.plist").read_bytes())["CFBundleExecutable"] == "Doublure.ofx"
    )


def test_it_says_what_it_was_made_from(bundle: Path) -> None:
    resources = bundle / "Contents/Resources"
    assert json.loads((resources / "descriptors.json").read_text()) == descriptors()
    assert json.loads((resources / "doublure.json").read_text())["python"] == sys.executable


def test_every_node_has_an_icon_of_its_own(bundle: Path) -> None:
    icons = [
        cv2.imread(str(bundle / f"Contents/Resources/{name}.png"), cv2.IMREAD_UNCHANGED) for name in OFFERED
    ]
    for index, icon in enumerate(icons):
        assert icon.shape == (SIZE, SIZE, 4)
        assert icon[0, 0, 3] == 0
        assert not any(np.array_equal(icon, other) for other in icons[:index])


def test_nothing_but_the_interface_is_exported(bundle: Path) -> None:
    names = subprocess.run(
        ["nm", "-D", "--defined-only", "--format=posix", bundle / "Contents/Linux-x86-64/Doublure.ofx"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    exported = {line.split()[0] for line in names.splitlines()}
    assert {name for name in exported if not name.startswith("__")} == {
        "OfxGetNumberOfPlugins",
        "OfxGetPlugin",
        "OfxSetHost",
    }


def test_an_older_bundle_is_replaced_as_a_whole(tmp_path: Path, quick: list[Path]) -> None:
    older = install(tmp_path / "plugins", python="/old/python")
    (older / "Contents/leftover").touch()
    assert install(tmp_path / "plugins", python="/new/python") == older
    assert not (older / "Contents/leftover").exists()
    assert json.loads((older / "Contents/Resources/doublure.json").read_text())["python"] == "/new/python"
    assert [path.name for path in (tmp_path / "plugins").iterdir()] == [BUNDLE]


def test_a_failed_build_leaves_the_older_bundle(
    tmp_path: Path, quick: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    older = install(tmp_path, python="/old/python")

    def fail(output: Path, **_: object) -> None:
        raise DoublureError("the C compiler failed")

    monkeypatch.setattr(bundles, "compile_shim", fail)
    with pytest.raises(DoublureError, match="the C compiler failed"):
        install(tmp_path)
    assert json.loads((older / "Contents/Resources/doublure.json").read_text())["python"] == "/old/python"
    assert [path.name for path in tmp_path.iterdir()] == [BUNDLE]


def test_somebody_elses_folder_is_left_alone(tmp_path: Path, quick: list[Path]) -> None:
    (tmp_path / BUNDLE).mkdir()
    (tmp_path / BUNDLE / "theirs").touch()
    with pytest.raises(DoublureError, match="not a Doublure bundle is in the way"):
        install(tmp_path)
    with pytest.raises(DoublureError, match="there is no Doublure bundle"):
        uninstall(tmp_path)
    assert (tmp_path / BUNDLE / "theirs").exists()


def test_uninstall_removes_it(tmp_path: Path, quick: list[Path]) -> None:
    install(tmp_path)
    assert uninstall(tmp_path) == tmp_path / BUNDLE
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(quick: list[Path]) -> None:
    with pytest.raises(
        DoublureError, match=r"/proc/none/Doublure.ofx.bundle: .*--dir and in \$OFX_PLUGIN_PATH"
    ):
        install(Path("/proc/none"))


@pytest.mark.parametrize(
    ("path", "folder"), [("", "/usr/OFX/Plugins"), ("/a:/b", "/a"), (":/b", "/b"), ("/c;/d", "/c")]
)
def test_it_goes_where_hosts_look(path: str, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFX_PLUGIN_PATH", path)
    assert default_folder() == Path(folder)


def test_without_a_compiler_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(DoublureError, match="there is no C compiler; install gcc or clang"):
        find_compiler()
    monkeypatch.setenv("CC", "mycc -m64")
    with pytest.raises(DoublureError, match=r"mycc is not there; correct \$CC"):
        find_compiler()


def test_a_compilers_first_complaint_is_told(tmp_path: Path, compiler: None) -> None:
    broken = tmp_path / "broken.c"
    broken.write_text("int f(void) { int unused; return 0; }\n")
    with pytest.raises(DoublureError, match=r"failed \(.*broken.c:1.*unused"):
        compile_shim(tmp_path / "out", sources=[broken])


def test_sources_need_nothing_but_the_systems_headers() -> None:
    for path in SOURCES.glob("*.[ch]"):
        for line in path.read_text().splitlines():
            if line.startswith('#include "'):
                assert (SOURCES / line.split('"')[1]).exists(), f"{path.name}: {line}"
