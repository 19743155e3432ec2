"""``doublure consent new``: a record that nobody signed yet."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from doublure.cli.consent.arguments import digest, moment, now, words
from doublure.cli.output import say
from doublure.core.consent.document import parse_json, read_bytes, write_document
from doublure.core.consent.draft import new_record
from doublure.core.consent.timestamp import format_time
from doublure.core.errors import DoublureError

FIELDS: dict[str, tuple[str, dict[str, Any]]] = {
    "kind": (
        "kind",
        {"choices": ("likeness", "synthetic"), "help": "synthetic: nobody, signed by the maker"},
    ),
    "subject.id": ("subject", {"metavar": "ID", "help": "pseudonym of the person"}),
    "subject.part": (
        "part",
        {
            "choices": ("hero", "driver", "cast"),
            "help": "whose face is put on, the double, or one who only teaches",
        },
    ),
    "subject.minor": ("minor", {"action": "store_const", "const": True, "help": "a guardian signs"}),
    "subject.deceased": ("deceased", {"action": "store_const", "const": True, "help": "the estate signs"}),
    "drivers": ("drivers", {"type": words, "help": "a hero's doubles; ids or globs, with commas"}),
    "heroes": ("heroes", {"type": words, "help": "a driver's heroes; ids or globs, with commas"}),
    "rights_holder.id": ("rights-holder", {"metavar": "ID"}),
    "rights_holder.basis": (
        "basis",
        {
            "choices": ("self", "assignment", "estate", "guardian", "employer", "maker"),
            "help": "of the rights",
        },
    ),
    "licensee.id": ("licensee", {"metavar": "ID", "help": "id of the company that may use the likeness"}),
    "licensee.name": ("licensee-name", {"metavar": "NAME"}),
    "project.id": ("project", {"metavar": "ID"}),
    "project.title": ("title", {}),
    "project.shots": ("shots", {"type": words, "help": "names or globs, with commas"}),
    "replica.category": ("category", {"help": "see the schema"}),
    "replica.description": (
        "description",
        {"help": "who replaces whom, where, doing what; 40 letters at least"},
    ),
    "replica.generator.name": ("generator", {"help": "what made a synthetic person"}),
    "replica.generator.seed": ("seed", {"type": int, "help": "from which seed"}),
    "permissions.actions": ("permit", {"type": words, "help": "train, render, publish, with commas"}),
    "permissions.media": ("media", {"type": words, "help": "permitted media, or any"}),
    "permissions.territory": ("territory", {"type": words, "help": "permitted countries, or world"}),
    "permissions.max_screen_seconds": (
        "max-seconds",
        {"type": int, "help": "total screen time; by default no limit"},
    ),
    "permissions.approvals": ("approvals", {"type": words, "help": "needed before publishing"}),
    "prohibitions.actions": ("prohibit", {"type": words}),
    "prohibitions.media": ("prohibit-media", {"type": words}),
    "prohibitions.territory": ("prohibit-territory", {"type": words}),
    "prohibitions.content": (
        "prohibit-content",
        {"type": words, "help": "nudity, political, …: see the schema"},
    ),
    "validity.from": ("from-time", {"type": moment, "metavar": "TIME"}),
    "validity.until": (
        "until",
        {"type": moment, "metavar": "TIME", "help": "the first moment that counts no more"},
    ),
    "validity.suspended_in_strike_of": (
        "strike",
        {"type": words, "help": "unions whose strike suspends the record"},
    ),
    "disclosure.label": ("label", {"choices": ("none", "end-credit", "opening", "on-screen")}),
    "disclosure.jurisdictions": ("jurisdictions", {"type": words}),
    "revocation.list": ("list", {"metavar": "NAME", "help": "the revocation list"}),
    "revocation.max_age_hours": ("max-age-hours", {"type": int, "help": "older lists deny"}),
    "contact": ("contact", {"help": "whom to ask: an office or a role address"}),
}
"""Place in the record -> flag and its argparse options."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the action's arguments."""
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="RECORD")
    parser.add_argument(
        "--from", dest="draft", type=Path, metavar="FILE", help="begin with this JSON; flags win over it"
    )
    for place, (flag, options) in FIELDS.items():
        parser.add_argument(f"--{flag}", dest=place, default=None, **options)
    for flag, about in (("model", "a consented model"), ("reference", "a consented set of pictures")):
        parser.add_argument(
            f"--{flag}", action="append", default=[], metavar="NAME=FILE", help=f"{about}: file or SHA-256"
        )
    parser.add_argument("--document", metavar="FILE", help="the signed agreement, or its SHA-256")
    parser.add_argument(
        "--supersedes", action="append", default=[], metavar="ID", help="a record that this one replaces"
    )
    parser.add_argument("--name", help="the legal name, to be sealed; - reads it from standard input")
    parser.add_argument(
        "--opening", type=Path, metavar="FILE", help="where to write what opens the name's seal"
    )


def run(args: argparse.Namespace) -> int:
    """Write the draft."""
    if (args.name is None) is not (args.opening is None):
        raise DoublureError("a sealed name needs a file for its opening", remedy="give --name and --opening")
    for path in (args.output, args.opening):
        if path is not None and path.exists():
            raise DoublureError("the file exists", file=path, remedy="name another")
    name = sys.stdin.readline().strip() if args.name == "-" else args.name
    record, opening = new_record(_fields(args), now(), name)
    if opening is not None:
        write_document(args.opening, {"record": record["id"], "opening": opening}, private=True)
        say(f"{args.opening} opens the name's seal: keep it with the agreement, not with the record.")
    write_document(args.output, record)
    say(f"{args.output} is a draft that permits nothing until it is signed.")
    return 0


def _fields(args: argparse.Namespace) -> dict[str, Any]:
    fields = parse_json(read_bytes(args.draft), args.draft) if args.draft is not None else {}
    for place in FIELDS:
        value = getattr(args, place)
        if value is not None:
            _put(fields, place, format_time(value) if place in ("validity.from", "validity.until") else value)
    for place, given in (("replica.models", args.model), ("replica.reference_sets", args.reference)):
        if given:
            _put(fields, place, [_file(text) for text in given])
    if args.document is not None:
        fields["attestation"] = {"document_sha256": digest(args.document), "separately_signed": True}
    if args.supersedes:
        fields["supersedes"] = args.supersedes
    return fields


def _put(fields: dict[str, Any], place: str, value: Any) -> None:
    *parts, last = place.split(".")
    for part in parts:
        inner = fields.get(part)
        if not isinstance(inner, dict):
            inner = fields[part] = {}
        fields = inner
    fields[last] = value


def _file(text: str) -> dict[str, str]:
    name, equals, file = text.partition("=")
    if not equals:
        raise DoublureError(f"{text!r} names no file", remedy="write it NAME=FILE or NAME=SHA256")
    return {"name": name, "sha256": digest(file)}
