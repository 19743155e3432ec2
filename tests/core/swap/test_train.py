from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.swap.checkpoint import load_model
from doublure.core.swap.faceset import Faceset
from doublure.core.swap.train import Progress, TrainSettings, state_path, train

from .conftest import SIZE, make_faceset

TINY = TrainSettings(steps=6, batch=4, size=SIZE, width=4, bottleneck=16, precision="float32")


def _weights(path: Path) -> torch.Tensor:
    return torch.cat([p.flatten() for p in load_model(path).network.parameters()])


def test_training_learns_to_return_the_hero(cast: list[Faceset], tmp_path: Path) -> None:
    settings = replace(TINY, steps=150, width=8, batch=8, rate=3e-3)
    model = train([make_faceset("ada", "hero", seed=1, count=4)], tmp_path / "m.safetensors", settings)
    assert model.training["trained"] > 0.5


def test_a_resumed_run_equals_an_unbroken_one(cast: list[Faceset], tmp_path: Path) -> None:
    train(cast, tmp_path / "whole.safetensors", TINY)
    lines: list[int] = []
    stop = iter([False, False, False, True])
    train(cast, tmp_path / "broken.safetensors", TINY, cancelled=lambda: next(stop))
    train(cast, tmp_path / "broken.safetensors", TINY, resume=True, progress=lambda p: lines.append(p.step))
    assert lines[-1] == 6
    assert torch.equal(_weights(tmp_path / "whole.safetensors"), _weights(tmp_path / "broken.safetensors"))


def test_the_model_names_its_people_and_their_footage(cast: list[Faceset], tmp_path: Path) -> None:
    model = train(cast, tmp_path / "m.safetensors", replace(TINY, steps=1))
    assert [(p["name"], p["role"]) for p in model.people][:2] == [("ada", "hero"), ("ben", "driver")]
    assert model.people[0]["sha256"] == "hash of 1"


def test_training_and_held_out_detail_are_both_reported(cast: list[Faceset], tmp_path: Path) -> None:
    lines: list[Progress] = []
    train(cast, tmp_path / "m.safetensors", replace(TINY, steps=1), progress=lines.append)
    assert lines[-1].trained is not None
    assert lines[-1].held_out is not None


def test_a_preview_picture_is_written(cast: list[Faceset], tmp_path: Path) -> None:
    train(cast, tmp_path / "m.safetensors", replace(TINY, steps=1))
    assert (tmp_path / "m.preview.png").stat().st_size > 100


def test_resuming_with_other_people_is_refused(cast: list[Faceset], tmp_path: Path) -> None:
    train(cast, tmp_path / "m.safetensors", replace(TINY, steps=1))
    with pytest.raises(DoublureError, match="other people"):
        train(cast[:2], tmp_path / "m.safetensors", TINY, resume=True)


def test_resuming_nothing_is_refused(cast: list[Faceset], tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="no training to resume"):
        train(cast, tmp_path / "m.safetensors", TINY, resume=True)


def test_a_broken_state_is_refused_and_the_model_kept(cast: list[Faceset], tmp_path: Path) -> None:
    out = tmp_path / "m.safetensors"
    train(cast, out, replace(TINY, steps=1))
    before = out.read_bytes()
    state_path(out).write_bytes(b"broken")
    with pytest.raises(DoublureError, match="not a readable model"):
        train(cast, out, TINY, resume=True)
    assert out.read_bytes() == before


def test_a_warm_start_keeps_the_code_of_a_known_person(cast: list[Faceset], tmp_path: Path) -> None:
    known = train(cast, tmp_path / "a.safetensors", TINY)
    later = [make_faceset("eve", "hero", seed=9), cast[1]]
    warm = train(later, tmp_path / "b.safetensors", replace(TINY, steps=0), start=tmp_path / "a.safetensors")
    assert torch.equal(warm.network.codes.weight[1], known.network.codes.weight[1])


def test_training_without_a_length_is_refused() -> None:
    with pytest.raises(DoublureError, match="--steps or --minutes"):
        TrainSettings()
