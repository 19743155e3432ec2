"""Likeness records of the stage's people, who are nobody, so that benches, tests and the example may use their faces.

    python -m bench.stage_consent --model hero.safetensors --project demo --shots '*' --out examples/consent \
        --seed hero=23 --seed driver=30 --from 2020-01-01 --until 2100-01-01

writes one record for each person whom the model names, with the hash of the model and of the pictures that taught it,
and a trust file. The keys are made on the spot and forgotten: nothing can be added to what was issued.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from doublure.cli.consent.arguments import moment, words
from doublure.core.consent.document import write_document
from doublure.core.consent.draft import new_record
from doublure.core.consent.keys import SigningKey, new_key
from doublure.core.consent.proofs import signed
from doublure.core.consent.revoke import issued, new_list, revoked
from doublure.core.consent.timestamp import format_time
from doublure.core.consent.trust_issue import new_trust, with_key, with_list
from doublure.core.errors import DoublureError
from doublure.core.swap.checkpoint import load_model

CONTACT = "the maintainers of Doublure"
LIST = "stage"


@dataclass
class Office:
    """Somewhere records of invented people are made and signed. Every call writes its file at once.

    Attributes:
        folder: where the files lie; it is made.
        project, shots: of every record.
        begin: when everything was issued and signed, and from when it counts; by default yesterday.
        until: the first moment at which nothing counts any more; by default in a year.
    """

    folder: Path
    project: str = "stage"
    shots: tuple[str, ...] = ("*",)
    begin: datetime = field(default_factory=lambda: _now() - timedelta(days=1))
    until: datetime = field(default_factory=lambda: _now() + timedelta(days=365))
    studio: SigningKey = field(default_factory=new_key, repr=False)
    maker: SigningKey = field(default_factory=new_key, repr=False)
    registrar: SigningKey = field(default_factory=new_key, repr=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._people: list[str] = []
        self._listed = False

    @property
    def trust(self) -> Path:
        """The trust file."""
        return self.folder / "trust.json"

    @property
    def revocations(self) -> Path:
        """The revocation list, once there is one."""
        return self.folder / "revocations.json"

    def record(self, person: str, part: str, **fields: Any) -> Path:
        """Issue a person's record and trust the maker's key for them; the record's file.

        Args:
            person: their id.
            part: ``hero``, ``driver`` or ``cast``.
            fields: what differs from a record that permits everything to this project, in the shape of the schema.
        """
        others = {"hero": {"drivers": ["*"]}, "driver": {"heroes": ["*"]}, "cast": {}}[part]
        body = {
            "kind": "synthetic",
            "subject": {"id": person, "part": part},
            "rights_holder": {"id": "doublure", "basis": "maker"},
            "licensee": {"id": "anybody", "name": "Whoever runs Doublure"},
            "project": {"id": self.project, "title": self.project, "shots": list(self.shots)},
            "replica": {
                "category": "synthetic",
                "description": "An invented person whose face shows, tests and measures how a face is replaced.",
                "models": [],
                "reference_sets": [],
                **fields.pop("replica", {}),
            },
            "permissions": {
                "actions": ["train", "render", "publish"],
                "media": ["any"],
                "territory": ["world"],
                "max_screen_seconds": None,
                "approvals": [],
            },
            "validity": {
                "from": format_time(self.begin),
                "until": format_time(self.until),
                "suspended_in_strike_of": [],
            },
            "contact": CONTACT,
            **others,
        }
        record, _ = new_record({**body, **fields}, self.begin)
        path = self.folder / f"{person}.consent.json"
        write_document(path, signed(record, "maker", self.maker, self.begin))
        self._people.append(person)
        self._write_trust()
        return path

    def list_revoked(self, *records: str, days: float = 30, at: datetime | None = None) -> Path:
        """Issue the revocation list.

        Args:
            records: ids of those revoked.
            days: how long the list counts.
            at: when it was issued; by default an hour ago.
        """
        at = at or _now() - timedelta(hours=1)
        body = new_list(LIST)
        for record in records:
            body = revoked(body, record, "withdrawn", at)
        write_document(self.revocations, issued(body, at + timedelta(days=days), self.registrar, at))
        self._listed = True
        self._write_trust()
        return self.revocations

    def _write_trust(self) -> None:
        data = new_trust("Doublure's stage", CONTACT, self.until, self.studio, self.begin)
        if self._people:
            data = self._pinned(data, self.maker, "maker", sorted(set(self._people)))
        if self._listed:
            data = self._pinned(data, self.registrar, "registrar", [LIST])
            data = with_list(data, LIST, self.revocations.name, self.studio, self.begin)
        write_document(self.trust, data)

    def _pinned(self, data: dict[str, Any], key: SigningKey, role: str, scope: list[str]) -> dict[str, Any]:
        entry = {
            "key": key.public,
            "label": role,
            "roles": [role],
            "for": scope,
            "from": format_time(self.begin),
            "until": format_time(self.until),
        }
        return with_key(data, entry, self.studio, self.begin)


def swap_params(
    folder: Path, model: Path, *, hero: str = "hero", driver: str = "driver", project: str = "stage"
) -> dict[str, str]:
    """Values for the consent params of Swap: records of hero and driver that permit to render with this model."""
    office = Office(folder, project)
    replica = {"models": [_file(model)]}
    return {
        "consent": str(office.record(hero, "hero", replica=replica)),
        "driver_consent": str(office.record(driver, "driver", replica=replica)),
        "trust": str(office.trust),
        "project": project,
        "shot": "take",
    }


def issue_for_model(office: Office, model: Path, seeds: Mapping[str, int]) -> list[Path]:
    """A record for everybody whom a model names, with the hashes of its file and of their pictures.

    Args:
        office: signs them.
        model: the model's file.
        seeds: person -> the stage's seed.

    Raises:
        DoublureError: the model cannot be read, or a person has no seed.
    """
    made = []
    for person in load_model(model).people:
        name = person["name"]
        if name not in seeds:
            raise DoublureError(
                f"the model knows {name!r}, who has no seed", file=model, remedy="give --seed NAME=NUMBER"
            )
        replica = {
            "models": [_file(model)],
            "reference_sets": [{"name": f"{person['frames']} pictures", "sha256": person["sha256"]}],
            "generator": {"name": "Doublure's stage", "seed": seeds[name]},
        }
        made.append(office.record(name, person["role"], replica=replica))
    return made


def _file(path: Path) -> dict[str, str]:
    return {"name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _seed(text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    return name, int(number)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.stage_consent", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--model", type=Path, required=True, help="whose people, and which model they agree to"
    )
    parser.add_argument("--out", type=Path, required=True, help="the folder to write into")
    parser.add_argument("--project", required=True, help="the project's id")
    parser.add_argument("--shots", type=words, default=["*"], help="names or globs, with commas")
    parser.add_argument(
        "--seed", type=_seed, action="append", default=[], metavar="NAME=N", help="the person's seed"
    )
    parser.add_argument("--from", dest="begin", type=moment, required=True, help="from when they count")
    parser.add_argument("--until", type=moment, required=True, help="the first moment that counts no more")
    arguments = parser.parse_args()
    office = Office(
        arguments.out, arguments.project, tuple(arguments.shots), arguments.begin, arguments.until
    )
    try:
        for path in issue_for_model(office, arguments.model, dict(arguments.seed)):
            print(path)
    except DoublureError as error:
        sys.exit(str(error))
    print(office.trust)


if __name__ == "__main__":
    main()
