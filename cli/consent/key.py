"""``doublure consent key``: key pairs."""

from __future__ import annotations

import argparse
from pathlib import Path

from doublure.cli.consent.arguments import new_passphrase, open_key
from doublure.cli.output import print_json, say
from doublure.core.atomic import atomic_file
from doublure.core.consent.keys import new_key, save_key


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the action's arguments."""
    steps = parser.add_subparsers(dest="step", metavar="STEP", required=True)
    new = steps.add_parser("new", help="make a key pair")
    new.add_argument("name", metavar="NAME", help="label of the key, a pseudonym")
    new.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help="private key; FILE.pub gets the other half",
    )
    new.add_argument(
        "--passphrase",
        action="store_true",
        help="encrypt the private key (asked, or DOUBLURE_KEY_PASSPHRASE)",
    )
    show = steps.add_parser("show", help="show the public key of a private one")
    show.add_argument("key", type=Path, metavar="FILE")
    for step in (new, show):
        step.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Make or show."""
    if args.step == "show":
        key, path = open_key(args.key), args.key
    else:
        key, path = new_key(), args.output
        save_key(key, path, new_passphrase() if args.passphrase else None)
        with atomic_file(path.with_name(f"{path.name}.pub")) as temporary:
            temporary.write_text(f"{key.public} {args.name}\n", encoding="utf-8")
        say(f"the private key is in {path}: keep it where only its owner can read it.")
    if args.json:
        print_json({"key": key.public, "file": str(path)})
    else:
        print(key.public)
    return 0
