"""``doublure consent pictures``: what a record calls a set of pictures by."""

from __future__ import annotations

import argparse

from doublure.cli.output import print_json
from doublure.cli.progress import Progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the action's arguments."""
    parser.add_argument(
        "sequences",
        nargs="+",
        metavar="SEQ",
        help="EXR sequences of one person, in the order in which doublure train is given them; or one set that "
        "doublure faceset made",
    )
    parser.add_argument("--space", help="colour space of files that do not name theirs")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Read the pixels and print their hash; no face is looked for."""
    from doublure.core.faceset.folder import SetFolder
    from doublure.core.sequence import Sequence
    from doublure.core.swap.faceset import pictures_digest

    if len(args.sequences) == 1 and SetFolder.is_set(args.sequences[0]):
        return _set(args)
    sequences = [Sequence.parse(text) for text in args.sequences]
    with Progress("reading") as progress:

        def read(done: int, total: int) -> None:
            progress("reading", done, total)

        sha256 = pictures_digest(sequences, space=args.space, progress=read)
    if args.json:
        print_json({"sha256": sha256, "pictures": sum(len(each.numbers) for each in sequences)})
    else:
        print(sha256)
    return 0


def _set(args: argparse.Namespace) -> int:
    """The hash over a set's used crops and the pictures they are of; its files are not read."""
    from doublure.core.faceset.folder import SetFolder

    header, _ = SetFolder(args.sequences[0]).read_index()
    if args.json:
        print_json({"sha256": header["sha256"], "pictures": header["used"]})
    else:
        print(header["sha256"])
    return 0
