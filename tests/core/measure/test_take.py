from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.exr import write_exr
from doublure.core.frame import Frame
from doublure.core.measure.take import LAYER_CHANNELS, own_layer, read_about, read_take
from doublure.core.window import Window

SIZE = Window.of_size(20, 16)


def planes(*channels: str, number: int = 1001, data: Window = SIZE) -> Frame:
    """A frame whose channel k holds k plus a ramp."""
    ramp = torch.arange(data.height * data.width, dtype=torch.float32).reshape(1, data.height, data.width)
    values = torch.arange(len(channels), dtype=torch.float32)[:, None, None] + ramp / 1024
    return Frame(values, channels, data, SIZE, "ACEScg", number=number)


def put(folder: Path, name: str, frame: Frame) -> None:
    path = folder / name / f"{Path(name).name}.{frame.number}.exr"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_exr(path, frame, half=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path, "plate", planes("R", "G", "B"))
    put(tmp_path, "truth", planes("R", "G", "B", "matte"))
    return tmp_path


def test_an_old_take_has_no_layers_and_says_so(folder: Path) -> None:
    take = read_take(None, folder, layers=True)
    assert take.layers == {}
    assert take.absent.keys() == LAYER_CHANNELS.keys()
    assert set(take.absent.values()) == {"the take has no layers"}
    assert take.about == {}


def test_the_truths_layers_are_read_by_name(folder: Path) -> None:
    names = [channel for channels in LAYER_CHANNELS.values() for channel in channels]
    put(folder, "layers/truth", planes(*names))
    take = read_take(None, folder, layers=True)
    assert take.layers["flow"][0].shape == (2, 16, 20)
    assert take.layers["occlusion"][0].shape == (1, 16, 20)
    assert float(take.layers["flow"][0][0, 0, 0]) == names.index("flow.X")


def test_a_layer_that_the_files_lack_is_absent_and_the_others_are_not(folder: Path) -> None:
    put(folder, "layers/truth", planes("flow.X", "flow.Y"))
    take = read_take(None, folder, layers=True)
    assert take.layers.keys() == {"flow"}
    assert take.absent["normal"] == "the take's layers hold no normal"


def test_layers_are_left_alone_unless_asked_for(folder: Path) -> None:
    put(folder, "layers/truth", planes("flow.X", "flow.Y"))
    assert read_take(None, folder).layers == {}


def test_all_pictures_are_cut_to_the_pixels_they_share(folder: Path) -> None:
    put(folder, "plate", planes("R", "G", "B", data=SIZE.grow(3)))
    put(folder, "comp", planes("R", "G", "B", data=Window(2, 1, 20, 16)))
    take = read_take(str(folder / "comp/comp.####.exr"), folder)
    assert take.plates[0].data == take.results[0].data == take.truths[0].data == Window(2, 1, 20, 16)
    assert take.mattes[0].shape == (15, 18)


def test_without_a_result_the_truth_is_its_own(folder: Path) -> None:
    take = read_take(None, folder)
    assert torch.equal(take.results[0].rgb, take.truths[0].rgb)


def test_a_missing_layer_frame_is_told(folder: Path) -> None:
    put(folder, "layers/truth", planes("flow.X", "flow.Y", number=1002))
    with pytest.raises(DoublureError, match=r"frame 1001\): the frame is missing"):
        read_take(None, folder, layers=True)


def test_a_result_carries_its_own_layers_or_none() -> None:
    assert own_layer(planes("R", "G", "B"), "normal") is None
    found = own_layer(planes("R", "G", "B", "normal.X", "normal.Y", "normal.Z"), "normal")
    assert found is not None
    assert found.shape == (3, 16, 20)


def test_the_description_is_read_and_other_files_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "take.json"
    assert read_about(file) == {}
    file.write_text(json.dumps({"schema": "doublure.take/1", "size": 64}))
    assert read_about(file)["size"] == 64
    file.write_text("{")
    with pytest.raises(DoublureError, match="the take's description cannot be read"):
        read_about(file)
