"""Trains Doublure's network and a classic one from nothing, for the same minutes on the same faces, one by one.

Both draw their batches from ``core.swap.pairs.Pairs``, in the same size and precision; ours with its own learner, rate
and running average, the classic with its losses and AdamW as in ``bench.swap_speed``. Minutes are of the wall clock and
hold drawing and learning, nothing else. Who has finished is kept in the cache; a race that was cut short begins anew.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Generator, Tensor, nn

from bench.classic_swap import ClassicNetwork, classic_loss
from doublure.core.swap.checkpoint import read_tensors, write_tensors
from doublure.core.swap.faceset import Faceset
from doublure.core.swap.guide import drawn
from doublure.core.swap.keeper import people_of
from doublure.core.swap.learner import Learner
from doublure.core.swap.marks import Marks, acted
from doublure.core.swap.network import NetworkShape, SwapNetwork
from doublure.core.swap.pairs import Pairs, rests_of
from doublure.core.swap.settings import TrainSettings, schedule

SIZE, BATCH = 128, 16
SCHEMA = "doublure.peer/1"
TOLD = 60.0
"""Seconds between two lines."""

Answer = Callable[[Tensor, Marks], tuple[Tensor, Tensor | None]]
"""Light-separated faces (N, 3, S, S), 0 outside the face, and their landmarks, to the hero's faces and, of a network
that has one, the matte (N, 1, S, S) 0-1 in which they are to be shown."""


@dataclass(frozen=True)
class Racer:
    """A trained network: ``answer`` asks it for the hero; ``pictures`` is how many it saw."""

    answer: Answer
    pictures: int


def ours(network: SwapNetwork, hero: int, rest: Tensor) -> Answer:
    """Asks a network of Doublure's for the person ``hero``, whose face at rest ``rest`` is."""

    @torch.inference_mode()
    def answer(faces: Tensor, marks: Marks) -> tuple[Tensor, Tensor]:
        people = torch.full((len(faces),), hero)
        guide = drawn(acted(marks, rest), NetworkShape(size=faces.shape[-1]).guide_side)
        detail, matte = network(faces, network.code(people), guide)
        return detail, torch.sigmoid(matte)

    return answer


def classic(network: nn.Module, hero: int) -> Answer:
    """Asks a classic network for the person ``hero``; it has no use for landmarks, and no matte."""

    @torch.inference_mode()
    def answer(faces: Tensor, marks: Marks) -> tuple[Tensor, None]:
        return network(faces, torch.full((len(faces),), hero)), None

    return answer


def race_ours(sets: list[Faceset], minutes: float, path: Path) -> Racer:
    """Our network, trained or from the cache. The hero's set comes first."""
    settings = TrainSettings(minutes=minutes, size=SIZE, batch=BATCH)
    learner = Learner(len(sets), settings)
    known = _kept(path, sets)
    if known is None:
        pairs = Pairs(sets, SIZE, learner.device)

        def step(share: float) -> float:
            return learner.learn(
                pairs.draw(BATCH, learner.generator), settings.rate * schedule(learner.step, share)
            )

        known = _raced("Doublure's network", step, minutes, learner.average, sets, path)
    tensors, steps = known
    learner.average.load_state_dict(tensors)
    return Racer(ours(learner.average.cpu().eval(), 0, rests_of(sets)[0]), steps * BATCH)


def race_classic(sets: list[Faceset], minutes: float, path: Path) -> Racer:
    """The classic network, trained or from the cache. The hero's set comes first, and there are two."""
    settings = TrainSettings(minutes=minutes, size=SIZE, batch=BATCH)
    device, bfloat16 = settings.place, settings.bfloat16
    torch.manual_seed(settings.seed)
    network = ClassicNetwork(SIZE).to(device)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    known = _kept(path, sets)
    if known is None:
        pairs, generator = Pairs(sets, SIZE, device), Generator(device).manual_seed(settings.seed)
        optimiser = torch.optim.AdamW(network.parameters(), lr=1e-4, betas=(0.8, 0.99))

        def step(share: float) -> float:
            batch = pairs.draw(BATCH, generator)
            source = batch.source.contiguous(memory_format=torch.channels_last)
            with torch.autocast(device.type, dtype=torch.bfloat16, enabled=bfloat16):
                found = network(source, batch.person)
            optimiser.zero_grad(set_to_none=True)
            loss = classic_loss(found.float(), batch.target, batch.weight)
            loss.backward()
            optimiser.step()
            return float(loss.detach())

        known = _raced("the classic network", step, minutes, network, sets, path)
    tensors, steps = known
    network.load_state_dict(tensors)
    return Racer(classic(network.cpu().eval(), 0), steps * BATCH)


Kept = tuple[dict[str, Tensor], int]


def _raced(
    name: str,
    step: Callable[[float], float],
    minutes: float,
    network: nn.Module,
    sets: list[Faceset],
    path: Path,
) -> Kept:
    """Takes steps until the minutes are over, and keeps the network; ``step`` is told which share of them is over."""
    steps, began = 0, time.monotonic()
    told = began
    while (seconds := time.monotonic() - began) < 60 * minutes:
        loss = step(seconds / (60 * minutes))
        steps += 1
        if time.monotonic() - told > TOLD:
            told = time.monotonic()
            print(
                f"{name}: {(told - began) / 60:.1f} of {minutes:g} minutes, {steps * BATCH} pictures, loss {loss:.4f}",
                file=sys.stderr,
                flush=True,
            )
    tensors = {key: value.cpu() for key, value in network.state_dict().items()}
    header: dict[str, Any] = {"schema": SCHEMA, "steps": steps, "people": list(people_of(sets))}
    write_tensors(path, tensors, header)
    return tensors, steps


def _kept(path: Path, sets: list[Faceset]) -> Kept | None:
    """What an earlier race of the same pictures left."""
    if not path.is_file():
        return None
    tensors, header = read_tensors(path, SCHEMA)
    if header["people"] != list(people_of(sets)):
        return None
    print(f"{path.name} is trained already", file=sys.stderr, flush=True)
    return tensors, int(header["steps"])
