from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from doublure.cli.main import main
from doublure.core.provenance.signer import Signer
from doublure.core.provenance.write import write_provenance
from tests.core.provenance.shots import Studio, make_shot


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio()


@pytest.fixture
def shot(tmp_path: Path, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A signed shot with a signed contact sheet; the environment names the studio's root."""
    root = tmp_path / "shot"
    material = make_shot(root)
    cv2.imwrite(str(root / "sheet.png"), np.full((8, 8, 3), 90, np.uint8))
    material = replace(material, movie=root / "sheet.png")
    write_provenance(root / "provenance", material, studio.signer, datetime.now(UTC))
    (tmp_path / "root.pem").write_bytes(studio.root)
    monkeypatch.setenv("DOUBLURE_TRUST_ANCHORS", str(tmp_path / "root.pem"))
    return root


@pytest.mark.parametrize("path", ["", "provenance", "provenance/frames.json", "provenance/sheet.png"])
def test_a_clean_shot_passes_however_it_is_named(
    shot: Path, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(shot / path)]) == 0
    told = capsys.readouterr()
    assert ": verified, " in told.out
    assert "signed by Some Studio" in told.out
    assert told.err == ""


def test_a_changed_frame_exits_1_and_is_named(shot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shot / "comp/sq010_v003.1003.exr"
    path.write_bytes(path.read_bytes()[::-1])
    assert main(["verify", str(shot)]) == 1
    told = capsys.readouterr()
    assert "sq010_v003.1003.exr (frame 1003): the frame was changed after it was signed" in told.err
    assert ": NOT verified, 6 frames" in told.out


def test_json_is_one_object_with_every_finding(shot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shot / "comp/sq010_v003.1003.exr").unlink()
    assert main(["verify", str(shot), "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["ok"], data["frames"], data["test"]) == (False, 6, False)
    (finding,) = data["findings"]
    assert (finding["frame"], finding["level"], finding["file"]) == (1003, "error", "sq010_v003.1003.exr")


def test_a_plate_elsewhere_is_a_warning_unless_it_is_named_or_all_is_asked_for(
    shot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shot / "plate").rename(shot / "camera")
    assert main(["verify", str(shot)]) == 0
    assert "warning: ../plate: the plate is not at hand" in capsys.readouterr().err
    assert main(["verify", str(shot), "--complete"]) == 1
    assert main(["verify", str(shot), "--complete", "--plate", str(shot / "camera")]) == 0


def test_without_anchors_nobody_is_trusted(
    shot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DOUBLURE_TRUST_ANCHORS")
    assert main(["verify", str(shot)]) == 1
    assert "whom nobody here trusts" in capsys.readouterr().err
    assert main(["verify", str(shot), "--anchors", str(tmp_path / "root.pem")]) == 0


def test_a_test_certificate_needs_allow_test(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now(UTC)
    write_provenance(tmp_path / "provenance", make_shot(tmp_path), Signer.for_test(now), now)
    assert main(["verify", str(tmp_path)]) == 1
    assert "signed with a test certificate" in capsys.readouterr().err
    assert main(["verify", str(tmp_path), "--allow-test"]) == 0
    assert "(a test certificate)" in capsys.readouterr().out


@pytest.mark.parametrize("path", ["nothing", "nothing/frames.json", "."])
def test_what_has_no_provenance_exits_1(tmp_path: Path, path: str) -> None:
    assert main(["verify", str(tmp_path / path)]) == 1


def test_a_file_that_carries_no_manifest_exits_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.exr").write_bytes(b"x")
    assert main(["verify", str(tmp_path / "a.exr")]) == 1
    assert "carries no manifest" in capsys.readouterr().err


def test_verifying_a_signed_movie_does_not_load_torch(shot: Path) -> None:
    code = (
        "import sys\nfrom doublure.cli.main import main\n"
        f"assert main(['verify', {str(shot)!r}]) == 0\n"
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
