"""``doublure weights``: the pinned packs of the face detector and landmark networks."""

from __future__ import annotations

import argparse

from doublure.cli.output import print_json, say


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb's arguments."""
    parser = subparsers.add_parser(
        "weights", description="Fetch or list the pinned weights that Doublure needs."
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    fetch = actions.add_parser("fetch", help="download what is missing, check every hash")
    fetch.add_argument("pack", nargs="*", metavar="PACK", help="packs to fetch; by default all")
    listing = actions.add_parser("list", help="show every file, its licence, and whether it is here")
    for parser in (fetch, listing):
        parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Fetch or list."""
    from doublure.core import weights

    if args.action == "fetch":
        paths = [path for pack in args.pack or weights.PACKS for path in weights.fetch(pack)]
        if args.json:
            print_json({"files": [str(path) for path in paths]})
        else:
            say(f"{len(paths)} weight files are here and have the right hash.")
        return 0
    states = weights.listing()
    if args.json:
        rows = [
            {
                "pack": state.pack.name,
                "version": state.pack.version,
                "licence": state.pack.licence,
                "file": state.file,
                "path": str(state.path),
                "present": state.present,
            }
            for state in states
        ]
        print_json({"weights": rows})
    else:
        for state in states:
            here = "here" if state.present else "missing"
            print(f"{state.pack.name:<12}{state.file:<36}{here:<9}{state.pack.licence:<14}{state.path}")
    return 0
