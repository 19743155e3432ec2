"""``doublure consent revoke``: the revocation list."""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path

from doublure.cli.consent.arguments import now, open_key
from doublure.cli.output import say
from doublure.core.consent import revoke
from doublure.core.consent.document import read_document, write_document
from doublure.core.consent.schema import LIKENESS, check_schema
from doublure.core.errors import DoublureError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the action's arguments."""
    parser.add_argument(
        "records", nargs="*", metavar="RECORD", help="record files or ids; none issues the list anew"
    )
    parser.add_argument(
        "--list", type=Path, required=True, metavar="FILE", help="the list; made where there is none"
    )
    parser.add_argument("--key", type=Path, required=True, help="the registrar's private key")
    parser.add_argument("--name", help="the list's name, for a new one")
    parser.add_argument(
        "--reason", choices=("withdrawn", "superseded", "breach", "error"), default="withdrawn"
    )
    parser.add_argument("--superseded-by", metavar="RECORD", help="the record, or its id, that replaces it")
    parser.add_argument("--strike", metavar="UNION", help="this union strikes from now on")
    parser.add_argument("--strike-over", metavar="UNION", help="its strike is over")
    parser.add_argument("--days", type=float, default=7.0, help="when the next issue is due (%(default)g)")
    parser.add_argument(
        "--previous-key", metavar="PUBLIC", help="the public key that signed the list so far, if another"
    )


def run(args: argparse.Namespace) -> int:
    """Add and issue."""
    key, at = open_key(args.key), now()
    if args.list.exists() or args.list.is_symlink():
        body = revoke.read_list(args.list, args.previous_key or key.public)
        if args.name not in (None, body["list"]):
            raise DoublureError(f"this is the list {body['list']}", file=args.list, remedy="correct --name")
    elif args.name is None:
        raise DoublureError("there is no list yet", file=args.list, remedy="give the new one's --name")
    else:
        body = revoke.new_list(args.name)
    replaced = _id(args.superseded_by) if args.superseded_by is not None else None
    reason = "superseded" if replaced is not None else args.reason
    for record in args.records:
        body = revoke.revoked(body, _id(record), reason, at, replaced)
    if args.strike is not None:
        body = revoke.struck(body, args.strike, at)
    if args.strike_over is not None:
        body = revoke.strike_over(body, args.strike_over, at)
    data = revoke.issued(body, at + timedelta(days=args.days), key, at)
    write_document(args.list, data)
    say(
        f"{args.list} has {len(data['revoked'])} revoked records; the next issue is due by {data['next_update']}."
    )
    return 0


def _id(text: str) -> str:
    """A record's id as typed, or that of a record's file."""
    if text.startswith("urn:uuid:"):
        return text
    document = read_document(text)
    check_schema(document, LIKENESS)
    return str(document.data["id"])
