"""The consent of a training: everybody whose pictures it sees, each hero with each driver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

from doublure.core.consent.check import evaluate_all
from doublure.core.consent.denial import ConsentDenied, Denial, Reason
from doublure.core.consent.grant import Grant
from doublure.core.consent.schema import LIKENESS
from doublure.core.consent.trust import KEEPER, FaultError, open_document
from doublure.core.consent.use import Role, Use

Person = tuple[str, str]
"""(part, id): ``("hero", "mara")``."""

_NO_PICTURES = "0" * 64
"""Stated for whom no record names any pictures: no record consents to it."""


@dataclass(frozen=True)
class TrainingConsent:
    """What a training shows when it is asked who agreed to it.

    Attributes:
        records: likeness records; each must be of somebody in the training, and each must grant.
        trust: the studio's trust file; None denies.
        project: the project's id.
    """

    records: tuple[Path, ...]
    trust: Path | None
    project: str

    def require(
        self,
        people: Sequence[Person],
        pictures: Mapping[str, Sequence[str]] | None = None,
        start: str | None = None,
        now: datetime | None = None,
    ) -> tuple[Grant, ...]:
        """The grant of each record.

        Args:
            people: everybody whose pictures are seen, at least a hero and a driver.
            pictures: id -> SHA-256 of each set of the person's pictures (``Faceset.sha256``). None while nobody looked
                at them: those that the records name are taken, and everything else is checked.
            start: SHA-256 of the model that the training goes on from, if any.
            now: UTC; by default this moment.

        Raises:
            ConsentDenied: somebody did not agree to this; every ground is told.
        """
        now = now or datetime.now(UTC)
        owners = {record: _owner(record) for record in self.records}
        denials: dict[Denial, None] = {}
        grants: dict[str, Grant] = {}
        pairs = list(product(_ids(people, "hero"), _ids(people, "driver")))
        if not pairs:
            raise ConsentDenied(
                (
                    Denial(
                        Reason.UNSTATED, "a hero and a driver are not stated, which train must", None, KEEPER
                    ),
                )
            )
        for hero, driver in pairs:
            use = Use(
                Role.TRAIN,
                project=self.project,
                hero=hero,
                driver=driver,
                cast=_ids(people, "cast"),
                model=start,
                references=self._references((hero, driver, *_ids(people, "cast")), pictures),
            )
            # Other heroes and drivers have pairs of their own. A record of nobody in the training is asked, and denies.
            pair = {("hero", hero), ("driver", driver)}
            others = {person for person in people if person[0] != "cast"} - pair
            records = [record for record, owner in owners.items() if owner not in others]
            found, faults = evaluate_all(use, records, self.trust, now)
            denials |= dict.fromkeys(faults)
            grants |= {grant.record: grant for grant in found}
        if denials:
            raise ConsentDenied(tuple(denials))
        return tuple(grants.values())

    def _references(
        self, people: Sequence[str], pictures: Mapping[str, Sequence[str]] | None
    ) -> dict[str, tuple[str, ...]]:
        if pictures is not None:
            return {person: tuple(pictures[person]) for person in people if person in pictures}
        named = _named(self.records)
        return {person: named.get(person) or (_NO_PICTURES,) for person in people}


def as_header(grants: Sequence[Grant]) -> list[dict[str, str]]:
    """Grants as a model's file names them: ``record``, ``person``, ``part`` and ``sha256`` of each."""
    return [
        {"record": grant.record, "person": grant.person, "part": grant.part, "sha256": grant.sha256}
        for grant in grants
    ]


def _ids(people: Sequence[Person], part: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(person for each, person in people if each == part))


def _owner(record: Path) -> Person | None:
    """Whose record it says it is, not yet believed; None where it cannot be read, which the check tells."""
    data = _read(record)
    return None if data is None else (data["subject"]["part"], data["subject"]["id"])


def _named(records: Sequence[Path]) -> dict[str, tuple[str, ...]]:
    """Person -> the sets of pictures that a record of theirs names."""
    read = [data for data in map(_read, records) if data is not None]
    return {
        data["subject"]["id"]: tuple(each["sha256"] for each in data["replica"]["reference_sets"])
        for data in read
    }


def _read(record: Path) -> Mapping[str, Any] | None:
    try:
        return open_document(record, LIKENESS, Reason.RECORD_MISSING, Reason.RECORD_UNSOUND).data
    except FaultError:
        return None
