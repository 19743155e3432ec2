"""Hero, double, producer and registrar with seeded keys, and everything they signed, valid now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from doublure.core.consent.document import document_bytes
from doublure.core.consent.proofs import signed
from doublure.core.consent.timestamp import format_time
from tests.core.consent.studio import driver_body, pinned, record_body, seeded_key

DAY = timedelta(days=1)


class People:
    """Bodies that a test may spoil; ``write`` signs them all and puts them into a folder."""

    def __init__(self, model: str) -> None:
        self.now = datetime.now(UTC)
        self.hero, self.driver = record_body(), driver_body()
        for body in (self.hero, self.driver):
            body["issued"] = self._time(-60)
            body["validity"] |= {"from": self._time(-60), "until": self._time(300)}
            body["replica"]["models"] = [{"name": "hero", "sha256": model}]
        self.signers = {"hero": {"subject": "mara", "producer": "producer"}}
        self.signers["driver"] = {"subject": "double", "producer": "producer"}
        self.trust: dict[str, Any] = {
            "schema": "doublure.trust/1",
            "studio": "Northlight Pictures",
            "contact": "the trust desk of Northlight",
            "issued": self._time(-100),
            "until": self._time(400),
            "keys": [
                pinned(name, role, scope) | {"from": self._time(-100), "until": self._time(400)}
                for name, role, scope in (
                    ("mara", "subject", "mara"),
                    ("double", "subject", "double"),
                    ("producer", "producer", "demo"),
                    ("registrar", "registrar", "north"),
                )
            ],
            "lists": {"north": "revocations.json"},
            "proofs": [],
        }
        self.list: dict[str, Any] = {
            "schema": "doublure.revocations/1",
            "list": "north",
            "issued": self._time(-1),
            "next_update": self._time(30),
            "revoked": [],
            "strikes": [],
            "proofs": [],
        }

    def write(self, folder: Path) -> None:
        signed_at = self.now - 50 * DAY
        hero, driver = self.hero, self.driver
        for role, name in self.signers["hero"].items():
            hero = signed(hero, role, seeded_key(name), signed_at)
        for role, name in self.signers["driver"].items():
            driver = signed(driver, role, seeded_key(name), signed_at)
        for name, data in (
            ("trust.json", signed(self.trust, "studio", seeded_key("studio"), self.now - 90 * DAY)),
            ("revocations.json", signed(self.list, "registrar", seeded_key("registrar"), self.now - DAY / 2)),
            ("mara.consent.json", hero),
            ("double.consent.json", driver),
        ):
            path = folder / name
            # Never through a hard link into the clean shot.
            path.unlink(missing_ok=True)
            path.write_bytes(document_bytes(data))

    def _time(self, days: float) -> str:
        return format_time(self.now + days * DAY)

    def revoke(self, record: str) -> None:
        self.list["revoked"].append({"record": record, "at": self._time(-2), "reason": "withdrawn"})
