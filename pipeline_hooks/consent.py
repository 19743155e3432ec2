"""The consent check of a publication, and which validator tells which of its denials."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.consent.check import evaluate_all
from doublure.core.consent.denial import Denial, Reason
from doublure.core.consent.grant import Grant
from doublure.core.consent.use import Role, Use
from doublure.pipeline_hooks.publication import Publication

_NO_MODEL = "0" * 64
"""Asked for where the model cannot be hashed: no record consents to it."""


def use_of(publication: Publication) -> Use:
    """What publishing this shot does with the likenesses."""
    shot = publication.shot
    return Use(
        Role.PUBLISH,
        project=shot.project,
        hero=shot.hero,
        driver=shot.driver,
        shot=shot.name,
        model=publication.model or _NO_MODEL,
        media=shot.media,
        territory=shot.territory,
        content=shot.content,
        seconds=shot.seconds,
        approvals=shot.approvals,
    )


def ask(publication: Publication) -> tuple[tuple[Grant, ...], tuple[Denial, ...]]:
    """Grants and denials, now."""
    shot = publication.shot
    return evaluate_all(
        use_of(publication), shot.records, shot.trust, publication.now(), revocations=shot.revocations
    )


def findings(denials: tuple[Denial, ...], *, of_model: bool) -> list[Finding]:
    """The denials as findings: those about the model, which ValidateModel tells, or all others."""
    told = {
        (f"{denial.file.name}: " if denial.file is not None else "") + denial.what: denial.ask
        for denial in denials
        if (denial.reason is Reason.MODEL) is of_model
    }
    return [Finding(None, f"no consent ({what})", f"ask {whom}") for what, whom in told.items()]
