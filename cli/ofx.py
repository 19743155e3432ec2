"""``doublure ofx``: the OpenFX bundle for Nuke, Resolve, Natron and other hosts."""

from __future__ import annotations

import argparse
from pathlib import Path

from doublure.cli.output import print_json, say

ACTIONS = {
    "build": "build the bundle in a folder, by default the current one",
    "install": "build the bundle and put it where hosts look",
    "uninstall": "remove the installed bundle",
    "path": "print where the bundle is, or would be, installed",
}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb's arguments."""
    parser = subparsers.add_parser(
        "ofx",
        description="Build and install the OpenFX bundle. Hosts start the render service themselves.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, line in ACTIONS.items():
        action = actions.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".")
        action.add_argument(
            "--dir",
            type=Path,
            metavar="DIR",
            help="the folder that holds the bundle"
            + (
                "" if name == "build" else "; by default the first in $OFX_PLUGIN_PATH, else /usr/OFX/Plugins"
            ),
        )
        action.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Build, install, remove or tell."""
    from doublure.nodes.ofx import bundle

    folder = args.dir or (Path.cwd() if args.action == "build" else bundle.default_folder())
    folder = folder.expanduser().absolute()
    path = folder / bundle.BUNDLE
    if args.action in ("build", "install"):
        bundle.install(folder)
        sentence = f"{path} is {'built' if args.action == 'build' else 'installed; start the host again'}."
    elif args.action == "uninstall":
        bundle.uninstall(folder)
        sentence = f"{path} is removed."
    else:
        sentence = ""
    if args.json:
        print_json({"bundle": str(path), "installed": bundle.is_ours(path)})
    elif sentence:
        say(sentence)
    else:
        print(path)
    return 0
