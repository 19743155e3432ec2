"""``doublure verify``: is a shot still what was signed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from doublure.cli.output import print_json, say

if TYPE_CHECKING:
    from doublure.core.provenance.verify import Verification


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb's arguments."""
    parser = subparsers.add_parser(
        "verify",
        description="Check a shot against its signed provenance: every frame, the plate, model and consent records, "
        "and who signed. Works offline. Exits with 1 on any mismatch.",
    )
    parser.add_argument(
        "path",
        type=Path,
        help="the folder with frames.json (or one that has a folder provenance), or a signed movie",
    )
    parser.add_argument(
        "--anchors",
        type=Path,
        metavar="PEM",
        help="root certificates of those who may sign (default: the file that DOUBLURE_TRUST_ANCHORS names)",
    )
    parser.add_argument(
        "--allow-test", action="store_true", help="accept test certificates, which prove nothing"
    )
    parser.add_argument("--frames", type=Path, metavar="FOLDER", help="where the frames lie now")
    parser.add_argument("--plate", type=Path, metavar="FOLDER", help="where the plate lies now")
    parser.add_argument(
        "--complete",
        action="store_true",
        help="fail too where the plate, model, graph or track is not at hand",
    )
    parser.add_argument("--threads", type=int, default=2, help="files read at the same time (default: 2)")
    parser.add_argument("--json", action="store_true", help="print the outcome as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Verify. Returns 1 where anything does not agree."""
    from doublure.core.provenance.verify import read_trust, verify_movie, verify_provenance

    trust = read_trust(args.anchors, allow_test=args.allow_test)
    if args.path.is_file() and args.path.suffix.lower() != ".json":
        outcome = verify_movie(args.path, trust)
    else:
        outcome = verify_provenance(
            _folder(args.path),
            trust,
            result=args.frames,
            plate=args.plate,
            complete=args.complete,
            threads=args.threads,
        )
    if args.json:
        print_json(_as_dict(args.path, outcome))
    else:
        _tell(args.path, outcome)
    return 0 if outcome.ok else 1


def _folder(path: Path) -> Path:
    """The folder of frames.json: the path itself, its folder ``provenance``, or where the file lies."""
    if path.name == "frames.json":
        return path.parent
    inside = path / "provenance"
    return inside if not (path / "frames.json").exists() and inside.is_dir() else path


def _as_dict(path: Path, outcome: Verification) -> dict[str, object]:
    return {
        "path": str(path),
        "ok": outcome.ok,
        "signer": outcome.signer,
        "test": outcome.test,
        "frames": outcome.frames,
        "findings": [finding.as_dict() for finding in outcome.findings],
    }


def _tell(path: Path, outcome: Verification) -> None:
    for finding in outcome.findings:
        say(f"warning: {finding}" if finding.level == "warning" else str(finding))
    signer = f"signed by {outcome.signer}" if outcome.signer else "signed by nobody known"
    if outcome.test:
        signer += " (a test certificate)"
    state = "verified" if outcome.ok else "NOT verified"
    frames = f"{outcome.frames} frames, " if outcome.frames else ""
    print(f"{path}: {state}, {frames}{signer}")
