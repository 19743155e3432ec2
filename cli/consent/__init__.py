"""``doublure consent``: likeness records, made, signed, checked, revoked and shown."""

from __future__ import annotations

import argparse
import importlib
from typing import Any

ACTIONS = {
    "pictures": "print the SHA-256 of a set of pictures, for a record's --reference",
    "new": "write a record from flags or from a draft, not yet signed",
    "sign": "sign a record as the subject, the representative, the producer or the maker",
    "check": "ask whether records permit a use: 0 they do, 1 they do not",
    "revoke": "put a record on the revocation list, or issue the list anew",
    "show": "show a record to people",
    "key": "make a key pair, or show the public key",
    "trust": "make and change the studio's trust file",
}
"""Action -> help line. Each is a module of this package with ``add_arguments(parser)`` and ``run(args) -> int``."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb's arguments."""
    parser = subparsers.add_parser(
        "consent", description="Likeness records: who agreed to what. Without one, nothing is permitted."
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, line in ACTIONS.items():
        _module(name).add_arguments(actions.add_parser(name, help=line, description=f"{line.capitalize()}."))


def run(args: argparse.Namespace) -> int:
    """Do the action."""
    return int(_module(args.action).run(args))


def _module(action: str) -> Any:
    return importlib.import_module(f"doublure.cli.consent.{action}")
