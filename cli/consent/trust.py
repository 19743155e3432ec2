"""``doublure consent trust``: the studio's trust file."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from doublure.cli.consent.arguments import moment, now, open_key, words
from doublure.cli.output import print_json, say
from doublure.core.consent import trust_issue
from doublure.core.consent.document import read_bytes, write_document
from doublure.core.consent.timestamp import format_time
from doublure.core.consent.trust import load_trust
from doublure.core.errors import DoublureError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the action's arguments."""
    steps = parser.add_subparsers(dest="step", metavar="STEP", required=True)
    new = steps.add_parser("new", help="make a trust file without keys")
    add = steps.add_parser("add", help="trust a key, or change for what")
    remove = steps.add_parser("remove", help="trust a key no more")
    place = steps.add_parser("list", help="say where a revocation list lies")
    extend = steps.add_parser("extend", help="let the file count until another day")
    show = steps.add_parser("show", help="show the file, if it counts now")
    for step in (new, add, remove, place, extend, show):
        step.add_argument("trust", type=Path, metavar="TRUST", help="the trust file")
    new.add_argument("--studio", required=True, help="the studio's name")
    new.add_argument("--contact", required=True, help="whom to ask: an office or a role address")
    add.add_argument("public", metavar="PUBLIC", help="a public key, or its .pub file")
    add.add_argument("--label", required=True, help="what to call the key, a pseudonym")
    add.add_argument(
        "--role", type=words, required=True, help="subject, representative, producer, maker, registrar"
    )
    add.add_argument(
        "--for",
        dest="scope",
        type=words,
        required=True,
        help="ids of persons, projects or lists; globs, with commas",
    )
    add.add_argument(
        "--from",
        dest="begin",
        type=moment,
        metavar="TIME",
        help="by default now: earlier signatures do not count",
    )
    remove.add_argument("label", metavar="LABEL", help="its label or the public key")
    place.add_argument("name", metavar="NAME", help="the list's name")
    place.add_argument("file", metavar="FILE", help="its file, relative to the trust file's folder")
    for step in (new, add, extend):
        step.add_argument(
            "--until", type=moment, required=True, metavar="TIME", help="the first moment that counts no more"
        )
    for step in (new, add, remove, place, extend):
        step.add_argument("--key", type=Path, required=True, help="the studio's private key")
    show.add_argument(
        "--json", action="store_true", help="print the file's keys and lists as one JSON object"
    )


def run(args: argparse.Namespace) -> int:
    """Make, change or show."""
    if args.step == "show":
        return _show(args)
    key, at = open_key(args.key), now()
    if args.step == "new":
        if args.trust.exists():
            raise DoublureError("the file exists", file=args.trust, remedy="change it, or name another")
        data = trust_issue.new_trust(args.studio, args.contact, args.until, key, at)
    else:
        data = _changed(args, trust_issue.read_trust(args.trust, key), at, key)
    write_document(args.trust, data)
    say(
        f"{args.trust} is signed with {key.public}; pin that key with DOUBLURE_TRUST_ROOT where records are checked."
    )
    return 0


def _changed(args: argparse.Namespace, data: dict[str, Any], at: datetime, key: Any) -> dict[str, Any]:
    if args.step == "remove":
        return trust_issue.without_key(data, args.label, key, at)
    if args.step == "list":
        return trust_issue.with_list(data, args.name, args.file, key, at)
    if args.step == "extend":
        return trust_issue.extended(data, args.until, key, at)
    begin = args.begin or at
    if begin >= args.until:
        raise DoublureError("the key would end before it begins", remedy="correct --from and --until")
    entry = {
        "key": _public(args.public),
        "label": args.label,
        "roles": args.role,
        "for": args.scope,
        "from": format_time(begin),
        "until": format_time(args.until),
    }
    return trust_issue.with_key(data, entry, key, at)


def _public(text: str) -> str:
    """A public key as typed, or the first word of its file."""
    if text.startswith("ed25519:"):
        return text
    found = read_bytes(Path(text), 4096).decode("utf-8", "replace").split()
    if not found or not found[0].startswith("ed25519:"):
        raise DoublureError("this is not a public key", file=text, remedy="give ed25519:… or a .pub file")
    return found[0]


def _show(args: argparse.Namespace) -> int:
    trust = load_trust(args.trust, now())
    if args.json:
        print_json(
            {
                "studio": trust.studio,
                "contact": trust.contact,
                "root": trust.root,
                "until": format_time(trust.until),
                "keys": list(trust.keys.values()),
                "lists": {name: str(path) for name, path in trust.lists.items()},
            }
        )
        return 0
    print(f"{trust.studio}, until before {format_time(trust.until)}; ask {trust.contact}")
    print(f"signed with {trust.root}")
    for entry in trust.keys.values():
        print(
            f"key   {entry['label']:<16}{'+'.join(entry['roles'])} for {', '.join(entry['for'])}, "
            f"{entry['from']} to {entry['until']}"
        )
    for name, path in trust.lists.items():
        print(f"list  {name:<16}{path}")
    return 0
