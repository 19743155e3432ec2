"""The consent of an export: hero and driver, for every shot that the file is meant for.

Whoever holds an exported file can render with it where nothing asks any more. So it is asked for as a render, with
nothing left out that a render must state.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from doublure.core.consent.check import require_all
from doublure.core.consent.grant import Grant
from doublure.core.consent.use import Role, Use


@dataclass(frozen=True)
class ExportConsent:
    """Where the records of hero and driver are, and what the file is meant for.

    Attributes:
        records: likeness records; each must grant, and hero and driver must each have one.
        trust: the studio's trust file; None denies.
        project: the project's id.
        shots: names of the shots; none denies.
    """

    records: tuple[Path, ...]
    trust: Path | None
    project: str
    shots: tuple[str, ...]

    def require(
        self, hero: str, driver: str | None, model: str, now: datetime | None = None
    ) -> tuple[Grant, ...]:
        """The grant of each record, once.

        Args:
            hero: whose face the file puts on.
            driver: whose performance it is put on; None denies.
            model: SHA-256 of the model file that it is made of.
            now: UTC; by default this moment.

        Raises:
            ConsentDenied: somebody did not agree to this, for one of the shots.
        """
        now = now or datetime.now(UTC)
        grants: dict[str, Grant] = {}
        # Without a shot the check is asked all the same: it has the sentence.
        for shot in self.shots or (None,):
            use = Use(Role.RENDER, project=self.project, hero=hero, driver=driver, shot=shot, model=model)
            grants |= {each.record: each for each in require_all(use, self.records, self.trust, now)}
        return tuple(grants.values())
