from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.swap import export_module
from doublure.core.swap.export_hero import KEY, hero_crop
from doublure.core.swap.export_onnx import INPUTS, OUTPUT, require_onnx, write_onnx
from doublure.core.swap.guide import CHANNELS
from tests.core.swap.exported import ORIGIN, SIZE, crop_of, plate_and_face, tiny_swapper

needs_extra = pytest.mark.skipif(
    not all(find_spec(name) for name in ("onnx", "onnxscript", "onnxruntime")),
    reason="needs doublure[export]",
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "ada.onnx"
    write_onnx(path, hero_crop(tiny_swapper()), ORIGIN)
    return path


@needs_extra
@pytest.mark.parametrize("knobs", [(1.0, 1.0, 0.0), (0.4, 0.3, 0.6), (0.0, 1.0, 0.0)])
def test_onnxruntime_gives_what_the_module_gives(written: Path, knobs: tuple[float, float, float]) -> None:
    import onnxruntime

    module = hero_crop(tiny_swapper())
    module.mix, module.complexion, module.sharpness = knobs
    _, crop = crop_of(*plate_and_face(40.0))
    session = onnxruntime.InferenceSession(written, providers=["CPUExecutionProvider"])
    values = [crop.numpy(), *(np.array([knob], np.float32) for knob in knobs)]
    (made,) = session.run([OUTPUT], dict(zip(INPUTS, values, strict=True)))
    torch.testing.assert_close(torch.from_numpy(made), module(crop), rtol=0, atol=1e-5)


@needs_extra
@pytest.mark.parametrize("core", [SIZE, SIZE // 2])
def test_onnxruntime_is_guided_as_the_module_is(tmp_path: Path, core: int) -> None:
    import onnxruntime

    module = hero_crop(tiny_swapper(guided=True, core=core))
    write_onnx(tmp_path / "ada.onnx", module, ORIGIN)
    _, crop = crop_of(*plate_and_face())
    given = torch.cat([crop, torch.rand(1, 2 * CHANNELS, SIZE, SIZE)], 1)
    module.mix = 0.3
    session = onnxruntime.InferenceSession(tmp_path / "ada.onnx", providers=["CPUExecutionProvider"])
    values = [given.numpy(), *(np.array([knob], np.float32) for knob in (0.3, 1.0, 0.0))]
    (made,) = session.run([OUTPUT], dict(zip(INPUTS, values, strict=True)))
    torch.testing.assert_close(torch.from_numpy(made), module(given), rtol=0, atol=1e-5)


@needs_extra
def test_its_origin_is_in_it_and_no_folder_of_this_machine(written: Path) -> None:
    import onnx

    held = {entry.key: entry.value for entry in onnx.load(written).metadata_props}
    assert json.loads(held[KEY]) == json.loads(ORIGIN.as_json())
    assert str(Path(export_module.__file__).parent).encode() not in written.read_bytes()


def test_without_the_extra_it_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doublure.core.swap.export_onnx.find_spec", lambda name: None)
    with pytest.raises(
        DoublureError, match=r"ada.onnx: ONNX needs onnx and onnxscript; install doublure\[export\]"
    ):
        require_onnx("ada.onnx")
