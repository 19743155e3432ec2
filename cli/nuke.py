"""``doublure nuke``: the tools in Nuke's node toolbar."""

from __future__ import annotations

import argparse
from pathlib import Path

from doublure.cli.output import say


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb's arguments."""
    parser = subparsers.add_parser("nuke", description="Install Doublure's tools for Nuke.")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    install = actions.add_parser("install", help="copy the tools and add one line to init.py")
    uninstall = actions.add_parser("uninstall", help="remove the tools and that line, and nothing else")
    for parser in (install, uninstall):
        parser.add_argument(
            "--dir", type=Path, metavar="FOLDER", help="~/.nuke by default; or a folder of NUKE_PATH"
        )


def run(args: argparse.Namespace) -> int:
    """Install or uninstall."""
    from doublure.gizmos.nuke.install import default_folder, install, uninstall

    folder = args.dir or default_folder()
    if args.action == "install":
        change = install(folder)
        if change.touched:
            done = "The tools are installed; start Nuke again and look for Doublure in the node toolbar"
        else:
            done = "The tools are installed already"
    else:
        change = uninstall(folder)
        done = "The tools are removed" if change.touched or change.kept else "No tools were installed"
    say(f"{done} ({folder}).")
    for path in change.kept:
        say(f"{path} is your edited copy; it is no longer loaded.")
    return 0
