"""One shot on its way through the phases: what collectors gathered, what validators found, what was made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from doublure.core.check.finding import Finding
from doublure.core.consent.grant import Grant
from doublure.core.errors import DoublureError
from doublure.core.face.sidecar import Track
from doublure.core.provenance.signer import Signer
from doublure.core.scan.facts import ShotFacts
from doublure.pipeline_hooks.overrides import Accepted, Override
from doublure.pipeline_hooks.profile import Profile
from doublure.pipeline_hooks.shot import Shot
from doublure.pipeline_hooks.staging import Staging

KEY = "doublure"
"""Where an instance's data holds its publication, and a context's data what a host asks for."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Publication:
    """The state of one shot.

    Attributes:
        shot, profile: what is wanted.
        overrides: warnings that are accepted.
        now: the clock; aware.
        progress: called with (phase, done, total).
        files: numbers and files of the result as they lie on the disk; a number may come twice.
        track, track_fault: the track, or why there is none.
        model, model_fault: SHA-256 of the model, or why there is none.
        facts: what the scan found.
        grants: of the consent.
        signer: who will sign.
        findings: by validator, everything it found, accepted or not.
        accepted: warnings that somebody accepted.
        passed: validators that ran and let the shot pass.
        staging: where the version is put together; None before extraction.
        movie: the review movie that is signed with the version; None where there is none.
        published: the folder of the published version; None before that.
        notes: other things to report, such as the comment in the tracker.
        outcome: the gate's, for the report; None in other hosts.
    """

    shot: Shot
    profile: Profile
    overrides: tuple[Override, ...] = ()
    now: Callable[[], datetime] = _now
    progress: Callable[[str, int, int], None] | None = None
    files: tuple[tuple[int, Path], ...] = ()
    track: Track | None = None
    track_fault: str | None = None
    model: str | None = None
    model_fault: str | None = None
    facts: ShotFacts = field(default_factory=lambda: ShotFacts(()))
    grants: tuple[Grant, ...] = ()
    signer: Signer | None = None
    findings: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    accepted: list[Accepted] = field(default_factory=list)
    passed: set[str] = field(default_factory=set)
    staging: Staging | None = None
    movie: Path | None = None
    published: Path | None = None
    notes: list[str] = field(default_factory=list)
    outcome: Any = None

    @property
    def ordered(self) -> list[tuple[int, Path]]:
        """The files of ordered frames, each number once."""
        wanted = set(self.shot.numbers)
        found: dict[int, Path] = {}
        for number, path in self.files:
            if number in wanted:
                found.setdefault(number, path)
        return sorted(found.items())

    def discard(self) -> None:
        """Take back what was made: a version put together, or published, disappears."""
        if self.staging is not None:
            self.staging.discard()
            self.staging = None
        self.published = None


def of(instance: Any) -> Publication:
    """The publication of a pyblish instance. Raises DoublureError where the instance is not one of ours."""
    found = instance.data.get(KEY)
    if not isinstance(found, Publication):
        raise DoublureError(
            f"the instance {instance} was not collected by Doublure",
            remedy="let CollectShot make the instance",
        )
    return found
