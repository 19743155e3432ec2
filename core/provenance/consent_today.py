"""Does the consent under which a version was published still hold: asked apart from whether its bytes are the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from doublure.core.consent.check import evaluate_all
from doublure.core.consent.denial import Denial, Reason
from doublure.core.consent.schema import LIKENESS
from doublure.core.consent.trust import KEEPER, FaultError, open_document
from doublure.core.consent.use import Role, Use
from doublure.core.provenance.record import FILE_NAME, Record

_ASKED_AT_PUBLISH = (
    Reason.UNSTATED, Reason.MEDIA, Reason.TERRITORY, Reason.CONTENT, Reason.SCREEN_TIME, Reason.APPROVAL
)  # fmt: skip
"""What the publisher stated then, and frames.json does not hold."""


def consent_today(
    folder: Path, record: Record, trust: Path, now: datetime, *, revocations: Path | None = None
) -> tuple[Denial, ...]:
    """Ask the likeness records of a published version again; empty where they still permit it.

    Signatures, validity, revocation, strikes, project, shot, model and the permission to publish are asked as they were
    then; media, territory, content, screen time and approvals were stated then and are not in frames.json.

    Args:
        folder: of frames.json. record: what it says; verify it first. trust: the studio's trust file. now: aware.
        revocations: the list; by default the trust file's own.
    """
    paths = [folder / one.path for one in record.of_role("consent")]
    people = _people(paths)
    found: list[Denial] = []
    for model in record.of_role("model"):
        use = Use(
            Role.PUBLISH,
            project=record.project,
            hero=people.get("hero", ""),
            driver=people.get("driver"),
            shot=record.shot,
            model=model.sha256,
        )
        found += evaluate_all(use, paths, trust, now, revocations=revocations)[1]
    denials = [one for one in found if one.reason not in _ASKED_AT_PUBLISH]
    denials += [
        Denial(Reason.RECORD_MISSING, f"no record of the {part} is listed", folder / FILE_NAME, KEEPER)
        for part in ("hero", "driver")
        if part not in people and not denials
    ]
    return tuple(dict.fromkeys(denials))


def _people(paths: Sequence[Path]) -> dict[str, str]:
    """By part: who it is. A record that cannot be read is told by the check itself."""
    out = {}
    for path in paths:
        try:
            data = open_document(path, LIKENESS, Reason.RECORD_MISSING, Reason.RECORD_UNSOUND).data
        except FaultError:
            continue
        out[str(data["subject"]["part"])] = str(data["subject"]["id"])
    return out
