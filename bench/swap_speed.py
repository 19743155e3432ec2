"""How quickly does Swap learn and render, beside a classic network of the peers' kind on the same batches?

    python -m bench.swap_speed --json

``throughput_ratio``: pictures a second of whole training steps (drawing, augmenting, forward, backward, optimiser) at
128 pixels over those of ``bench.classic_swap``, turn by turn in one run, same pictures, batch and precision.
``ms_1080p``: one frame through Swap alone, a face 600 pixels high in 1920x1080, by an untrained network of 256 pixels;
tracking and files excluded.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from statistics import median

import torch
from torch import Generator

from bench.classic_swap import ClassicNetwork, classic_loss, parameters
from bench.report import Row, run
from bench.track_plate import place, surroundings
from doublure.core.color import to_working
from doublure.core.errors import DoublureError
from doublure.core.exr import read_exr
from doublure.core.face.track import TrackSettings, track_frames
from doublure.core.sequence import Sequence
from doublure.core.swap.checkpoint import Model
from doublure.core.swap.faceset import Faceset, build_faceset
from doublure.core.swap.guide import CHANNELS
from doublure.core.swap.infer import Swapper
from doublure.core.swap.learner import Learner
from doublure.core.swap.marks import POINTS
from doublure.core.swap.network import NetworkShape, SwapNetwork
from doublure.core.swap.pairs import Pairs
from doublure.core.swap.settings import TrainSettings, native_bfloat16

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
BATCH = 16


def throughputs(sets: list[Faceset], rounds: int, steps: int) -> tuple[float, float]:
    """(ours, the classic's) pictures a second: medians of ``rounds`` turns of ``steps`` steps each."""
    pairs, bfloat16 = Pairs(sets, 128), native_bfloat16()
    settings = TrainSettings(steps=1, size=128, batch=BATCH)
    ours = Learner(len(sets), settings)
    classic = ClassicNetwork().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(classic.parameters(), lr=1e-4, betas=(0.8, 0.99))
    generator = Generator().manual_seed(1)

    def one_of_ours() -> None:
        ours.learn(pairs.draw(BATCH, generator), settings.rate)

    def one_classic() -> None:
        batch = pairs.draw(BATCH, generator)
        source = batch.source.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
            found = classic(source, batch.person)
        optimiser.zero_grad(set_to_none=True)
        classic_loss(found.float(), batch.target, batch.weight).backward()
        optimiser.step()

    speeds: dict[str, list[float]] = {"ours": [], "classic": []}
    for turn in range(rounds + 1):
        for name, work in (("ours", one_of_ours), ("classic", one_classic)):
            start = time.perf_counter()
            for _ in range(steps):
                work()
            if turn:  # the first warms up
                speeds[name].append(BATCH * steps / (time.perf_counter() - start))
    return median(speeds["ours"]), median(speeds["classic"])


def milliseconds(size: int, count: int) -> float:
    """Median milliseconds a frame of 1920x1080 through Swap by a network of ``size`` pixels."""
    plate = to_working(read_exr(EXAMPLES / "takes" / "talk" / "plate" / "plate.1001.exr", number=1001))
    frame = place(plate, surroundings(1920, 1080, seed=3), 1080, (420, 0))
    track = track_frames([frame], TrackSettings(smoothing=0))
    face = track.found
    if not face:
        raise DoublureError("no face was found in the example plate", remedy="fetch the weights first")
    network = SwapNetwork(NetworkShape(size=size, guide=CHANNELS)).eval()
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # as load_model does
    people = ({"name": "hero", "role": "hero"}, {"name": "driver", "role": "driver"})
    rests = torch.zeros(2, len(POINTS), 3)
    swapper = Swapper(Model(network, torch.zeros(2, 3, 16, 16), people, {}, rests=rests))
    seconds = []
    for _ in range(count + 2):
        start = time.perf_counter()
        swapper.render(frame, face[0], shape=track.shape)
        seconds.append(time.perf_counter() - start)
    return 1000 * median(seconds[2:])


def measure(arguments: argparse.Namespace) -> list[Row]:
    """How quickly does Swap learn and render?"""
    hero = build_faceset("hero", "hero", [Sequence.parse(EXAMPLES / "hero" / "hero.####.exr")])
    driver = build_faceset("driver", "driver", [Sequence.parse(EXAMPLES / "plate" / "plate.####.exr")])
    ours, classic = throughputs([hero, driver], *((3, 4) if arguments.quick else (7, 8)))
    return [
        Row("swap.throughput", ours, "images/s", None, "higher"),
        Row("swap.throughput_classic", classic, "images/s", None, "higher"),
        Row("swap.throughput_ratio", ours / classic, "x", 6.0, "higher"),
        Row(
            "swap.parameters_m",
            parameters(SwapNetwork(NetworkShape(size=256, guide=CHANNELS))),
            "M",
            25.0,
            "lower",
        ),
        Row("swap.parameters_classic_m", parameters(ClassicNetwork()), "M", None, "lower"),
        Row("swap.ms_1080p", milliseconds(256, 5 if arguments.quick else 20), "ms", 150.0, "lower"),
    ]


if __name__ == "__main__":
    run("swap_speed", measure)
