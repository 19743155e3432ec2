from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from doublure.core.errors import DoublureError
from doublure.core.swap.checkpoint import Model, load_model, save_model
from doublure.core.swap.guide import CHANNELS
from doublure.core.swap.marks import POINTS
from doublure.core.swap.network import NetworkShape, SwapNetwork

PEOPLE = ({"name": "ada", "role": "hero"}, {"name": "ben", "role": "driver"})


@pytest.fixture
def model() -> Model:
    torch.manual_seed(1)
    network = SwapNetwork(NetworkShape(size=32, width=4, bottleneck=16))
    return Model(network, torch.zeros(2, 3, 16, 16), PEOPLE, {"steps": 3})


def test_a_saved_model_predicts_the_same(model: Model, tmp_path: Path) -> None:
    save_model(tmp_path / "m.safetensors", model)
    loaded = load_model(tmp_path / "m.safetensors")
    face = torch.randn(1, 3, 32, 32) * 0.1
    code = model.network.code(torch.tensor([0]))
    again = loaded.network.code(torch.tensor([0]))
    assert torch.allclose(model.network(face, code)[0], loaded.network(face, again)[0], atol=2e-3)
    assert loaded.heroes == ["ada"]
    assert loaded.training == {"steps": 3}


def test_a_person_it_was_not_trained_for_is_refused_by_name(model: Model) -> None:
    with pytest.raises(DoublureError, match="does not know 'zoe'; it was trained for ada"):
        model.index("zoe")


@pytest.mark.parametrize("keep", [0, 7, 200, -1])
def test_a_cut_off_file_is_a_sentence(model: Model, tmp_path: Path, keep: int) -> None:
    path = tmp_path / "m.safetensors"
    save_model(path, model)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DoublureError, match=r"m\.safetensors: .*not a readable model"):
        load_model(path)


def test_foreign_safetensors_are_refused(tmp_path: Path) -> None:
    save_file({"x": torch.zeros(2)}, tmp_path / "m.safetensors")
    with pytest.raises(DoublureError, match="header says None"):
        load_model(tmp_path / "m.safetensors")


def test_a_missing_model_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="no such model file"):
        load_model(tmp_path / "none.safetensors")


def test_saving_into_a_missing_folder_keeps_nothing(model: Model, tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="does not exist"):
        save_model(tmp_path / "gone" / "m.safetensors", model)
    assert not list(tmp_path.iterdir())


def _guided(rests: torch.Tensor | None) -> Model:
    network = SwapNetwork(NetworkShape(size=32, width=4, bottleneck=16, guide=CHANNELS))
    return Model(network, torch.zeros(2, 3, 16, 16), PEOPLE, {}, rests=rests)


def test_the_faces_at_rest_of_a_guided_network_come_back(tmp_path: Path) -> None:
    rests = torch.randn(2, len(POINTS), 3)
    save_model(tmp_path / "m.safetensors", _guided(rests))
    loaded = load_model(tmp_path / "m.safetensors")
    assert loaded.rests is not None
    assert torch.equal(loaded.rests, rests)
    assert loaded.network.shape.guide == CHANNELS


@pytest.mark.parametrize("rests", [None, torch.zeros(3, len(POINTS), 3), torch.zeros(2, 5, 3)])
def test_a_guided_network_without_its_peoples_faces_at_rest_is_refused(
    rests: torch.Tensor | None, tmp_path: Path
) -> None:
    save_model(tmp_path / "m.safetensors", _guided(rests))
    with pytest.raises(DoublureError, match="faces at rest that guide its network do not fit"):
        load_model(tmp_path / "m.safetensors")
