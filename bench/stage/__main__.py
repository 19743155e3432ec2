"""``python -m bench.stage --out DIR --driver-seed N --hero-seed M --take KIND``: a take with known answers.

With a first word ``cast``, ``footage`` or ``example`` it renders training footage or the example take instead.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.stage.settings import TakeSettings, parse_span
from doublure.core.errors import DoublureError

ASSETS_VARIABLE = "DOUBLURE_STAGE_ASSETS"
WORKER_BYTES = 2.5e9
DEFAULT_ASSETS = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def assets_folder(given: Path | None) -> Path:
    """The folder of assets: as given, as the environment says, or ../shared/data beside the checkout."""
    if given is not None:
        return given
    return Path(os.environ.get(ASSETS_VARIABLE) or DEFAULT_ASSETS)


def default_workers() -> int:
    """One process for each core that this one may use, as far as memory goes round: 2.5 GB for each."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(cores, int(memory / WORKER_BYTES)))


def require_mitsuba() -> None:
    """Raises a DoublureError when Mitsuba is not installed."""
    if importlib.util.find_spec("mitsuba") is None:
        raise DoublureError("the stage needs Mitsuba", remedy="install it with pip install 'doublure[stage]'")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise DoublureError(message, remedy=f"see {self.prog} --help")


REQUIRED = object()
SHARED: dict[str, dict[str, Any]] = {
    "driver_seed": {"type": int, "help": "who is in the plate"},
    "hero_seed": {"type": int, "help": "who is in the truth"},
    "performance_seed": {"type": int, "help": "seed of acts, lights and cameras"},
    "frames": {"type": parse_span},
    "size": {"type": int, "help": "width and height in pixels"},
    "samples": {"type": int, "help": "rays per pixel"},
    "compression": {"help": "EXR compression"},
}


def _share(parser: argparse.ArgumentParser, **defaults: Any) -> None:
    """Adds options that several commands have, each with this command's default, or REQUIRED."""
    for name, default in defaults.items():
        told = {"help": f"such as {default}", **SHARED[name]}
        given = {"required": True} if default is REQUIRED else {"default": default}
        parser.add_argument(f"--{name.replace('_', '-')}", **told, **given)


def _command_line(command: str, description: str, epilog: str | None = None) -> argparse.ArgumentParser:
    """A command line with the options that every command has."""
    parser = _Parser(prog=f"python -m bench.stage {command}".strip(), description=description, epilog=epilog)
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument(
        "--assets",
        type=Path,
        help=f"folder of the stage's assets (default ${ASSETS_VARIABLE}, or ../shared/data beside the checkout)",
    )
    parser.add_argument(
        "--cache", type=Path, default=Path("out/stage_cache"), help="folder for transferred skins"
    )
    return parser


def take_parser() -> argparse.ArgumentParser:
    """The command line of a take."""
    parser = _command_line(
        "",
        "Render a take whose right answer is known: plate, truth, hero footage and all layers.",
        epilog="Also: python -m bench.stage cast|footage|example --help",
    )
    _share(parser, driver_seed=REQUIRED, hero_seed=REQUIRED)
    parser.add_argument("--take", default="talk", help="talk, turn, hardkey, profile or occluded")
    _share(parser, frames="1001-1072")
    parser.add_argument("--hero-frames", default="24", help="hero footage: a range, or how many; 0 for none")
    _share(parser, size=512, samples=96)
    parser.add_argument("--performance-seed", type=int, help="default: from the take and both people")
    parser.add_argument("--shutter", type=float, default=0.0, help="motion blur: share of a frame, 0-1")
    parser.add_argument(
        "--workers", type=int, default=default_workers(), help="processes (default: one a core)"
    )
    parser.add_argument("--no-layers", action="store_true", help="write pictures and light only")
    return parser


