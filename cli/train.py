"""`doublure train`: learns a model from footage of a driver and a hero who consented."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from doublure.cli.arguments import add_consent
from doublure.cli.output import print_json, say
from doublure.cli.progress import Progress
from doublure.cli.together import together
from doublure.core.errors import DoublureError

if TYPE_CHECKING:
    from doublure.core.consent.training import TrainingConsent
    from doublure.core.sequence import Sequence
    from doublure.core.swap.faceset import Faceset
    from doublure.core.swap.train import Progress as Line


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "train",
        description="Learns a model from EXR sequences of a driver and one or more heroes, or from sets that"
        " doublure faceset made of them. Give a sequence or a set as PATTERN or NAME=PATTERN; sequences of one name"
        " are one person, and a set is the whole of one. Everybody's likeness record must permit it"
        " (doublure consent). Can be killed at any moment and resumed. Started by torchrun, several processes train as"
        " one.",
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
    add_consent(parser, "likeness records of everybody in it, whose ids are the names given here")
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float, help="train for this long in all")
    length.add_argument("--steps", type=int, help="train this many steps in all (reproducible)")
    parser.add_argument("--resume", action="store_true", help="go on from the state beside the model")
    parser.add_argument("--from", dest="start", type=Path, metavar="MODEL", help="start warm from this model")
    parser.add_argument(
        "--detect",
        type=float,
        default=0.0,
        metavar="MINUTES",
        help="every so often, ask a detector that is trained anew whether the driver's swapped faces can be told from "
        "the hero's own",
    )
    parser.add_argument(
        "--until-undetected",
        action="store_true",
        help="stop before the time is over where the detector cannot tell twice in a row",
    )
    parser.add_argument(
        "--size",
        type=int,
        default=128,
        metavar="PIXELS",
        help="side of the face that the network sees and paints, a multiple of 16 (default %(default)s)",
    )
    parser.add_argument("--batch", type=int, default=16, help="pictures a step (default %(default)s)")
    parser.add_argument("--rate", type=float, default=8e-4, help="peak learning rate (default %(default)s)")
    parser.add_argument(
        "--backup",
        type=float,
        default=60.0,
        metavar="MINUTES",
        help="of training between two backups, which lie in MODEL.backups; 0 makes none (default %(default)s)",
    )
    parser.add_argument("--backups", type=int, default=3, help="how many of them stay (default %(default)s)")
    parser.add_argument(
        "--device",
        default="auto",
        help="auto (an NVIDIA card where there is one), cpu or cuda (default %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=0, help="of everything random (default %(default)s)")
    parser.add_argument(
        "--tensorboard",
        type=Path,
        metavar="FOLDER",
        help="write the figures there too (needs the extra tensorboard)",
    )
    parser.add_argument("--space", help="colour space of files that do not name theirs")
    parser.add_argument("--json", action="store_true", help="print the outcome as one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train, in one process or in several that torchrun started."""
    with together() as tells:
        return _train(args, tells)


def _train(args: argparse.Namespace, tells: bool) -> int:
    """Find the faces, train, and say where the model is."""
    from doublure.core.consent.training import TrainingConsent
    from doublure.core.swap.train import TrainSettings, train

    settings = TrainSettings(
        steps=args.steps,
        minutes=args.minutes,
        batch=args.batch,
        size=args.size,
        rate=args.rate,
        seed=args.seed,
        device=args.device,
        back_up_every=60 * args.backup,
        backups=args.backups,
        detect_every=60 * args.detect,
        until_undetected=args.until_undetected,
    )
    _check_output(args.output)
    people = _people(args)
    consent = TrainingConsent(tuple(args.consent), args.trust, args.project)
    with Progress("faces") as progress:
        pictures = _permitted(args, consent, people, progress)
        sets = _faces(args, people, pictures, settings.size, progress)
    with ExitStack() as stack:
        reports = _reports(args, stack) if tells else []

        def trained(line: Line) -> None:
            for report in reports:
                report(line)

        model = train(
            sets,
            args.output,
            settings,
            consent=consent,
            resume=args.resume,
            start=args.start,
            progress=trained,
        )
    if not tells:
        return 0
    if args.json:
        print_json(
            {
                "model": str(args.output),
                "people": list(model.people),
                "consent": list(model.consent),
                "training": model.training,
            }
        )
    else:
        print(f"model: {args.output}")
        print(f"preview: {args.output.with_suffix('.preview.png')}")
    return 0


def _faces(
    args: argparse.Namespace,
    people: dict[str, dict[str, list[Sequence] | Path]],
    pictures: dict[str, list[str]],
    size: int,
    progress: Progress,
) -> list[Faceset]:
    """Everybody's faces, of the very ``pictures`` that were permitted."""
    from doublure.core.swap.faceset import build_faceset
    from doublure.core.swap.faceset_folder import load_faceset

    sets = []
    for role, members in people.items():
        for person, sequences in members.items():

            def found(done: int, total: int, phase: str = f"faces of {person}") -> None:
                progress(phase, done, total)

            if isinstance(sequences, Path):
                faces = load_faceset(sequences, person, role, size=size, progress=found)
            else:
                faces = build_faceset(person, role, sequences, size=size, space=args.space, progress=found)
            if faces.sha256 not in pictures[person]:
                raise DoublureError(
                    f"the pictures of {person} were changed while they were read",
                    file=sequences if isinstance(sequences, Path) else sequences[0].pattern,
                    remedy="begin again when nobody writes them",
                )
            for sentence in faces.faceless:
                say(f"left out {sentence}")
            say(f"{person} ({role}): {len(faces)} faces.")
            sets.append(faces)
    return sets


