from __future__ import annotations

import ast
import json
import re
import warnings
import zipfile
from pathlib import Path

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.swap import export_module
from doublure.core.swap.export_hero import KEY, hero_crop
from doublure.core.swap.export_torchscript import write_torchscript
from doublure.core.swap.guide import CHANNELS
from tests.core.swap.exported import ORIGIN, SIZE, crop_of, plate_and_face, tiny_swapper

READ_WITH_1_13 = {
    *(
        "__is__",
        "__not__",
        "eq",
        "gt",
        "ne",
        "size",
        "to",
        "full",
        "zeros",
        "cat",
        "stack",
        "select",
        "slice",
    ),
    *(
        "add",
        "sub",
        "mul",
        "div",
        "floordiv",
        "neg",
        "sum",
        "min",
        "clamp",
        "reshape",
        "transpose",
        "flatten",
    ),
    *("conv2d", "linear", "avg_pool2d", "max_pool2d", "leaky_relu", "leaky_relu_", "sigmoid"),
    *("pixel_shuffle", "pixel_unshuffle", "pad", "nn.functional.pad"),
}
"""What a guided file with a finer level called when it was loaded with torch 1.13.0 and gave what it gives here."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "ada.pt"
    write_torchscript(path, hero_crop(tiny_swapper()), ORIGIN)
    return path


def loaded(path: Path, files: dict[str, str] | None = None) -> torch.jit.ScriptModule:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return torch.jit.load(path, _extra_files=files)


def test_the_file_is_the_module_and_its_attributes_are_the_knobs(written: Path) -> None:
    module, script = hero_crop(tiny_swapper()), loaded(written)
    _, crop = crop_of(*plate_and_face())
    for knobs in ({}, {"mix": 0.5, "complexion": 0.2, "sharpness": 0.4}):
        for name, value in knobs.items():
            setattr(module, name, value)
            setattr(script, name, value)
        torch.testing.assert_close(script(crop), module(crop), rtol=0, atol=1e-6)


@pytest.mark.parametrize("core", [SIZE, SIZE // 2])
def test_a_guided_file_takes_the_guides_and_the_crop_alone(tmp_path: Path, core: int) -> None:
    module = hero_crop(tiny_swapper(guided=True, core=core))
    write_torchscript(tmp_path / "ada.pt", module, ORIGIN)
    script = loaded(tmp_path / "ada.pt")
    _, crop = crop_of(*plate_and_face())
    guides = torch.rand(1, 2 * CHANNELS, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    guided = torch.cat([crop, guides], 1)
    for given in (crop, guided):
        torch.testing.assert_close(script(given), module(given), rtol=0, atol=1e-6)
    assert (script(guided) - script(crop)).abs().max() > 1e-3


def test_its_origin_is_in_it(written: Path) -> None:
    files = {KEY: ""}
    loaded(written, files)
    assert json.loads(files[KEY]) == json.loads(ORIGIN.as_json())


def test_it_names_no_folder_of_this_machine(written: Path) -> None:
    with zipfile.ZipFile(written) as archive:
        assert not any(name.endswith(".debug_pkl") for name in archive.namelist())
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert str(Path(export_module.__file__).parent).encode() not in everything


def test_its_format_is_one_that_torch_1_12_reads(written: Path) -> None:
    # caffe2/serialize/versions.h of 1.12: kMaxSupportedFileFormatVersion is 0xA.
    with zipfile.ZipFile(written) as archive:
        assert int(archive.read("archive/version")) <= 10


def test_it_calls_no_operator_that_was_not_read_with_torch_1_13(tmp_path: Path) -> None:
    write_torchscript(tmp_path / "ada.pt", hero_crop(tiny_swapper(guided=True, core=SIZE // 2)), ORIGIN)
    called: set[str] = set()
    with zipfile.ZipFile(tmp_path / "ada.pt") as archive:
        for name in archive.namelist():
            if "/code/" in name and name.endswith(".py"):
                called |= set(re.findall(r"torch\.(\w[\w.]*)\(", archive.read(name).decode()))
    assert called <= READ_WITH_1_13


def test_the_module_needs_nothing_but_math_and_torch_and_inherits_from_nothing_but_module() -> None:
    tree = ast.parse(Path(export_module.__file__).read_text(encoding="utf-8"))
    foreign = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    assert foreign == {"math", "torch", "torch.nn.functional"}
    bases = [ast.unparse(b) for node in tree.body if isinstance(node, ast.ClassDef) for b in node.bases]
    assert set(bases) == {"nn.Module"}


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="does not exist"):
        write_torchscript(tmp_path / "no" / "ada.pt", hero_crop(tiny_swapper()), ORIGIN)
