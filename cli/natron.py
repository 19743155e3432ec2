"""``doublure natron``: the tools in Natron's node menu."""

from __future__ import annotations

import argparse
from pathlib import Path

from doublure.cli.output import say


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb's arguments."""
    parser = subparsers.add_parser("natron", description="Install Doublure's tools for Natron.")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    install = actions.add_parser("install", help="copy the tools where Natron looks for PyPlugs")
    uninstall = actions.add_parser("uninstall", help="remove the tools, and nothing else")
    for parser in (install, uninstall):
        parser.add_argument(
            "--dir",
            type=Path,
            metavar="FOLDER",
            help="~/.Natron by default; or a folder of NATRON_PLUGIN_PATH",
        )


def run(args: argparse.Namespace) -> int:
    """Install or uninstall."""
    from doublure.gizmos.natron.install import default_folder, install, uninstall

    folder = args.dir or default_folder()
    if args.action == "install":
        change = install(folder)
        if change.touched:
            done = "The tools are installed; start Natron again and look for Doublure in the node menu"
        else:
            done = "The tools are installed already"
    else:
        change = uninstall(folder)
        done = "The tools are removed" if change.touched or change.kept else "No tools were installed"
    say(f"{done} ({folder}).")
    for path in change.kept:
        say(f"{path} is your edited copy; it is no longer loaded.")
    return 0
