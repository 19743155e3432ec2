"""``python -m bench.stage VERB``: cast, footage, take."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.stage.cast import render_cast
from bench.stage.footage import render_footage
from bench.stage.person import Casting
from bench.stage.rig import Rig
from bench.stage.take import FIRST_FRAME, TAKE_FRAMES, render_take
from doublure.core.errors import DoublureError


def span(text: str) -> list[int]:
    """``1-5`` as [1, 2, 3, 4, 5]; ``7`` as [7]; ``1,4-5`` as [1, 4, 5]; ``1-9x4`` as [1, 5, 9]."""
    numbers: list[int] = []
    for piece in text.split(","):
        body, _, step = piece.partition("x")
        first, _, last = body.partition("-")
        try:
            numbers += range(int(first), int(last or first) + 1, int(step or 1))
        except ValueError as error:
            raise DoublureError(
                f"'{text}' is not a range", remedy="write it like 1-160 or 1001-1045x4"
            ) from error
    return numbers


def build_parser() -> argparse.ArgumentParser:
    """The command line of the stage."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.stage", description="Render ground-truth performances."
    )
    verbs = parser.add_subparsers(dest="verb", required=True)

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        p = verbs.add_parser(name, help=text, description=text)
        p.add_argument("--assets", type=Path, required=True, help="folder of the stage's assets")
        p.add_argument(
            "--cache", type=Path, default=Path("out/stage_cache"), help="folder for transferred skins"
        )
        p.add_argument("--out", type=Path, required=True, help="folder to write into")
        return p

    cast = verb("cast", "Render many people in the same independent frames.")
    cast.add_argument(
        "--people", type=span, default=span("100-115"), help="seeds of the people, such as 100-115"
    )
    cast.add_argument("--performance-seed", type=int, default=1, help="seed of acts, lights and cameras")
    footage = verb("footage", "Render independent frames of one person.")
    footage.add_argument("--person", type=int, required=True, help="seed of the person")
    footage.add_argument("--name", required=True, help="file name before the frame number")
    footage.add_argument(
        "--performance-seed", type=int, required=True, help="seed of acts, lights and cameras"
    )
    footage.add_argument("--compression", default="zip", help="EXR compression")
    for p in (cast, footage):
        p.add_argument("--frames", type=span, default=span("1-160"), help="frames, such as 1-160")
        p.add_argument("--size", type=int, default=192, help="width and height in pixels")
        p.add_argument("--samples", type=int, default=24, help="samples per pixel")
    last = FIRST_FRAME + TAKE_FRAMES - 1
    take = verb("take", "Render the example take: the driver's plate and the hero's truth.")
    take.add_argument("--driver-seed", type=int, required=True, help="seed of the person in the plate")
    take.add_argument("--hero-seed", type=int, required=True, help="seed of the person in the truth")
    take.add_argument("--performance-seed", type=int, default=7, help="seed of the performance")
    take.add_argument("--frames", type=span, default=span(f"{FIRST_FRAME}-{last}"), help="plate frames")
    take.add_argument(
        "--truth-frames", type=span, default=span(f"{FIRST_FRAME}-{last}x4"), help="truth frames"
    )
    take.add_argument("--samples", type=int, default=64, help="samples per pixel of the plate's head")
    take.add_argument("--truth-samples", type=int, default=160, help="samples per pixel of the truth's head")
    take.add_argument("--compression", default="zip", help="EXR compression")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Runs one verb; returns the exit status."""
    try:
        args = build_parser().parse_args(argv)
        casting = Casting(args.assets, args.cache)
        if args.verb == "cast":
            render_cast(
                casting,
                args.people,
                args.frames,
                args.out,
                size=args.size,
                samples=args.samples,
                performance_seed=args.performance_seed,
            )
        elif args.verb == "take":
            render_take(
                casting,
                args.driver_seed,
                args.hero_seed,
                args.frames,
                args.truth_frames,
                args.out,
                performance_seed=args.performance_seed,
                plate_samples=args.samples,
                truth_samples=args.truth_samples,
                compression=args.compression,
            )
        else:
            render_footage(
                casting,
                Rig(casting.model),
                args.person,
                args.frames,
                args.out,
                args.name,
                size=args.size,
                samples=args.samples,
                performance_seed=args.performance_seed,
                compression=args.compression,
            )
    except DoublureError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
