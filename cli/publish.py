"""``doublure publish``: a shot through the gate."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from doublure.cli.output import print_json, say
from doublure.cli.progress import Progress

if TYPE_CHECKING:
    from doublure.pipeline_hooks.outcome import Outcome


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb's arguments."""
    parser = subparsers.add_parser(
        "publish",
        description="Check a finished shot and publish it: its frames, consent, model and measures against a delivery "
        "profile, then a signed version in its place. Whatever is not surely right stops it.",
        epilog="Exit code: 0 the version is published (or would be, with --dry-run); 1 it is not.",
    )
    parser.add_argument("shot", type=Path, metavar="SHOT.toml", help="the shot file (see docs/publish.md)")
    parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
    parser.add_argument(
        "--report",
        type=Path,
        metavar="DIR",
        help="write publish.json and publish.html there, whatever the outcome",
    )
    parser.add_argument(
        "--override",
        action="append",
        default=[],
        metavar="VALIDATOR=REASON",
        help="accept the warnings of a validator, with a reason; may be repeated",
    )
    parser.add_argument("--user", metavar="NAME", help="who answers for the overrides")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Publish. Returns 0 only where every phase succeeded."""
    from doublure.pipeline_hooks.gate import run_gate
    from doublure.pipeline_hooks.overrides import Override
    from doublure.pipeline_hooks.report import make_folder, write_reports

    overrides = [Override.parse(text, args.user) for text in args.override]
    if args.report is not None:
        # Known before the version lies in its place.
        make_folder(args.report)
    with Progress("reading") as progress:
        outcome = run_gate(args.shot, overrides=overrides, dry_run=args.dry_run, progress=progress)
    _tell(outcome)
    if args.report is not None:
        for path in write_reports(outcome, args.report):
            say(f"report: {path}")
    if args.json:
        print_json(outcome.as_dict())
    return 0 if outcome.ok else 1


def _tell(outcome: Outcome) -> None:
    for fault in outcome.faults:
        say(fault)
    for step in outcome.steps:
        if step.error is not None:
            for row in step.error.splitlines():
                say(f"{step.plugin}: {row}")
    for publication in outcome.publications:
        for one in publication.accepted:
            say(f"accepted by {one.override.user} ({one.override.reason}): {one.finding}")
        for note in publication.notes:
            say(note)
        if publication.published is not None:
            say(f"published {publication.shot.title} to {publication.published}.")
    if not outcome.ok:
        say("NOT published.")
    elif outcome.dry:
        say("the shot would pass; nothing was written.")
