"""The reviewer's decisions: one for every flagged frame, each for the very file that was looked at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from doublure.core.check.finding import Finding
from doublure.core.errors import DoublureError
from doublure.core.scan.facts import ShotFacts
from doublure.pipeline_hooks.shot import Shot

SCHEMA = "doublure.review/1"
_REMEDY = "review the version again"


@dataclass(frozen=True)
class Decision:
    """On one frame.

    Attributes: accepted: or rejected. sha256: of the frame's file that was looked at. note: why, may be empty.
    """

    accepted: bool
    sha256: str
    note: str


@dataclass(frozen=True)
class Review:
    """Decisions on a version. ``flagged`` are the frames that needed one."""

    shot: str
    version: str
    reviewer: str
    flagged: tuple[int, ...]
    decisions: dict[int, Decision]


def load_review(path: Path) -> Review:
    """Read the decisions.

    Raises: DoublureError where there are none, or the file is not after ``review.schema.json``.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DoublureError("there is no review", file=path, remedy="review the version first") from error
    except (OSError, ValueError) as error:
        raise DoublureError("the review cannot be read, or is not JSON", file=path, remedy=_REMEDY) from error
    fault = jsonschema.exceptions.best_match(_validator().iter_errors(data))
    if fault is not None:
        place = "/".join(str(part) for part in fault.absolute_path) or "the file"
        raise DoublureError(
            f"this is not a {SCHEMA} file ({place}: {fault.message[:120]})", file=path, remedy=_REMEDY
        )
    decisions = {
        entry["frame"]: Decision(entry["decision"] == "accept", entry["sha256"], entry.get("note", ""))
        for entry in data["decisions"]
    }
    if len(decisions) != len(data["decisions"]):
        raise DoublureError("a frame is decided on twice", file=path, remedy=_REMEDY)
    return Review(data["shot"], data["version"], data["reviewer"], tuple(data["flagged"]), decisions)


def check_review(shot: Shot, facts: ShotFacts, wanted: str) -> list[Finding]:
    """Whether the review is complete.

    Args: wanted: "none", "if-named" or "required" (the profile's).
    """
    if wanted == "none" or (wanted == "if-named" and shot.decisions is None):
        return []
    if shot.decisions is None:
        return [
            Finding(None, "the profile asks for a review, and none is named", "name it as review.decisions")
        ]
    try:
        review = load_review(shot.decisions)
    except DoublureError as error:
        return [Finding(None, error.what, error.remedy or _REMEDY)]
    if (review.shot, review.version) != (shot.name, shot.version):
        return [Finding(None, f"the review is of {review.shot} {review.version}", _REMEDY)]
    hashes = {frame.number: frame.sha256 for frame in facts.readable}
    out = [
        Finding(number, "nobody decided on this flagged frame", "decide on it")
        for number in sorted(set(review.flagged) - set(review.decisions))
    ]
    for number, decision in sorted(review.decisions.items()):
        if not decision.accepted:
            said = f" ({decision.note})" if decision.note else ""
            out.append(Finding(number, f"{review.reviewer} rejected the frame{said}", "mend it"))
        elif number in hashes and hashes[number] != decision.sha256:
            out.append(Finding(number, "the frame was rendered anew after its review", _REMEDY))
    return out


@cache
def _validator() -> Any:
    text = Path(__file__).with_name("review.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))
