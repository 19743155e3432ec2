"""Networks whose crops are larger than their core."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.swap.checkpoint import load_model, save_model, write_tensors
from doublure.core.swap.faceset import Faceset
from doublure.core.swap.guide import CHANNELS
from doublure.core.swap.learner import Learner
from doublure.core.swap.network import NetworkShape, SwapNetwork, core_of, doubled
from doublure.core.swap.settings import TrainSettings
from doublure.core.swap.train import model_digest, state_path, train
from doublure.core.swap.training_files import read_state

from .conftest import SIZE, agreed

CORE = SIZE // 2
TINY = TrainSettings(steps=4, batch=4, size=SIZE, width=8, bottleneck=16, precision="float32")
SMALL = NetworkShape(size=SIZE, width=8, bottleneck=16, guide=CHANNELS, core=CORE)


@pytest.fixture
def small_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doublure.core.swap.network.CORE", CORE)


def _asked(network: SwapNetwork, side: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    face = 0.1 * torch.randn(2, 3, SIZE, SIZE, generator=generator)
    guide = torch.rand(2, CHANNELS, CORE // 2, CORE // 2, generator=generator)
    face = torch.nn.functional.avg_pool2d(face, SIZE // side)
    with torch.no_grad():
        return torch.cat(network.eval()(face, network.code(torch.tensor([0, 1])), guide), 1)


@pytest.mark.parametrize(
    ("size", "core"), [(32, 32), (128, 128), (192, 192), (256, 128), (272, 272), (320, 160), (1024, 128)]
)
def test_a_size_is_halved_to_a_core_that_is_no_smaller_than_128(size: int, core: int) -> None:
    assert core_of(size) == NetworkShape(size=size).core == core


@pytest.mark.parametrize(("size", "core"), [(64, 24), (96, 32), (32, 64)])
def test_a_core_that_does_not_double_to_the_size_is_refused(size: int, core: int) -> None:
    with pytest.raises(ValueError, match="crop size"):
        NetworkShape(size=size, core=core)


def test_what_has_learned_nothing_is_the_core_enlarged() -> None:
    network = SwapNetwork(SMALL)
    torch.testing.assert_close(_asked(network, SIZE), doubled(_asked(network, CORE)))


def test_a_finer_level_adds_what_its_person_asks_for() -> None:
    network = SwapNetwork(SMALL)
    for finer in network.finer:
        torch.nn.init.normal_(finer.out.weight, 0, 0.1)
    whole = _asked(network, SIZE)
    assert whole.shape == (2, 4, SIZE, SIZE)
    assert (whole - doubled(_asked(network, CORE))).abs().max() > 1e-3
    with torch.no_grad():
        network.codes.weight[0, -4 * network.finer[-1].block.channels :] += 1
    again = _asked(network, SIZE)
    assert (again[0] - whole[0]).abs().max() > 1e-3
    torch.testing.assert_close(again[1], whole[1])


def test_a_network_of_256_pixels_is_little_larger_than_one_of_128() -> None:
    small, large = (
        sum(p.numel() for p in SwapNetwork(NetworkShape(size=s)).parameters()) for s in (128, 256)
    )
    assert small < large < 1.1 * small


@pytest.mark.usefixtures("small_core")
def test_from_nothing_the_core_learns_first_and_all_of_it_in_the_last_half() -> None:
    sides = [replace(TINY, size=4 * CORE).side_at(share / 8) for share in range(9)]
    assert sides == [CORE, CORE, 2 * CORE, 2 * CORE, *[4 * CORE] * 5]


@pytest.mark.usefixtures("small_core")
def test_a_resumed_run_that_grows_equals_an_unbroken_one(cast: list[Faceset], tmp_path: Path) -> None:
    whole, broken, consent = (
        tmp_path / "whole.safetensors",
        tmp_path / "broken.safetensors",
        agreed(tmp_path, cast),
    )
    train(cast, whole, TINY, consent=consent)
    stop = iter([False, True])
    train(cast, broken, TINY, consent=consent, cancelled=lambda: next(stop))
    train(cast, broken, TINY, consent=consent, resume=True)
    one, other = (load_model(path).network.state_dict() for path in (whole, broken))
    assert one["finer.0.out.weight"].abs().max() > 0
    assert all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.usefixtures("small_core")
def test_a_larger_network_goes_on_from_a_smaller_one_as_it_is(
    cast: list[Faceset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = tmp_path / "small.safetensors"
    known = train(cast, small, replace(TINY, steps=0), consent=agreed(tmp_path, cast))
    shrunk = SwapNetwork(replace(SMALL, size=CORE, people=len(cast)))
    weights = known.network.state_dict()
    weights["codes.weight"] = weights["codes.weight"][:, : shrunk.codes.weight.shape[1]].contiguous()
    shrunk.load_state_dict({name: weights[name] for name in shrunk.state_dict()})
    save_model(small, replace(known, network=shrunk))
    consent = agreed(tmp_path, cast, models=[model_digest(small)])
    seen: list[int] = []
    learn = Learner.learn
    monkeypatch.setattr(
        Learner,
        "learn",
        lambda run, batch, rate: seen.append(batch.source.shape[-1]) or learn(run, batch, rate),
    )
    warm = train(cast, tmp_path / "b.safetensors", replace(TINY, steps=0), consent=consent, start=small)
    torch.testing.assert_close(
        _asked(warm.network, SIZE), doubled(_asked(load_model(small).network, CORE)), atol=2e-4, rtol=0
    )
    train(cast, tmp_path / "c.safetensors", TINY, consent=consent, start=small)
    assert seen == [SIZE] * 4


def test_one_that_is_all_core_is_not_gone_on_from_by_one_that_is_not(
    cast: list[Faceset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tmp_path / "before.safetensors"
    train(cast, before, TINY, consent=agreed(tmp_path, cast))
    tensors, header = read_state(before)
    assert header["shape"].pop("core") == SIZE
    write_tensors(state_path(before), tensors, header)
    consent = agreed(tmp_path, cast, models=[model_digest(before)])
    monkeypatch.setattr("doublure.core.swap.network.CORE", CORE)
    with pytest.raises(DoublureError, match=rf"a core of {SIZE} pixels, width 8"):
        train(cast, tmp_path / "b.safetensors", TINY, consent=consent, start=before)
    with pytest.raises(DoublureError, match=rf"begun with a core of {SIZE} pixels.*begin anew"):
        train(cast, before, TINY, consent=agreed(tmp_path, cast), resume=True)


def test_a_model_that_says_no_core_is_all_core(
    cast: list[Faceset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "m.safetensors"
    model = train(cast, out, replace(TINY, steps=0), consent=agreed(tmp_path, cast))
    monkeypatch.setattr(
        NetworkShape,
        "as_dict",
        lambda shape: {"size": SIZE, "width": 8, "bottleneck": 16, "people": len(cast), "guide": CHANNELS},
    )
    save_model(out, model)
    monkeypatch.setattr("doublure.core.swap.network.CORE", CORE)
    assert load_model(out).network.shape.core == SIZE
