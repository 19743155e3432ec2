from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from bench.small_take import CLEAN, cut_take
from doublure.core.errors import DoublureError
from doublure.core.exr import read_exr, write_exr
from doublure.core.frame import Frame
from doublure.core.measure.take import LAYER_CHANNELS, read_take

LAYERS = (*CLEAN, *(name for names in LAYER_CHANNELS.values() for name in names), "uv.U", "uv.V")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    root = tmp_path / "take"
    random = torch.Generator().manual_seed(1)
    for name, numbers in (("plate", range(1001, 1005)), ("truth", range(1001, 1005)), ("hero", range(1, 4))):
        (root / name).mkdir(parents=True)
        for number in numbers:
            rgb = torch.rand(3, 24, 32, generator=random).half().float()
            frame = Frame.from_rgb(rgb, "ACEScg", number=number).with_channel("matte", torch.ones(24, 32))
            digits = f"{number:04d}"
            write_exr(root / name / f"{name}.{digits}.exr", frame)
    (root / "layers" / "truth").mkdir(parents=True)
    for number in range(1001, 1005):
        planes = torch.rand(len(LAYERS), 24, 32, generator=random)
        window = Frame.from_rgb(planes[:3], "ACEScg").data
        layers = Frame(planes, LAYERS, window, window, "ACEScg", number=number)
        write_exr(root / "layers" / "truth" / f"truth.{number}.exr", layers)
    about = {
        "schema": "doublure.take/1",
        "frames": "1001-1004",
        "hero_frames": "1-3",
        "layers": {name: name for name in ("clean", *LAYER_CHANNELS, "uv")},
        "shots": [{"frame": number} for number in range(1001, 1005)],
        "hero_shots": [{"frame": number} for number in range(1, 4)],
    }
    (root / "take.json").write_text(json.dumps(about))
    return root


def test_the_small_take_reads_as_a_take_with_layers(source: Path, tmp_path: Path) -> None:
    cut_take(source, tmp_path / "small", "1002-1003", "1-2")
    take = read_take(None, tmp_path / "small", layers=True)
    assert take.numbers == [1002, 1003]
    assert take.absent == {}
    assert [shot["frame"] for shot in take.about["shots"]] == [1002, 1003]
    assert take.about["frames"] == "1002-1003"
    assert sorted(path.name for path in (tmp_path / "small" / "hero").iterdir()) == [
        "hero.0001.exr",
        "hero.0002.exr",
    ]


def test_plate_and_truth_keep_every_bit(source: Path, tmp_path: Path) -> None:
    cut_take(source, tmp_path / "small", "1002", "1")
    for name in ("plate", "truth"):
        file = f"{name}/{name}.1002.exr"
        assert torch.equal(read_exr(source / file).pixels, read_exr(tmp_path / "small" / file).pixels)


def test_layers_that_no_measure_reads_are_dropped(source: Path, tmp_path: Path) -> None:
    cut_take(source, tmp_path / "small", "1002", "1")
    channels = read_exr(tmp_path / "small" / "layers/truth/truth.1002.exr").channels
    assert set(CLEAN) < set(channels)
    assert "uv.U" not in channels


def test_a_frame_that_is_not_there_is_told(source: Path, tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="there is no such file"):
        cut_take(source, tmp_path / "small", "1004-1005", "1")
