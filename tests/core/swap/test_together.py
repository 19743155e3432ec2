"""Two processes on one machine (gloo): they must learn what one learns."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch import distributed as dist

from doublure.core.swap.learner import Learner, first_says, share_of
from doublure.core.swap.pairs import Pairs
from doublure.core.swap.settings import TrainSettings

from .conftest import SIZE, make_faceset

SETTINGS = TrainSettings(steps=3, batch=8, size=SIZE, width=4, bottleneck=16, precision="float32")


def learnt(steps: int = 3) -> Tensor:
    """The network's parameters, one after another."""
    torch.set_num_threads(1)
    sets = [make_faceset("ada", "hero", seed=1), make_faceset("ben", "driver", seed=2)]
    pairs, learner = Pairs(sets, SIZE), Learner(len(sets), SETTINGS)
    for _ in range(steps):
        learner.learn(pairs.draw(SETTINGS.batch, learner.generator), 1e-3)
    return torch.cat([parameter.detach().flatten() for parameter in learner.network.parameters()])


def _one_of_two(rank: int, folder: str) -> None:
    dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
    told = first_says(float(rank + 5))
    assert told == (5.0,)
    learnt().numpy().tofile(f"{folder}/{rank}.f32")
    dist.destroy_process_group()


def test_two_processes_learn_what_one_learns(tmp_path: Path) -> None:
    untrained, alone = learnt(0), learnt()
    start = multiprocessing.get_context("spawn")
    workers = [start.Process(target=_one_of_two, args=(rank, str(tmp_path))) for rank in (0, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0]
    first, second = (torch.from_file(str(tmp_path / f"{rank}.f32"), size=len(alone)) for rank in (0, 1))
    assert torch.equal(first, second)
    # Each half weighs its own pixels, and Adam's first steps make the most of small differences.
    assert float((first - alone).norm()) < 0.1 * float((alone - untrained).norm())


def test_alone_the_batch_is_whole() -> None:
    pairs = Pairs([make_faceset("ada", "hero", seed=1)], SIZE)
    batch = pairs.draw(4, torch.Generator().manual_seed(1))
    assert share_of(batch) is batch


def test_alone_everybody_is_the_first() -> None:
    assert first_says(1.0, 2.0) == pytest.approx((1.0, 2.0))
