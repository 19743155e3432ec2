"""How much longer a shot takes to check than to read: 200 4K frames of result and plate, the same threads.

python -m bench.publish_scan [--json] [--quick] [--threads N] [--frames N] [--width W --height H]
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch

from bench.report import Row, run
from doublure.core.exr import read_exr, write_exr
from doublure.core.face.sidecar import Track
from doublure.core.face.track import track_frames
from doublure.core.frame import Frame
from doublure.core.scan.scan import IDENTITIES, scan_shot
from doublure.core.sequence import Sequence

PLATE = Path(__file__).resolve().parents[1] / "examples" / "plate" / "plate.1001.exr"
FIRST = 1001
TARGET = 1.5
_DIFFERENT = 4
"""Frames that are made; the others are further links to them, which are read and decoded all the same."""


def measure(arguments: argparse.Namespace) -> list[Row]:
    """Time reading plate and result alone, and scanning them, on a shot made for it."""
    count = arguments.frames or (24 if arguments.quick else 200)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        track = make_shot(folder, count, arguments.width, arguments.height)
        files = {
            kind: [(n, folder / f"{kind}.{n}.exr") for n in range(FIRST, FIRST + count)]
            for kind in ("comp", "plate")
        }
        # Once unmeasured, so that networks are loaded and files are in memory for both alike.
        plates = Sequence.parse(folder / "plate.####.exr")
        scan_shot(files["comp"][:4], plates, track, threads=arguments.threads)
        reading = _seconds(lambda: read_alone(files["comp"], files["plate"], arguments.threads))
        facts = []
        # As large a share of the frames is recognised as in a shot of 200.
        options = {"threads": arguments.threads, "identities": max(1, count * IDENTITIES // 200)}
        checking = _seconds(lambda: facts.append(scan_shot(files["comp"], plates, track, **options)))
    broken = [frame for frame in facts[0].frames if frame.fault or frame.face is None]
    if broken:
        raise RuntimeError(f"{len(broken)} frames were not measured: {broken[0].fault or broken[0].faceless}")
    return [
        Row("publish.read_ms", 1000 * reading / count, "ms", None, "lower"),
        Row("publish.scan_ms", 1000 * checking / count, "ms", None, "lower"),
        Row("publish.scan_ratio", checking / reading, "x", TARGET, "lower"),
    ]


def read_alone(comp: list[tuple[int, Path]], plate: list[tuple[int, Path]], threads: int) -> None:
    """Every frame of both read whole, ``threads`` pairs at a time, and let go."""

    def one(pair: tuple[tuple[int, Path], tuple[int, Path]]) -> None:
        for number, path in pair:
            read_exr(path, number=number)

    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(one, zip(comp, plate, strict=True)):
            pass


def make_shot(folder: Path, count: int, width: int, height: int) -> Track:
    """Write ``count`` plates and comps, half ZIP, and return the track of the plate.

    The example plate enlarged, under grain of a pixel's size; the comp is the plate with a gain and other grain under
    an oval matte over the face.
    """
    small = read_exr(PLATE)
    rows, columns = small.display.slices(small.data)
    rgb = np.ascontiguousarray(small.rgb[:, rows, columns].permute(1, 2, 0).numpy())
    large = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_CUBIC)
    clean = Frame.from_rgb(torch.from_numpy(large).permute(2, 0, 1).contiguous(), small.space, number=FIRST)
    found = track_frames([clean])
    face = found.at(FIRST)
    if face.points is None:
        raise RuntimeError("the example plate shows no face at this size")
    matte = _oval(face.points, width, height)
    for index in range(min(_DIFFERENT, count)):
        picture = _grainy(clean.rgb, index)
        inside = torch.where(matte > 0, _grainy(clean.rgb * 1.02, index + 100), picture)
        number = FIRST + index
        plate = replace(clean, number=number).with_rgb(picture)
        write_exr(folder / f"plate.{number}.exr", plate)
        comp = plate.with_rgb(matte * inside + (1 - matte) * picture).with_channel("matte", matte)
        write_exr(folder / f"comp.{number}.exr", comp)
    for index in range(_DIFFERENT, count):
        for kind in ("plate", "comp"):
            source = folder / f"{kind}.{FIRST + index % _DIFFERENT}.exr"
            _link(source, folder / f"{kind}.{FIRST + index}.exr")
    return replace(found, frames={n: replace(face, number=n) for n in range(FIRST, FIRST + count)})


def _oval(points: np.ndarray, width: int, height: int) -> torch.Tensor:
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    y, x = np.mgrid[:height, :width].astype(np.float32) + 0.5
    radius = (high - low) / 2
    distance = np.hypot((x - (low + high)[0] / 2) / radius[0], (y - (low + high)[1] / 2) / radius[1])
    soft = np.clip((1 - distance) * radius[0] / 20 + 0.5, 0, 1)
    # Half float's smallest normal number, as a Blend keeps it.
    return torch.from_numpy(np.where(soft < 2.0**-14, 0, soft).astype(np.float32))


def _grainy(rgb: torch.Tensor, seed: int) -> torch.Tensor:
    random = torch.Generator().manual_seed(seed)
    noise = torch.randn(rgb.shape, generator=random)
    return rgb + noise * (4e-4 * rgb.clamp_min(0) + 1e-6).sqrt()


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--threads", type=int, default=2, help="frames worked on at once (default 2)")
    parser.add_argument("--frames", type=int, help="frames of the shot (default 200; 24 with --quick)")
    parser.add_argument("--width", type=int, default=4096, help="pixels (default 4096)")
    parser.add_argument("--height", type=int, default=2160, help="pixels (default 2160)")


if __name__ == "__main__":
    run("publish_scan", measure, _options)
