from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import OpenImageIO as oiio
import pytest
import torch

from bench import score as bench
from doublure.core.errors import DoublureError
from doublure.core.exr import write_exr
from doublure.core.frame import Frame
from doublure.core.measure.catalogue import MEASURES
from doublure.core.measure.take import read_take
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


def spoil(path: Path, rgb: torch.Tensor) -> None:
    """Write pixels that our own writer refuses."""
    spec = oiio.ImageSpec(rgb.shape[2], rgb.shape[1], 3, oiio.FLOAT)
    spec.attribute("colorInteropID", "lin_ap1_scene")
    out = oiio.ImageOutput.create(str(path))
    out.open(str(path), spec)
    out.write_image(rgb.permute(1, 2, 0).contiguous().numpy())
    out.close()


def test_json_is_one_object_with_flat_numbers_and_frames(take, monkeypatch, capsys) -> None:
    run(monkeypatch, str(take / "result/comp.####.exr"), str(take), "--json")
    said = json.loads(capsys.readouterr().out)
    assert [frame["frame"] for frame in said["frames"]] == [1001, 1005]
    assert {"psnr", "ssim", "detail", "light", "flip"} <= said["frames"][0].keys()
    assert {key for key, value in said["summary"].items() if value is None} == said["missing"].keys()
    assert all(
        isinstance(value, float)
        for key, value in said["summary"].items()
        if key not in said["missing"] | {"fit": 0}
    )
    assert said["summary"]["fit"].keys() == {"gain", "scale", "rotation", "shift_x", "shift_y"}
    assert {row["id"] for row in said["rows"]} >= {"score.psnr", "score.detail"}


def test_the_truth_against_itself_is_perfect(take, monkeypatch, capsys) -> None:
    run(monkeypatch, str(take / "truth/truth.####.exr"), str(take), "--json")
    summary = json.loads(capsys.readouterr().out)["summary"]
    for measure in MEASURES:
        if summary[measure.key] is not None and measure.perfect is not None:
            assert summary[measure.key] == measure.perfect, measure.key


def test_every_measure_without_a_number_says_why(take, monkeypatch, capsys) -> None:
    run(monkeypatch, str(take / "truth/truth.####.exr"), str(take), "--json")
    missing = json.loads(capsys.readouterr().out)["missing"]
    assert missing["pose"] == "no face was found"
    assert "carries no albedo" in missing["albedo"]
    assert "it was not measured" not in missing.values()


def test_the_plate_is_compared_pixel_by_pixel_in_spite_of_its_overscan(take, monkeypatch, capsys) -> None:
    run(monkeypatch, str(take / "plate/plate.####.exr"), str(take), "--nothing", "--json")
    said = json.loads(capsys.readouterr().out)
    assert said["summary"] == said["nothing"]["summary"]
    assert said["summary"]["psnr"] < 60
    assert "score.nothing.psnr" in {row["id"] for row in said["rows"]}


def test_frames_can_be_picked(take) -> None:
    assert read_take(str(take / "result/comp.####.exr"), take, "1005").numbers == [1005]


def test_a_frame_missing_in_the_result_is_refused_by_its_number(take) -> None:
    (take / "result/comp.1005.exr").unlink()
    with pytest.raises(DoublureError, match=r"frame 1005\): the frame is missing"):
        read_take(str(take / "result/comp.####.exr"), take)


def test_a_truth_without_matte_is_refused(take) -> None:
    write_exr(take / "truth/truth.1001.exr", Frame.from_rgb(face(1), "ACEScg"))
    with pytest.raises(DoublureError, match="there is no channel matte"):
        read_take(str(take / "result/comp.####.exr"), take)


def test_a_result_of_another_size_is_refused(take) -> None:
    write_exr(take / "result/comp.1005.exr", Frame.from_rgb(face(1)[:, ::2, ::2], "ACEScg", number=1005))
    with pytest.raises(
        DoublureError, match=r"frame 1005\): the result's display window is 48x36 .* truth's 96x72"
    ):
        read_take(str(take / "result/comp.####.exr"), take)


def test_a_result_with_nan_pixels_is_refused_in_one_sentence(take, monkeypatch) -> None:
    broken = face(1).clone()
    broken[1, 30, 40] = float("nan")
    spoil(take / "result/comp.1005.exr", broken)
    with pytest.raises(SystemExit, match=r"frame 1005\): the channel G is NaN or infinite in 1 pixel.*\.$"):
        run(monkeypatch, str(take / "result/comp.####.exr"), str(take))


def test_an_empty_matte_is_refused_with_its_frame(take, monkeypatch) -> None:
    empty = Frame.from_rgb(face(1), "ACEScg", number=1005).with_channel("matte", 0 * matte())
    write_exr(take / "truth/truth.1005.exr", empty)
    with pytest.raises(SystemExit, match="frame 1005: the matte is empty"):
        run(monkeypatch, str(take / "result/comp.####.exr"), str(take))


def test_a_folder_that_is_not_there_is_told(take, monkeypatch) -> None:
    with pytest.raises(SystemExit, match="there is no such folder"):
        run(monkeypatch, str(take / "result/comp.####.exr"), str(take / "none"))


def test_a_damaged_description_is_refused(take) -> None:
    (take / "take.json").write_text('{"schema": "other"}')
    with pytest.raises(DoublureError, match=r"take\.json: this is not a doublure\.take/1 file"):
        read_take(None, take)


def test_the_table_has_a_line_for_every_measure(take, monkeypatch, capsys) -> None:
    run(monkeypatch, str(take / "result/comp.####.exr"), str(take), "--nothing")
    said = capsys.readouterr().out
    assert all(f"\n{measure.key} " in said for measure in MEASURES)
    assert "nothing" in said


def test_an_error_is_one_sentence(take, monkeypatch) -> None:
    with pytest.raises(SystemExit, match=r"the frame is missing; .*\.$"):
        run(monkeypatch, str(take / "none.####.exr"), str(take))
