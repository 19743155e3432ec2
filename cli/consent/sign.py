"""``doublure consent sign``: one more signature on a record."""

from __future__ import annotations

import argparse
from pathlib import Path

from doublure.cli.consent.arguments import now, open_key
from doublure.cli.output import say
from doublure.core.consent.document import read_document, write_document
from doublure.core.consent.proofs import signed
from doublure.core.consent.schema import LIKENESS, check_schema
from doublure.core.errors import DoublureError

ROLES = ("subject", "representative", "producer", "maker")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the action's arguments."""
    parser.add_argument(
        "record", type=Path, metavar="RECORD", help="the record; it is written anew with the signature"
    )
    parser.add_argument("--key", type=Path, required=True, help="the signer's private key")
    parser.add_argument("--as", dest="role", choices=ROLES, required=True, help="what the signer is")


def run(args: argparse.Namespace) -> int:
    """Sign."""
    document = read_document(args.record)
    check_schema(document, LIKENESS)
    makes = document.data["kind"] == "synthetic"
    if makes is not (args.role == "maker"):
        told = "the maker alone" if makes else "the subject or representative and the producer"
        raise DoublureError(f"this record is signed by {told}", file=args.record, remedy="correct --as")
    key = open_key(args.key)
    write_document(args.record, signed(document.data, args.role, key, now()))
    say(f"{args.record} is signed as {args.role} with {key.public}.")
    return 0
