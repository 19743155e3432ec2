"""`doublure train`: learns a model from footage of a driver and a hero."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

NAME = "train"
HELP = "learn a model from footage of the driver and of the hero"


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    parser = subparsers.add_parser(
        NAME,
        help=HELP,
        description="Learns a model from EXR sequences of a driver and one or more heroes. Give a sequence as"
        " PATTERN or NAME=PATTERN; sequences of one name are one person. Can be killed at any moment and resumed.",
    )
    person = "[NAME=]SEQ"
    parser.add_argument(
        "--driver", action="append", required=True, metavar=person, help="the double's footage"
    )
    parser.add_argument("--hero", action="append", required=True, metavar=person, help="the face to learn")
    parser.add_argument(
        "--cast",
        action="append",
        default=[],
        metavar="NAME=SEQ",
        help="stage people who all act the same frame numbers in the same light; they teach the encoder what is"
        " performance and what is identity",
    )
    parser.add_argument(
        "-o", "--output", required=True, type=Path, metavar="MODEL.safetensors", help="the model file"
    )
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float, help="train for this long in all")
    length.add_argument("--steps", type=int, help="train this many steps in all (reproducible)")
    parser.add_argument("--resume", action="store_true", help="go on from the state beside the model")
    parser.add_argument("--from", dest="start", type=Path, metavar="MODEL", help="start warm from this model")
    parser.add_argument("--batch", type=int, default=16, help="pictures a step (default %(default)s)")
    parser.add_argument("--rate", type=float, default=8e-4, help="peak learning rate (default %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of everything random (default %(default)s)")
    parser.add_argument("--space", help="colour space of files that do not name theirs")
    parser.add_argument("--json", action="store_true", help="print the outcome as one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from doublure.cli.output import print_json
    from doublure.cli.progress import ProgressBar
    from doublure.core.swap.faceset import build_faceset
    from doublure.core.swap.train import Progress, TrainSettings, train

    settings = TrainSettings(
        steps=args.steps, minutes=args.minutes, batch=args.batch, rate=args.rate, seed=args.seed
    )
    _check_output(args.output)
    sets = []
    for role, people in _people(args).items():
        for person, sequences in people.items():
            with ProgressBar(f"faces of {person}") as bar:
                faces = build_faceset(
                    person, role, sequences, size=settings.size, space=args.space, progress=bar.update
                )
            for sentence in faces.faceless:
                print(f"doublure: left out {sentence}", file=sys.stderr)
            print(f"{person} ({role}): {len(faces)} faces", file=sys.stderr)
            sets.append(faces)
    with ProgressBar("training") as bar:

        def report(line: Progress) -> None:
            bar.update(round(line.share * 1000), 1000, note=_line(line))
            if line.held_out is not None:
                bar.say(_line(line))

        model = train(sets, args.output, settings, resume=args.resume, start=args.start, progress=report)
    if args.json:
        print_json({"model": str(args.output), "people": list(model.people), "training": model.training})
    else:
        print(f"model: {args.output}")
        print(f"preview: {args.output.with_suffix('.preview.png')}")
    return 0


def _line(line) -> str:
    text = f"step {line.step}, {line.images_per_second:.0f} images/s, loss {line.loss:.4f}"
    if line.trained is not None and line.held_out is not None:
        text += f", hero's detail: trained {line.trained:.1f} dB, held out {line.held_out:.1f} dB"
    return text


def _check_output(path: Path) -> None:
    from doublure.core.errors import DoublureError

    if path.suffix != ".safetensors":
        raise DoublureError("a model's name ends in .safetensors", file=path, remedy="name it so")
    if not path.absolute().parent.is_dir():
        raise DoublureError(f"the folder {path.parent} does not exist", file=path, remedy="create it first")


def _people(args: argparse.Namespace) -> dict[str, dict[str, list]]:
    """{role: {name: [Sequence]}} from the command line."""
    from doublure.core.errors import DoublureError
    from doublure.core.sequence import Sequence

    found: dict[str, dict[str, list]] = {"hero": {}, "driver": {}, "cast": {}}
    for role, texts in (("hero", args.hero), ("driver", args.driver), ("cast", args.cast)):
        for text in texts:
            match = re.fullmatch(r"([A-Za-z0-9_-]+)=(.+)", text)
            if match is None and role == "cast":
                raise DoublureError(f"--cast {text} does not name the person", remedy="write NAME=SEQ")
            name, pattern = (match[1], match[2]) if match else (role, text)
            found[role].setdefault(name, []).append(Sequence.parse(pattern))
    return found
