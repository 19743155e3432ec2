"""The outcome as JSON."""

from __future__ import annotations

from typing import Any

from doublure.core.check.finding import Finding
from doublure.core.consent.timestamp import format_time
from doublure.pipeline_hooks.measures import lines
from doublure.pipeline_hooks.outcome import Outcome, Step
from doublure.pipeline_hooks.publication import Publication

SCHEMA = "doublure.publish/1"


def as_dict(outcome: Outcome) -> dict[str, Any]:
    """One object: ``ok``, what failed, every plug-in with what it found, every shot with its measures."""
    return {
        "schema": SCHEMA,
        "ok": outcome.ok,
        "dry_run": outcome.dry,
        "blocked_by": outcome.blocked_by,
        "faults": list(outcome.faults),
        "steps": [_step(step) for step in outcome.steps],
        "shots": [_shot(publication) for publication in outcome.publications],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "phase": step.phase,
        "plugin": step.plugin,
        "label": step.label,
        "instance": step.instance,
        "ok": step.ok,
        "error": step.error,
        "expected": step.expected,
        "seconds": round(step.seconds, 3),
        "findings": [_finding(one) for one in step.findings],
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {"frame": one.frame, "level": one.level, "what": one.what, "remedy": one.remedy}


def _shot(publication: Publication) -> dict[str, Any]:
    shot, facts = publication.shot, publication.facts
    return {
        "project": shot.project,
        "shot": shot.name,
        "version": shot.version,
        "file": str(shot.file),
        "profile": publication.profile.name,
        "frames": [frame.number for frame in facts.frames],
        "model": publication.model,
        "published": None if publication.published is None else str(publication.published),
        "signer": None if publication.signer is None else ("test" if publication.signer.test else "studio"),
        "notes": list(publication.notes),
        "overrides": [
            {
                "validator": one.override.validator,
                "user": one.override.user,
                "reason": one.override.reason,
                "finding": _finding(one.finding),
            }
            for one in publication.accepted
        ],
        "consent": [
            {
                "record": grant.record,
                "person": grant.person,
                "part": grant.part,
                "sha256": grant.sha256,
                "until": format_time(grant.until),
                "disclosure": dict(grant.disclosure),
            }
            for grant in publication.grants
        ],
        "measures": {
            line.name: {
                "unit": line.unit,
                "frames": [
                    [point.number, round(point.value, 6), point.low, point.high] for point in line.points
                ],
            }
            for line in lines(publication)
        },
        "not_measured": dict(facts.missing),
        "seconds": {"reading": round(facts.seconds_reading, 3), "checking": round(facts.seconds_checking, 3)},
    }
