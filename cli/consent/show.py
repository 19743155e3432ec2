"""``doublure consent show``: a record for people. It holds no personal data, so it shows none."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from doublure.cli.consent.arguments import now
from doublure.cli.output import print_json, say
from doublure.core.consent.document import Document, parse_json, read_bytes, read_document
from doublure.core.consent.names import name_fits
from doublure.core.consent.proofs import proves
from doublure.core.consent.schema import LIKENESS, check_schema
from doublure.core.consent.signers import check_signers
from doublure.core.consent.trust import load_trust, short
from doublure.core.errors import DoublureError

UNPROVEN = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the action's arguments."""
    parser.add_argument("record", type=Path, metavar="RECORD")
    parser.add_argument("--trust", type=Path, help="also say whether the signatures count by this trust file")
    parser.add_argument("--name", help="prove that the record is of this person; needs --opening")
    parser.add_argument(
        "--opening", type=Path, metavar="FILE", help="the opening that new wrote for the name's seal"
    )
    parser.add_argument("--json", action="store_true", help="print the record as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Show; 1 where a signature or the name does not hold."""
    document = read_document(args.record)
    check_schema(document, LIKENESS)
    if args.json:
        print_json(dict(document.data))
    else:
        for label, text in lines(document.data):
            print(f"{label:<14}{text}")
    sound = _say_signatures(document, args.trust)
    if (args.name is None) is not (args.opening is None):
        raise DoublureError("a name is proven with its opening", remedy="give --name and --opening together")
    if args.name is not None:
        fits = _name_fits(document, args.name, args.opening)
        say("the name is the sealed one." if fits else "the name is not the sealed one.")
        sound = sound and fits
    return 0 if sound else UNPROVEN


def lines(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and text of each line about a record."""
    subject, project, replica = record["subject"], record["project"], record["replica"]
    permitted, prohibited, validity = record["permissions"], record["prohibitions"], record["validity"]
    limit = permitted["max_screen_seconds"]
    listed, disclosure = record["revocation"], record["disclosure"]
    others = ", driven by " + _words(record["drivers"]) if "drivers" in record else ""
    others += " of " + _words(record["heroes"]) if "heroes" in record else ""
    return [
        ("record", f"{record['id']} ({record['kind']}), issued {record['issued']}"),
        ("replaces", _words(record["supersedes"])),
        ("subject", f"{subject['id']}, {subject['part']}{others}"),
        ("rights", f"{record['rights_holder']['id']} ({record['rights_holder']['basis']})"),
        ("licensee", f"{record['licensee']['name']} ({record['licensee']['id']})"),
        ("project", f"{project['title']} ({project['id']}), shots {_words(project['shots'])}"),
        ("replica", f"{replica['category']}: {replica['description']}"),
        ("models", _words(f"{entry['name']} {entry['sha256'][:12]}…" for entry in replica["models"])),
        (
            "pictures",
            _words(f"{entry['name']} {entry['sha256'][:12]}…" for entry in replica["reference_sets"]),
        ),
        ("permits", _words(permitted["actions"])),
        ("media", _words(permitted["media"])),
        ("territory", _words(permitted["territory"])),
        ("screen time", "no limit" if limit is None else f"{limit} seconds"),
        ("approvals", _words(permitted["approvals"])),
        ("prohibits", _words(value for values in prohibited.values() for value in values)),
        ("valid", f"from {validity['from']} until before {validity['until']}"),
        ("suspended by", _words(f"a strike of {union}" for union in validity["suspended_in_strike_of"])),
        ("disclosure", f"C2PA {'yes' if disclosure['c2pa'] else 'no'}, label {disclosure['label']}"),
        (
            "revocation",
            "none"
            if listed is None
            else f"list {listed['list']}, at most {listed['max_age_hours']} hours old",
        ),
        ("ask", record["contact"]),
    ]


def _words(values: Any) -> str:
    return ", ".join(values) or "nothing"


def _say_signatures(document: Document, trust: Path | None) -> bool:
    """One line for each signature; whether all hold."""
    sound = True
    for proof in document.data["proofs"]:
        fits = proves(document.data, proof)
        sound = sound and fits
        told = "fits" if fits else "does not fit: the record was changed"
        say(f"signature of the {proof['role']} ({short(proof['key'])}, {proof['created']}) {told}.")
    if not document.data["proofs"]:
        say("nobody signed it yet.")
    if trust is not None:
        at = now()
        check_signers(document, load_trust(trust, at), at)
        say("the signatures are those that the trust file asks for.")
    return sound


def _name_fits(document: Document, name: str, opening: Path) -> bool:
    subject = document.data["subject"]
    if "name_seal" not in subject:
        raise DoublureError("a synthetic person has no name", file=document.path)
    data = parse_json(read_bytes(opening), opening)
    return name_fits(subject["name_seal"], str(data.get("opening", "")), name)
