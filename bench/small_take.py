"""Cut a take of the stage down to what tests and ``bench.scoreboard --quick`` need, small enough to commit.

    python -m bench.small_take out/stage/talk examples/takes/talk --frames 1001-1008 --hero 1-6

Kept: plate, truth, some hero frames, ``take.json`` of these frames, and the truth's layers that measures read
(clean, albedo, normal, flow, occlusion), half float. Plate and truth keep every bit: their grain is measured.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench.baselines import HERO
from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError
from doublure.core.exr import read_exr, write_exr
from doublure.core.frame import Frame
from doublure.core.header import FLOAT_CHANNELS
from doublure.core.measure.take import LAYER_CHANNELS, LAYERS, PLATE, TRUTH, read_about
from doublure.core.sequence import Sequence

CLEAN = ("clean.R", "clean.G", "clean.B")
LOSSY = "dwaa:20"
"""For layers without grain and for training footage: an error far below the grain, at a third of the size."""


def cut_take(source: Path, target: Path, frames: str, hero: str) -> None:
    """Write the small take.

    Raises:
        DoublureError: a frame or a layer is missing in the source; the target cannot be written.
    """
    wanted = Sequence.parse(source / TRUTH, frames).numbers
    footage = Sequence.parse(source / HERO, hero).numbers
    for pattern, numbers, compression in (
        (PLATE, wanted, "zip"),
        (TRUTH, wanted, "zip"),
        (HERO, footage, LOSSY),
    ):
        for number in numbers:
            _copy(read_exr(_path(source, pattern, number), number=number), target, pattern, compression)
    kept = [*CLEAN, *(name for names in LAYER_CHANNELS.values() for name in names)]
    for number in wanted:
        frame = read_exr(_path(source, LAYERS, number), number=number)
        _copy(_only(frame, kept), target, LAYERS, LOSSY)
    about = dict(read_about(source / "take.json"))
    about["frames"], about["hero_frames"] = _span(wanted), _span(footage)
    about["sequences"] = {"plate": PLATE, "truth": TRUTH, "hero": HERO, "layers": {"truth": LAYERS}}
    about["layers"] = {name: about["layers"][name] for name in ("clean", *LAYER_CHANNELS)}
    for key, numbers in (("shots", wanted), ("hero_shots", footage)):
        about[key] = [shot for shot in about.get(key, []) if shot["frame"] in numbers]
    with atomic_file(target / "take.json") as temporary:
        temporary.write_text(json.dumps(about) + "\n", encoding="utf-8")


def _path(folder: Path, pattern: str, number: int) -> Path:
    return Sequence.parse(folder / pattern).path(number)


def _copy(frame: Frame, target: Path, pattern: str, compression: str) -> None:
    assert frame.number is not None
    path = _path(target, pattern, frame.number)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_exr(path, frame, compression=compression)


def _only(frame: Frame, names: list[str]) -> Frame:
    """The frame with these channels alone, all of which become half float."""
    pixels = frame.pixels[[_index(frame, name) for name in names]]
    metadata = {key: value for key, value in frame.metadata.items() if key != FLOAT_CHANNELS}
    return Frame(
        pixels.contiguous(),
        tuple(names),
        frame.data,
        frame.display,
        frame.space,
        frame.pixel_aspect,
        metadata,
        frame.number,
        frame.path,
    )


def _index(frame: Frame, name: str) -> int:
    frame.channel(name)
    return frame.channels.index(name)


def _span(numbers: list[int]) -> str:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.small_take", description=__doc__.split("\n")[0])
    parser.add_argument("source", type=Path, help="a take of the stage, with layers")
    parser.add_argument("target", type=Path, help="the folder to write")
    parser.add_argument("--frames", default="1001-1008", help="frames to keep (default %(default)s)")
    parser.add_argument("--hero", default="1-6", help="hero frames to keep (default %(default)s)")
    arguments = parser.parse_args()
    try:
        cut_take(arguments.source, arguments.target, arguments.frames, arguments.hero)
    except DoublureError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
