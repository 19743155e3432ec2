"""``doublure faceset``: a person's faces out of sequences and stills, sifted, into a set that training reads."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doublure.cli.output import print_json, say
from doublure.cli.progress import Progress
from doublure.core.errors import DoublureError

if TYPE_CHECKING:
    import numpy as np

    from doublure.core.faceset.finish import Finished
    from doublure.core.faceset.gather import Gathered

_SHOWN = 12
"""Lines of one kind that are told; the report has all."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb's arguments."""
    parser = subparsers.add_parser(
        "faceset",
        description="Collect one person's faces from sequences and stills into a set: aligned crops in half EXR, with "
        "pose, expression, light and sharpness of each; what repeats, is blurred or is somebody else is left out and "
        "told; what is missing is told too. The same command again adds only what is new; a killed run goes on.",
        epilog="Exit code: 0 the set is fit for training; 1 a picture could not be read, fewer than 8 faces can be "
        "used, or (without --allow-others) somebody else is among them.",
    )
    parser.add_argument(
        "pictures",
        nargs="*",
        metavar="SEQ",
        help="sequences (mara.####.exr), pictures (EXR, PNG, JPEG, TIFF) or folders of pictures; none: sift the "
        "set anew",
    )
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="SET", help="the set's folder")
    parser.add_argument(
        "--track",
        action="extend",
        nargs="+",
        default=[],
        type=Path,
        metavar="TRACK.json",
        help="sidecars of the sequences: steadier than a search in every frame, and they tell what is hidden",
    )
    parser.add_argument(
        "--space", metavar="NAME", help="colour space of files that do not name theirs, every PNG and JPEG"
    )
    person = parser.add_argument_group("whose faces")
    person.add_argument(
        "--like",
        action="extend",
        nargs="+",
        default=[],
        metavar="PICTURE",
        help="pictures of the person wanted; by default whoever has most faces",
    )
    person.add_argument("--people", type=int, default=1, metavar="N", help="look for N faces in a picture")
    person.add_argument(
        "--allow-others", action="store_true", help="somebody else in the pictures is no fault (and not used)"
    )
    person.add_argument("--no-identity", action="store_true", help="do not measure whose face it is")
    choice = parser.add_argument_group("which faces")
    choice.add_argument(
        "--keep", type=int, metavar="N", help="use N faces, spread over pose, expression and light"
    )
    choice.add_argument(
        "--alike",
        type=float,
        default=1.0,
        metavar="D",
        help="how alike two faces must be for one to be left out; 0: never (default %(default)s)",
    )
    choice.add_argument(
        "--blur",
        type=float,
        default=0.5,
        metavar="SHARE",
        help="least sharpness, as a share of the set's best of that size (default %(default)s)",
    )
    choice.add_argument(
        "--smallest",
        type=float,
        default=64.0,
        metavar="PX",
        help="least size in plate pixels (default %(default)s)",
    )
    choice.add_argument(
        "--restore",
        type=Path,
        metavar="LIST.txt",
        help="faces to use whatever is said of them, a name a line as the report has it",
    )
    parser.add_argument("--threshold", type=float, default=0.5, help="how sure the detector must be, 0 to 1")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Gather, sift, tell."""
    from doublure.core.faceset.finish import finish
    from doublure.core.faceset.folder import SetFolder
    from doublure.core.faceset.gather import Gathered, GatherSettings, gather
    from doublure.core.faceset.known import Known
    from doublure.core.faceset.select import SelectSettings
    from doublure.core.faceset.sources import find_pictures

    start = time.monotonic()
    keep = _listed(args.restore)
    chosen = SelectSettings(blur=args.blur, smallest=args.smallest, most=args.keep, keep=keep)
    folder = SetFolder(args.output)
    if not args.pictures and not folder.is_set(args.output):
        raise DoublureError("there is no such set", file=args.output, remedy="name pictures to make it from")
    likeness = _likeness(args.like, args.space)
    folder.create()
    with folder.locked(), Progress("faces") as progress:
        done = Gathered()
        if args.pictures:
            known = Known(folder)
            pictures = find_pictures(args.pictures, args.track, known.by_file.values())
            settings = GatherSettings(
                space=args.space,
                threshold=args.threshold,
                people=args.people,
                alike=args.alike,
                identify=False if args.no_identity else None,
                keep=keep,
            )
            done = gather(
                folder, pictures, settings, known, lambda count, total: progress("faces", count, total)
            )
        title = f"{args.output.name or args.output}: faces used by pose, expression and light"
        made = finish(folder, chosen, likeness, title)
    code = _tell(args, done, made)
    if args.json:
        print_json(_report(args, done, made, round(time.monotonic() - start, 3)))
    return code


def _tell(args: argparse.Namespace, done: Gathered, made: Finished) -> int:
    """Says what came of it; the exit code."""
    from doublure.core.faceset.report import coverage_text, kinds
    from doublure.core.faceset.select import NEEDED

    _some([sentence for _, sentence in done.failed], "that could not be read")
    _some([f"{name}: {reason}." for name, reason in made.faceless], "without a face of their own")
    strangers = made.strangers
    for person, ids in strangers.items():
        say(
            f"person {person + 1} is somebody else: {_counted(len(ids), 'face')}, left out: {_joined(ids)}"
            + ("." if args.allow_others else "; leave them out of the footage, or pass --allow-others.")
        )
    for kind, count in kinds(made.reasons).items():
        say(f"left out, {kind}: {count}.")
    if made.faces and all(face.identity is None for face in made.faces):
        say("whose faces these are was not measured: pip install 'doublure[identity]'.")
    if made.unknown:
        say(
            f"of {_counted(made.unknown, 'face')} nothing tells whether something is in front: track the sequences, "
            "and pass --track."
        )
    if not args.json:
        print(coverage_text(made.coverage))
    used = len(made.used)
    say(
        f"{args.output}: {used} of {_counted(len(made.faces), 'face')} are used ({done.added} pictures new, "
        f"{done.known} known); {args.output / 'report.txt'} and coverage.png tell more."
    )
    if used < NEEDED:
        say(
            f"{args.output}: only {_counted(used, 'face')} can be used; training needs at least {NEEDED} that differ, "
            "and a few hundred over poses, expressions and lights to be good: add footage of the person."
        )
    return int(bool(done.failed) or used < NEEDED or bool(strangers and not args.allow_others))


def _some(lines: list[str], what: str) -> None:
    for line in lines[:_SHOWN]:
        say(line)
    if len(lines) > _SHOWN:
        say(f"and {len(lines) - _SHOWN} more pictures {what}.")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _joined(ids: list[str]) -> str:
    return ", ".join(ids[:_SHOWN]) + (f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else "")


def _report(args: argparse.Namespace, done: Gathered, made: Finished, seconds: float) -> dict[str, Any]:
    from doublure.core.faceset.report import coverage_json, kinds

    return {
        "set": str(args.output),
        "sha256": made.sha256,
        "pictures": {"new": done.added, "known": done.known, "failed": [s for _, s in done.failed]},
        "faces": len(made.faces),
        "used": len(made.used),
        "left_out": kinds(made.reasons),
        "reasons": {f.id: why for f, why in zip(made.faces, made.reasons, strict=True) if why},
        "faceless": dict(made.faceless),
        "others": {str(person): ids for person, ids in made.strangers.items()},
        "coverage": coverage_json(made.coverage),
        "seconds": seconds,
    }


def _listed(path: Path | None) -> frozenset[str]:
    """The names in a list of faces: up to the first colon, so that lines of the report can be pasted."""
    if path is None:
        return frozenset()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DoublureError("the list of faces cannot be read", file=path, remedy="check the path") from error
    return frozenset(line.partition(":")[0].strip() for line in lines if line.strip())


def _likeness(pictures: list[str], space: str | None) -> np.ndarray | None:
    """(K, 128) descriptors of the largest face of each picture; None where none are given."""
    import numpy as np

    from doublure.core.color import to_working
    from doublure.core.face.still import still_faces
    from doublure.core.faceset.sources import find_pictures
    from doublure.core.measure.identity import chip, embedding
    from doublure.core.picture import read_picture

    rows = []
    for picture in find_pictures(pictures):
        faces = still_faces(to_working(read_picture(picture.file, number=picture.frame, space=space)))
        if not faces:
            raise DoublureError(
                "no face was found in the picture of the person wanted",
                file=picture.file,
                remedy="give another",
            )
        view = faces[0].view
        rows.append(embedding(chip(view.pixels, view.mapping.to_view(faces[0].points))))
    return np.array(rows) if rows else None
