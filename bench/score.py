"""How near is a result to the truth of a take, and is it nearer than doing nothing?

    python -m bench.score out/comp.####.exr examples --json

Frames are those of the take's truth (``--frames`` picks some of them). The result and the plate are scored
alike, each after its own best gain and similarity for the shot; docs/measures.md tells what each number means.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path

import torch

from bench.report import Row, as_object
from doublure.core.errors import DoublureError
from doublure.core.measure.summary import FrameScore, Score, ShotScore
from doublure.core.measure.take import Take, identity_distances, read_take, score_take

DISTANCE = {"result": "hero", "nothing": "plate_hero"}
"""Which of the distances tells how near a row is to the truth's person."""


def rows(scored: Score, distances: dict[str, float | None] | None) -> list[Row]:
    """The shot's numbers as rows of a bench, result and nothing in turn."""
    out = []
    for who, shot in (("result", scored.result), ("nothing", scored.nothing)):
        if shot is None:
            continue
        out += [
            Row(f"score.{who}.psnr", shot.shot.psnr, "dB", None, "higher"),
            Row(f"score.{who}.ssim", shot.shot.ssim, "", None, "higher"),
            Row(f"score.{who}.detail", shot.shot.detail, "dB", None, "higher"),
            Row(f"score.{who}.light", shot.shot.light, "ACEScct", None, "lower"),
        ]
        distance = (distances or {}).get(DISTANCE[who])
        if distance is not None:
            out.append(Row(f"score.{who}.identity", distance, "distance", None, "lower"))
    return out


def as_json(take: Take, scored: Score, distances: dict[str, float | None] | None) -> dict[str, object]:
    """What ``--json`` prints: the fields of every bench, ``summary`` and ``frames``."""
    frames = [
        {
            "frame": number,
            "result": asdict(scored.result.frames[i]),
            "nothing": asdict(scored.nothing.frames[i]) if scored.nothing else None,
        }
        for i, number in enumerate(take.numbers)
    ]
    summary = {
        "frames": len(take.numbers),
        "result": _shot(scored.result),
        "nothing": _shot(scored.nothing) if scored.nothing else None,
        "identity": distances,
    }
    return {**as_object("score", rows(scored, distances)), "summary": summary, "frames": frames}


def _shot(shot: ShotScore) -> dict[str, object]:
    return {**asdict(shot.shot), "fit": asdict(shot.fit)}


def _table(take: Take, scored: Score, distances: dict[str, float | None] | None) -> str:
    lines = [f"{'':<18}{'psnr dB':>9}{'ssim':>8}{'detail dB':>11}{'light':>8}"]
    for who, shot in (("result", scored.result), ("doing nothing", scored.nothing)):
        if shot is None:
            continue
        for number, frame in zip(take.numbers, shot.frames, strict=True):
            lines.append(_line(f"{who[:13]} {number}", frame))
        lines.append(_line(who, shot.shot))
        gain = ", ".join(f"{g:.3f}" for g in shot.fit.gain)
        place = shot.fit.similarity
        lines.append(
            f"  after gain {gain}; scale {place.scale:.3f}, {place.rotation:+.2f}°, "
            f"shift {100 * place.shift_x:+.1f} % {100 * place.shift_y:+.1f} %"
        )
    if distances is not None:
        said = (f"{k} {'no face' if v is None else format(v, '.3f')}" for k, v in distances.items())
        lines.append("identity distance: " + ", ".join(said))
    return "\n".join(lines)


def _line(name: str, row: FrameScore) -> str:
    return f"{name:<18}{row.psnr:>9.2f}{row.ssim:>8.3f}{row.detail:>11.2f}{row.light:>8.4f}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.score", description=__doc__.split("\n")[0])
    parser.add_argument("result", help="the frames to judge, like out/comp.####.exr")
    parser.add_argument("take", type=Path, help="a folder with plate/plate.####.exr and truth/truth.####.exr")
    parser.add_argument("--frames", help="only these frames of the truth, like 1001-1045x4")
    parser.add_argument("--identity", action="store_true", help="descriptor distances too (extra 'identity')")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    arguments = parser.parse_args()
    # Faces are small pictures: threads gain little here and lose much on a busy machine.
    torch.set_num_threads(1)
    try:
        with redirect_stdout(sys.stderr):
            take = read_take(arguments.result, arguments.take, arguments.frames)
            scored = score_take(take)
            distances = identity_distances(take) if arguments.identity else None
    except DoublureError as error:
        sys.exit(str(error))
    if arguments.json:
        print(json.dumps(as_json(take, scored, distances), indent=2))
    else:
        print(_table(take, scored, distances))


if __name__ == "__main__":
    main()
