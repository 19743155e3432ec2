"""``doublure consent check``: would this be permitted?"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from doublure.cli.consent.arguments import digest, moment, now, words
from doublure.cli.output import print_json, say
from doublure.core.consent.check import evaluate, evaluate_all
from doublure.core.consent.denial import Denial
from doublure.core.consent.grant import Grant
from doublure.core.consent.timestamp import format_time
from doublure.core.consent.use import Role, Use

DENIED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the action's arguments."""
    parser.add_argument(
        "records", nargs="+", type=Path, metavar="RECORD", help="likeness records; each must permit the use"
    )
    parser.add_argument("--trust", type=Path, required=True, help="the studio's trust file")
    parser.add_argument(
        "--role", choices=[role.value for role in Role], required=True, help="what is about to be done"
    )
    parser.add_argument("--project", required=True)
    parser.add_argument("--hero", required=True, help="id of the person whose face is put on")
    parser.add_argument("--driver", help="id of the double")
    parser.add_argument(
        "--cast", type=words, default=[], help="ids of others whose pictures teach, with commas"
    )
    parser.add_argument("--shot")
    parser.add_argument("--model", metavar="FILE", help="the model's file, or its SHA-256")
    parser.add_argument(
        "--reference",
        action="append",
        default=[],
        metavar="PERSON=SHA256",
        help="a set of pictures to train on",
    )
    parser.add_argument("--media", type=words, help="where it is shown, with commas")
    parser.add_argument("--territory", type=words, help="countries, with commas, or world")
    parser.add_argument(
        "--content", type=words, help="what the scene shows of the exclusions; '' for nothing"
    )
    parser.add_argument("--seconds", type=float, help="total screen time")
    parser.add_argument("--approval", action="append", default=[], help="an approval that was given")
    parser.add_argument(
        "--everyone", action="store_true", help="deny unless hero, driver and cast all have a record here"
    )
    parser.add_argument(
        "--revocations", type=Path, metavar="FILE", help="the list, instead of the trust file's"
    )
    parser.add_argument("--root", metavar="PUBLIC", help="the studio's public key (or DOUBLURE_TRUST_ROOT)")
    parser.add_argument("--at", type=moment, metavar="TIME", help="ask about another moment than now")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Ask."""
    at = args.at or now()
    grants, denials = _ask(args, _use(args), at)
    if args.json:
        print_json(
            {
                "granted": not denials,
                "at": format_time(at),
                "denials": [_denial_json(denial) for denial in denials],
                "grants": [_grant_json(grant) for grant in grants],
            }
        )
    elif denials:
        for denial in denials:
            say(f"denied ({denial.reason}): {denial}")
    else:
        for grant in grants:
            print(f"granted: {grant.path}, {grant.person} as {grant.part}, until {format_time(grant.until)}")
    return DENIED if denials else 0


def _ask(args: argparse.Namespace, use: Use, at: Any) -> tuple[Sequence[Grant], Sequence[Denial]]:
    options = {"revocations": args.revocations, "root": args.root}
    if args.everyone:
        return evaluate_all(use, args.records, args.trust, at, **options)
    verdicts = [evaluate(use, record, args.trust, at, **options) for record in args.records]
    denials = [denial for verdict in verdicts for denial in verdict.denials]
    return [verdict.grant for verdict in verdicts if verdict.grant is not None], denials


def _use(args: argparse.Namespace) -> Use:
    references: dict[str, tuple[str, ...]] = {}
    for text in args.reference:
        person, _, sha256 = text.partition("=")
        references[person] = (*references.get(person, ()), sha256)
    return Use(
        role=Role(args.role),
        project=args.project,
        hero=args.hero,
        driver=args.driver,
        cast=tuple(args.cast),
        shot=args.shot,
        model=None if args.model is None else digest(args.model),
        references=references,
        media=_tuple(args.media),
        territory=_tuple(args.territory),
        content=_tuple(args.content),
        seconds=args.seconds,
        approvals=tuple(args.approval),
    )


def _tuple(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _denial_json(denial: Denial) -> dict[str, Any]:
    file = None if denial.file is None else str(denial.file)
    return {"reason": denial.reason.value, "what": denial.what, "file": file, "ask": denial.ask}


def _grant_json(grant: Grant) -> dict[str, Any]:
    return {
        "record": grant.record,
        "kind": grant.kind,
        "person": grant.person,
        "part": grant.part,
        "file": str(grant.path),
        "sha256": grant.sha256,
        "until": format_time(grant.until),
        "disclosure": dict(grant.disclosure),
        "contact": grant.contact,
    }
