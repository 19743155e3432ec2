from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from doublure.cli.main import main
from tests.pipeline_hooks.conftest import (  # noqa: F401 (fixtures)
    _faces_measured_once,
    _nobody_elses_settings,
    clean,
    shot,
)
from tests.pipeline_hooks.shots import Shot


def test_a_clean_shot_is_published_and_verifies(shot: Shot, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    assert main(["publish", str(shot.file)]) == 0
    assert f"published demo sq010_sh0100 v003 to {shot.published}" in capsys.readouterr().err
    assert main(["verify", str(shot.published), "--allow-test"]) == 0


def test_a_broken_shot_exits_1_names_the_frame_and_writes_its_report(
    shot: Shot,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shot.comp(1004).unlink()
    assert main(["publish", str(shot.file), "--report", str(tmp_path / "report")]) == 1
    told = capsys.readouterr()
    assert "ValidateFrames: frame 1004: the frame is missing; render it." in told.err
    assert "NOT published." in told.err
    assert told.out == ""
    assert sorted(path.name for path in (tmp_path / "report").iterdir()) == ["publish.html", "publish.json"]
    assert not shot.published.exists()


def test_json_is_one_object(shot: Shot, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    shot.comp(1004).unlink()
    assert main(["publish", str(shot.file), "--json", "--dry-run"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["ok"], data["blocked_by"], data["dry_run"]) == (False, ["ValidateFrames"], True)


def test_a_dry_run_publishes_nothing(shot: Shot, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    assert main(["publish", str(shot.file), "--dry-run"]) == 0
    assert "would pass" in capsys.readouterr().err
    assert not (shot.folder / "publish").exists()


def test_an_override_without_a_user_exits_1(shot: Shot, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    assert main(["publish", str(shot.file), "--override", "ValidateGrain=as the client wants"]) == 1
    assert "--user" in capsys.readouterr().err
    assert not shot.published.exists()


def test_a_report_that_cannot_be_written_exits_1_before_anything_is_published(
    shot: Shot,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["publish", str(shot.file), "--report", str(shot.file / "report")]) == 1
    assert "the folder cannot be made" in capsys.readouterr().err
    assert not shot.published.exists()


def test_a_missing_shot_file_exits_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish", str(tmp_path / "none.toml")]) == 1
    assert "there is no such file" in capsys.readouterr().err


def test_in_a_process_of_its_own_errors_exit_1_and_no_traceback_is_printed(shot: Shot) -> None:  # noqa: F811
    shot.comp(1004).unlink()
    done = subprocess.run(
        [sys.executable, "-m", "doublure.cli.main", "publish", str(shot.file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "Progress: 100%" in done.stderr
    assert "Error:" not in done.stderr