def _reports(args: argparse.Namespace, stack: ExitStack) -> list[Callable[[Line], None]]:
    """Who is told of every line of the log: a table on a terminal or lines in a farm's log; and TensorBoard."""
    reports: list[Callable[[Line], None]] = []
    if args.tensorboard is not None:
        from doublure.cli.train_scalars import TrainScalars

        reports.append(stack.enter_context(TrainScalars(args.tensorboard)))
    if sys.stderr.isatty():
        from rich.console import Console

        from doublure.cli.train_view import TrainView

        reports.append(stack.enter_context(TrainView(Console(stderr=True))))
        return reports
    progress = stack.enter_context(Progress("training"))

    def told(line: Line) -> None:
        progress("training", round(line.share * 1000), 1000)
        if line.held_out is not None:
            say(_figures(line))
        if line.detector is not None:
            say(_doubt(line))
        if line.unsaved is not None:
            say(f"not saved, and trained on: {line.unsaved}")

    return [*reports, told]


def _permitted(
    args: argparse.Namespace,
    consent: TrainingConsent,
    people: dict[str, dict[str, list[Sequence] | Path]],
    progress: Progress,
) -> dict[str, list[str]]:
    """Name -> SHA-256 of their pictures, where everybody agreed to the use of these.

    What can be refused without a look at the pictures is refused first; no face is looked for in any before all of
    them are permitted.
    """
    from doublure.core.swap.faceset import pictures_digest
    from doublure.core.swap.faceset_folder import set_sha256
    from doublure.core.swap.train import model_digest, resumed_start

    start = None
    if args.resume:
        start = resumed_start(args.output)
    elif args.start is not None:
        start = model_digest(args.start)
    everybody = [(role, person) for role, members in people.items() for person in members]
    consent.require(everybody, None, start)
    pictures: dict[str, list[str]] = {}
    for members in people.values():
        for person, sequences in members.items():

            def read(done: int, total: int, phase: str = f"pictures of {person}") -> None:
                progress(phase, done, total)

            if isinstance(sequences, Path):
                digest = set_sha256(sequences)
            else:
                digest = pictures_digest(sequences, space=args.space, progress=read)
            pictures.setdefault(person, []).append(digest)
    for grant in consent.require(everybody, pictures, start):
        say(f"{grant.person} ({grant.part}) consents: {grant.path}, {grant.record}.")
    return pictures


def _figures(line: Line) -> str:
    return (
        f"step {line.step}, {line.seconds / 60:.1f} min, {line.images_per_second:.0f} images/s, loss {line.loss:.4f}, "
        f"hero's detail: trained {line.trained:.2f} dB, held out {line.held_out:.2f} dB"
    )


def _doubt(line: Line) -> str:
    found = line.detector
    assert found is not None
    told = "it cannot tell" if found.undetected else "it tells"
    return f"step {line.step}, detector's held-out accuracy {found}, {found.count} faces: {told}"


def _check_output(path: Path) -> None:
    if path.suffix != ".safetensors":
        raise DoublureError("a model's name ends in .safetensors", file=path, remedy="name it so")
    if not path.absolute().parent.is_dir():
        raise DoublureError(f"the folder {path.parent} does not exist", file=path, remedy="create it first")


def _people(args: argparse.Namespace) -> dict[str, dict[str, list[Sequence] | Path]]:
    """{role: {name: [Sequence] or the folder of a set}} from the command line."""
    from doublure.core.faceset.folder import SetFolder
    from doublure.core.sequence import Sequence

    found: dict[str, dict[str, list[Sequence] | Path]] = {"hero": {}, "driver": {}, "cast": {}}
    for role, texts in (("hero", args.hero), ("driver", args.driver), ("cast", args.cast)):
        for text in texts:
            match = re.fullmatch(r"([A-Za-z0-9_-]+)=(.+)", text)
            if match is None and role == "cast":
                raise DoublureError(f"--cast {text} does not name the person", remedy="write NAME=SEQ")
            name, pattern = (match[1], match[2]) if match else (role, text)
            given = found[role]
            if SetFolder.is_set(pattern) and name not in given:
                given[name] = Path(pattern)
                continue
            earlier = given.setdefault(name, [])
            if SetFolder.is_set(pattern) or isinstance(earlier, Path):
                raise DoublureError(
                    f"{name} is given a set and something else",
                    file=pattern,
                    remedy="add all the footage to one set with doublure faceset",
                )
            earlier.append(Sequence.parse(pattern))
    return found
