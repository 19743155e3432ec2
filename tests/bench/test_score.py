from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from bench import score as bench
from doublure.core.errors import DoublureError
from doublure.core.exr import write_exr
from doublure.core.frame import Frame
from doublure.core.window import Window


def face(seed: int) -> torch.Tensor:
    coarse = torch.rand(1, 3, 12, 16, generator=torch.Generator().manual_seed(seed)) * 0.5 + 0.1
    return torch.nn.functional.interpolate(coarse, (72, 96), mode="bicubic", align_corners=False)[0]


def matte() -> torch.Tensor:
    y, x = torch.meshgrid(torch.arange(72.0), torch.arange(96.0), indexing="ij")
    return ((1 - torch.hypot((x - 48) / 24, (y - 36) / 28)) * 10).clamp(0, 1)


@pytest.fixture
def take(tmp_path: Path) -> Path:
    """Plates 1001-1005 with overscan, truths 1001 and 1005 without, and a perfect result."""
    display = Window.of_size(96, 72)
    for number in range(1001, 1006):
        truth = Frame.from_rgb(face(1), "ACEScg", number=number).with_channel("matte", matte())
        wide = torch.nn.functional.pad(face(2)[None], (8, 8, 8, 8), mode="replicate")[0]
        plate = Frame(wide, ("R", "G", "B"), display.grow(8), display, "ACEScg", number=number)
        files = {"plate/plate": plate, "result/comp": replace(truth)}
        if number in (1001, 1005):
            files["truth/truth"] = truth
        for name, frame in files.items():
            path = tmp_path / f"{name}.{number}.exr"
            path.parent.mkdir(exist_ok=True)
            write_exr(path, frame, half=False)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["score", *arguments])
    bench.main()


def test_json_is_one_object_with_summary_and_frames(take, monkeypatch, capsys) -> None:
    run(monkeypatch, str(take / "result/comp.####.exr"), str(take), "--json")
    said = json.loads(capsys.readouterr().out)
    assert [frame["frame"] for frame in said["frames"]] == [1001, 1005]
    assert said["summary"]["result"]["psnr"] > 80 > said["summary"]["nothing"]["psnr"]
    assert {row["id"] for row in said["rows"]} >= {"score.result.detail", "score.nothing.detail"}


def test_the_plate_is_compared_pixel_by_pixel_in_spite_of_its_overscan(take, monkeypatch, capsys) -> None:
    run(monkeypatch, str(take / "plate/plate.####.exr"), str(take), "--json")
    said = json.loads(capsys.readouterr().out)
    assert said["summary"]["result"] == said["summary"]["nothing"]


def test_frames_can_be_picked(take) -> None:
    assert bench.read_take(str(take / "result/comp.####.exr"), take, "1005").numbers == [1005]


def test_a_frame_missing_in_the_result_is_refused_by_its_number(take) -> None:
    (take / "result/comp.1005.exr").unlink()
    with pytest.raises(DoublureError, match=r"frame 1005\): the frame is missing"):
        bench.read_take(str(take / "result/comp.####.exr"), take)


def test_a_truth_without_matte_is_refused(take) -> None:
    write_exr(take / "truth/truth.1001.exr", Frame.from_rgb(face(1), "ACEScg"))
    with pytest.raises(DoublureError, match="there is no channel matte"):
        bench.read_take(str(take / "result/comp.####.exr"), take)


def test_the_table_names_both_rows(take, monkeypatch, capsys) -> None:
    run(monkeypatch, str(take / "result/comp.####.exr"), str(take))
    said = capsys.readouterr().out
    assert "result" in said
    assert "doing nothing" in said


def test_an_error_is_one_sentence(take, monkeypatch) -> None:
    with pytest.raises(SystemExit, match=r"the frame is missing; .*\.$"):
        run(monkeypatch, str(take / "none.####.exr"), str(take))


def test_identity_rows_are_distances_to_the_hero(take) -> None:
    read = bench.read_take(str(take / "result/comp.####.exr"), take, "1005")
    distances = {"hero": 0.3, "driver": 0.6, "plate_hero": 0.5, "same_person": None}
    said = {row.id: row.value for row in bench.rows(bench.score_take(read), distances)}
    assert said["score.result.identity"] == 0.3
    assert said["score.nothing.identity"] == 0.5
