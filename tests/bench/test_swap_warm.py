from __future__ import annotations

from pathlib import Path

import pytest
import torch

from bench import standard_set, swap_warm
from bench.swap_footage import Pair
from bench.swap_rows import WARM
from doublure.core.measure import identity
from doublure.core.measure.reference import Reference
from doublure.core.measure.take import PLATE, Take, read_take
from doublure.core.swap.checkpoint import Model, save_model
from doublure.core.swap.network import NetworkShape, SwapNetwork
from doublure.core.swap.train import TrainSettings
from tests.core.swap.conftest import make_faceset

TALK = standard_set.SMALL_ROOT / "talk"


@pytest.fixture(scope="module")
def take() -> Take:
    torch.set_num_threads(1)
    return read_take(str(TALK / PLATE), TALK, "1001-1003", layers=True)


def test_the_truth_keeps_every_promise(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    # A descriptor takes as long as all the rest.
    monkeypatch.setattr(identity, "available", lambda: False)
    found = swap_warm.figures(take.judged(take.truths), Reference(take.truths, take.plates))
    assert set(found) == set(WARM)
    for key, (_, target, better) in WARM.items():
        value = found[key]
        if target is None or key.startswith("identity"):
            continue
        assert value is not None
        assert value >= target if better == "higher" else value <= target, key


def test_a_warm_run_goes_on_and_is_done_when_it_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sets = [make_faceset("p481", "hero", seed=1), make_faceset("p482", "driver", seed=2)]
    start = tmp_path / "start.safetensors"
    monkeypatch.setattr(swap_warm, "SIZE", 32)
    monkeypatch.setattr(swap_warm, "MODEL", start)
    monkeypatch.setattr(
        swap_warm, "TrainSettings", lambda **given: TrainSettings(**{**given, "width": 8, "batch": 4})
    )
    people = tuple(
        {"name": n, "role": r, "frames": 8, "sha256": "0" * 64} for n, r in (("a", "hero"), ("b", "driver"))
    )
    network = SwapNetwork(NetworkShape(size=32, width=8)).eval()
    save_model(start, Model(network, torch.zeros(2, 3, 16, 16), people, {}))
    pair = Pair(tmp_path)
    first = swap_warm.warm_model(pair, sets, 2e-3)
    again = swap_warm.warm_model(pair, sets, 2e-3)
    assert again.training["steps"] == first.training["steps"] > 0
    assert "goes on where it was" in capsys.readouterr().err
    assert again.names == ["p481", "p482"]
    mean = network.codes.weight.mean(0)
    untrained = swap_warm.warm_model(pair, sets, 0).network.codes.weight
    assert torch.allclose(untrained, mean.expand(2, -1), atol=1e-3)