def hero_span(text: str) -> list[int]:
    """``24`` as frames 1 to 24, ``0`` or nothing as none, else a range."""
    if not text.strip():
        return []
    return list(range(1, int(text) + 1)) if text.strip().isdigit() else parse_span(text)


def run_take(argv: list[str]) -> None:
    """Renders a take."""
    args = take_parser().parse_args(argv)
    from bench.stage.acting.takes import default_seed, take_kind

    take_kind(args.take)
    seed = args.performance_seed
    if args.workers < 1:
        raise DoublureError(f"{args.workers} workers cannot render", remedy="give 1 or more")
    settings = TakeSettings(
        args.take,
        args.driver_seed,
        args.hero_seed,
        default_seed(args.take, args.driver_seed, args.hero_seed) if seed is None else seed,
        tuple(args.frames),
        tuple(hero_span(args.hero_frames)),
        args.size,
        args.samples,
        args.shutter,
        not args.no_layers,
    )
    require_mitsuba()
    from bench.stage.render import render_take

    render_take(settings, assets_folder(args.assets), args.cache, args.out, args.workers)


def run_cast(argv: list[str]) -> None:
    """Renders the cast."""
    parser = _command_line("cast", "Render many people in the same independent frames.")
    parser.add_argument("--people", type=parse_span, default="100-115", help="seeds, such as 100-115")
    _share(parser, performance_seed=1, frames="1-160", size=192, samples=24)
    args = parser.parse_args(argv)
    require_mitsuba()
    from bench.stage.cast import render_cast
    from bench.stage.people.person import Casting

    render_cast(
        Casting(assets_folder(args.assets), args.cache),
        args.people,
        args.frames,
        args.out,
        size=args.size,
        samples=args.samples,
        performance_seed=args.performance_seed,
    )


def run_footage(argv: list[str]) -> None:
    """Renders footage of one person."""
    parser = _command_line("footage", "Render independent frames of one person.")
    parser.add_argument("--person", type=int, required=True, help="seed of the person")
    parser.add_argument("--name", required=True, help="file name before the frame number")
    _share(parser, performance_seed=REQUIRED, compression="zip", frames="1-160", size=192, samples=24)
    args = parser.parse_args(argv)
    require_mitsuba()
    from bench.stage.footage import render_footage
    from bench.stage.people.person import Casting
    from bench.stage.shading.rig import Rig

    casting = Casting(assets_folder(args.assets), args.cache)
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


def run_example(argv: list[str]) -> None:
    """Renders the example take."""
    parser = _command_line(
        "example", "Render the example take, 960x540: the driver's plate and the hero's truth."
    )
    _share(parser, driver_seed=REQUIRED, hero_seed=REQUIRED)
    parser.add_argument("--performance-seed", type=int, default=7, help="seed of the performance")
    parser.add_argument(
        "--frames", type=parse_span, default="1001-1048", help="plate frames, within 1001-1048"
    )
    parser.add_argument("--truth-frames", type=parse_span, default="1001-1048x4", help="truth frames")
    parser.add_argument("--samples", type=int, default=64, help="rays per pixel of the plate's head")
    parser.add_argument("--truth-samples", type=int, default=160, help="rays per pixel of the truth's head")
    _share(parser, compression="zip")
    args = parser.parse_args(argv)
    require_mitsuba()
    from bench.stage.example import render_example
    from bench.stage.people.person import Casting

    render_example(
        Casting(assets_folder(args.assets), args.cache),
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


VERBS: dict[str, Callable[[list[str]], None]] = {
    "cast": run_cast,
    "footage": run_footage,
    "example": run_example,
}


def main(argv: list[str] | None = None) -> int:
    """Runs one command; returns the exit status: 0, or 1 with one sentence on standard error."""
    words = sys.argv[1:] if argv is None else argv
    try:
        if words and words[0] in VERBS:
            VERBS[words[0]](words[1:])
        else:
            run_take(words)
    except DoublureError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the same command goes on where it stopped", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
