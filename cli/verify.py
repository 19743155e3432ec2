"""``doublure verify``: is a shot still what was signed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from doublure.cli.consent.arguments import now
from doublure.cli.output import print_json, say

if TYPE_CHECKING:
    from doublure.core.consent.denial import Denial
    from doublure.core.provenance.verify import Verification

    Denials = tuple[Denial, ...] | None

WITHDRAWN = 3
"""Exit code: all is as it was signed, and would not be permitted today."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb's arguments."""
    parser = subparsers.add_parser(
        "verify",
        description="Check a shot against its signed provenance: every frame, the plate, model and consent records, "
        "and who signed. Works offline.",
        epilog="Exit code: 0 all is as it was signed; 1 anything is not; 3 all is, but with --trust: the consent no "
        "longer holds (revoked, expired, suspended, or its list is stale).",
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
    parser.add_argument(
        "--trust",
        type=Path,
        metavar="FILE",
        help="the studio's trust file: ask too whether the consent still holds today",
    )
    parser.add_argument(
        "--revocations",
        type=Path,
        metavar="FILE",
        help="the revocation list (default: the one that the trust file names)",
    )
    parser.add_argument("--threads", type=int, default=2, help="files read at the same time (default: 2)")
    parser.add_argument("--json", action="store_true", help="print the outcome as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Verify. Returns 1 where anything does not agree, ``WITHDRAWN`` where only the consent does not hold any more."""
    from doublure.core.errors import DoublureError
    from doublure.core.provenance.verify import read_trust, verify_movie, verify_provenance

    trust = read_trust(args.anchors, allow_test=args.allow_test)
    denials: Denials = None
    if args.revocations is not None and args.trust is None:
        raise DoublureError("--revocations needs --trust", remedy="name the studio's trust file")
    if args.path.is_file() and args.path.suffix.lower() != ".json":
        if args.trust is not None:
            raise DoublureError(
                "a movie alone holds no likeness records", file=args.path, remedy="name the version's folder"
            )
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
        if args.trust is not None:
            denials = _consent(_folder(args.path), args.trust, args.revocations)
    if args.json:
        print_json(_as_dict(args.path, outcome, denials))
    else:
        _tell(args.path, outcome, denials)
    if not outcome.ok:
        return 1
    return WITHDRAWN if denials else 0


def _consent(folder: Path, trust: Path, revocations: Path | None) -> Denials:
    """Every denial today; None where the list cannot be read, which the verification has told."""
    from doublure.core.errors import DoublureError
    from doublure.core.provenance.consent_today import consent_today
    from doublure.core.provenance.record import FILE_NAME, Record

    try:
        record = Record.load(folder / FILE_NAME)
    except DoublureError:
        return None
    return consent_today(folder, record, trust, now(), revocations=revocations)


def _folder(path: Path) -> Path:
    """The folder of frames.json: the path itself, its folder ``provenance``, or where the file lies."""
    if path.name == "frames.json":
        return path.parent
    inside = path / "provenance"
    return inside if not (path / "frames.json").exists() and inside.is_dir() else path


def _as_dict(path: Path, outcome: Verification, denials: Denials) -> dict[str, object]:
    return {
        "path": str(path),
        "ok": outcome.ok,
        "signer": outcome.signer,
        "test": outcome.test,
        "frames": outcome.frames,
        "findings": [finding.as_dict() for finding in outcome.findings],
        "consent": {
            "asked": denials is not None,
            "holds": None if denials is None else not denials,
            "denials": [
                {"reason": one.reason.value, "what": one.what, "file": str(one.file), "ask": one.ask}
                for one in denials or ()
            ],
        },
    }


def _tell(path: Path, outcome: Verification, denials: Denials) -> None:
    for finding in outcome.findings:
        say(f"warning: {finding}" if finding.level == "warning" else str(finding))
    signer = f"signed by {outcome.signer}" if outcome.signer else "signed by nobody known"
    if outcome.test:
        signer += " (a test certificate)"
    state = "verified" if outcome.ok else "NOT verified"
    frames = f"{outcome.frames} frames, " if outcome.frames else ""
    print(f"{path}: {state}, {frames}{signer}")
    for one in denials or ():
        say(f"consent ({one.reason}): {one}")
    if denials is not None:
        print(f"{path}: consent {'holds no longer' if denials else 'still holds'}")
