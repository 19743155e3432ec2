"""Is reading and writing a 4K sequence through Doublure as quick as the peer's copy of the same files?

The peer is ``oiiotool --frames A-B in.#.exr -o out.#.exr``: one process over all frames, so that its start
counts once. Ours hands float32 frames through (half to float and back, NaN and range checks, files flushed
and renamed); the peer's files are not flushed to the disk. Both read and write ZIP half RGBA, in turns, from
the page cache. ``cpu_ratio`` is the same quotient in processor time, which a busy machine disturbs less.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median

import torch

from bench.report import Row, run
from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.core.sequence import FrameReader, FrameWriter, Sequence

WIDTH, HEIGHT = 4096, 2160


def picture(number: int) -> Frame:
    """A plate-like frame: smooth light, a few edges, and grain that grows with the signal; seeded."""
    random = torch.Generator().manual_seed(number)
    coarse = torch.rand(1, 4, 9, 16, generator=random) ** 3 * 2
    pixels = torch.nn.functional.interpolate(coarse, (HEIGHT, WIDTH), mode="bicubic", align_corners=True)[0]
    pixels[:3, HEIGHT // 3 : HEIGHT // 2, WIDTH // 4 : WIDTH // 2] *= 0.3
    pixels[:3] += torch.randn(3, HEIGHT, WIDTH, generator=random) * 0.01 * pixels[:3].clamp(min=0.02).sqrt()
    pixels[3] = 1.0
    return replace(Frame.from_rgb(pixels, "ACEScg"), number=number)


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, and seconds of processor time over all cores."""

    wall: float
    cpu: float


def cost(work: Callable[[], None]) -> Cost:
    """What ``work`` costs, child processes that it waits for included."""
    before, start = os.times(), time.perf_counter()
    work()
    wall, after = time.perf_counter() - start, os.times()
    return Cost(wall, sum(after[:4]) - sum(before[:4]))


def ours(source: Path, target: Path, frames: str) -> None:
    """Copy the sequence through float32 frames."""
    reader = FrameReader(Sequence.parse(source / "plate.####.exr", frames))
    with FrameWriter(Sequence.parse(target / "ours.####.exr")) as writer:
        for frame in reader:
            writer.write(frame)


def peer(source: Path, target: Path, frames: str) -> None:
    """The same copy by oiiotool."""
    command = ["oiiotool", "--frames", frames, str(source / "plate.#.exr"), "-o", str(target / "peer.#.exr")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def measure(arguments: argparse.Namespace) -> list[Row]:
    """Reading and writing 4096x2160 half RGBA frames (ZIP), against oiiotool over the same files."""
    if shutil.which("oiiotool") is None:
        raise DoublureError("oiiotool is not on the path", remedy="install the openimageio package's tools")
    count, rounds = (8, 3) if arguments.quick else (16, 7)
    frames = f"1-{count}"
    costs: dict[str, list[Cost]] = {"ours": [], "peer": []}
    copies = {"ours": ours, "peer": peer}
    with tempfile.TemporaryDirectory(prefix="doublure-frame-io-") as folder:
        root = Path(folder)
        with FrameWriter(Sequence.parse(root / "plate.####.exr")) as writer:
            for number in range(1, count + 1):
                writer.write(picture(number))
        for copy in copies.values():
            copy(root, root, "1-2")
        for turn in range(rounds):
            # Alternating which goes first, so that neither always meets the other's dirty pages.
            for name in sorted(copies, reverse=turn % 2 == 1):
                spent = cost(partial(copies[name], root, root, frames))
                costs[name].append(Cost(spent.wall / count, spent.cpu / count))
                print(f"round {turn + 1} of {rounds}: {name} {spent.wall / count * 1000:.0f} ms a frame")
    pairs = list(zip(costs["ours"], costs["peer"], strict=True))
    return [
        Row("frame_io.ratio", median(own.wall / other.wall for own, other in pairs), "x", 1.1, "lower"),
        Row("frame_io.cpu_ratio", median(own.cpu / other.cpu for own, other in pairs), "x", None, "lower"),
        Row("frame_io.ours", median(own.wall for own, _ in pairs) * 1000, "ms/frame", None, "lower"),
        Row("frame_io.oiiotool", median(other.wall for _, other in pairs) * 1000, "ms/frame", None, "lower"),
    ]


if __name__ == "__main__":
    run("frame_io", measure)
