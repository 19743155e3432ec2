"""A studio with seeded keys, a trust file, a revocation list and two records, each of which a test may spoil."""

from __future__ import annotations

import copy
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doublure.core.consent.check import Verdict, evaluate
from doublure.core.consent.document import document_bytes
from doublure.core.consent.keys import PREFIX, SigningKey
from doublure.core.consent.proofs import signed
from doublure.core.consent.use import Role, Use

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ID = "urn:uuid:00000000-0000-4000-8000-000000000001"
OTHER_ID = "urn:uuid:00000000-0000-4000-8000-000000000002"
MODEL, PICTURES, DOCUMENT = (
    hashlib.sha256(word).hexdigest() for word in (b"model", b"pictures", b"document")
)
OTHER = hashlib.sha256(b"other").hexdigest()


def seeded_key(name: str) -> SigningKey:
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
    return SigningKey(private, PREFIX + private.public_key().public_bytes_raw().hex())


def pinned(name: str, role: str, scope: str) -> dict[str, Any]:
    return {
        "key": seeded_key(name).public,
        "label": name,
        "roles": [role],
        "for": [scope],
        "from": "2026-01-01T00:00:00Z",
        "until": "2028-01-01T00:00:00Z",
    }


def record_body(**over: Any) -> dict[str, Any]:
    """A hero's record that permits :func:`use`; the top-level fields in ``over`` replace its own."""
    body = {
        "schema": "doublure.likeness/1",
        "kind": "likeness",
        "id": ID,
        "issued": "2026-09-01T00:00:00Z",
        "supersedes": [],
        "subject": {"id": "mara", "part": "hero", "name_seal": OTHER, "minor": False, "deceased": False},
        "drivers": ["double"],
        "rights_holder": {"id": "mara", "basis": "self"},
        "licensee": {"id": "northlight", "name": "Northlight Pictures"},
        "project": {"id": "demo", "title": "The Demo", "shots": ["sq010_*"]},
        "replica": {
            "category": "employment-based",
            "description": "The face of the lead is put on her stunt double in the car chase of reel two.",
            "models": [{"name": "hero", "sha256": MODEL}],
            "reference_sets": [{"name": "turntable", "sha256": PICTURES}],
        },
        "permissions": {
            "actions": ["train", "render", "publish"],
            "media": ["theatrical", "streaming"],
            "territory": ["world"],
            "max_screen_seconds": 60,
            "approvals": ["final-look"],
        },
        "prohibitions": {"actions": [], "media": ["gaming"], "territory": ["AQ"], "content": ["nudity"]},
        "validity": {
            "from": "2026-09-01T00:00:00Z",
            "until": "2027-09-01T00:00:00Z",
            "suspended_in_strike_of": ["sag-aftra"],
        },
        "disclosure": {"c2pa": True, "label": "end-credit", "jurisdictions": ["DE"]},
        "attestation": {"document_sha256": DOCUMENT, "separately_signed": True},
        "revocation": {"list": "north", "max_age_hours": 168},
        "contact": "the rights office of Northlight",
        "proofs": [],
    }
    return {**body, **copy.deepcopy(over)}


def driver_body() -> dict[str, Any]:
    body = record_body(
        id=OTHER_ID,
        subject={"id": "double", "part": "driver", "name_seal": OTHER, "minor": False, "deceased": False},
        heroes=["mara"],
        rights_holder={"id": "double", "basis": "self"},
    )
    del body["drivers"]
    body["replica"]["category"] = "digital-alteration"
    return body


def synthetic_body() -> dict[str, Any]:
    body = record_body(
        kind="synthetic",
        subject={"id": "mara", "part": "hero", "minor": False, "deceased": False},
        rights_holder={"id": "northlight", "basis": "maker"},
        revocation=None,
    )
    del body["attestation"]
    body["replica"] |= {"category": "synthetic", "generator": {"name": "the stage", "seed": 7}}
    return body


def use(**over: Any) -> Use:
    """A publish that the records permit."""
    fields: dict[str, Any] = {
        "role": Role.PUBLISH,
        "project": "demo",
        "hero": "mara",
        "driver": "double",
        "shot": "sq010_sh0100",
        "model": MODEL,
        "media": ("theatrical",),
        "territory": ("DE", "FR"),
        "content": ("violence",),
        "seconds": 12.5,
        "approvals": ("final-look",),
    }
    return Use(**{**fields, **over})


class Studio:
    """Files in a folder; ``check`` asks about them. Set a body, then ``write`` signs everything anew."""

    def __init__(self, folder: Path) -> None:
        self.trust_path, self.list_path = folder / "trust.json", folder / "revocations.json"
        self.record_path, self.driver_path = folder / "mara.consent.json", folder / "double.consent.json"
        self.record, self.driver = record_body(), driver_body()
        self.signers = {"subject": "mara", "producer": "producer"}
        self.driver_signers = {"subject": "double", "producer": "producer"}
        self.signed_at = datetime(2026, 9, 2, tzinfo=UTC)
        self.trust: dict[str, Any] = {
            "schema": "doublure.trust/1",
            "studio": "Northlight Pictures",
            "contact": "the trust desk of Northlight",
            "issued": "2026-01-01T00:00:00Z",
            "until": "2028-01-01T00:00:00Z",
            "keys": [
                pinned("mara", "subject", "mara"),
                pinned("double", "subject", "double"),
                pinned("agent", "representative", "mara"),
                pinned("producer", "producer", "demo"),
                pinned("maker", "maker", "mara"),
                pinned("registrar", "registrar", "north"),
            ],
            "lists": {"north": "revocations.json"},
            "proofs": [],
        }
        self.list: dict[str, Any] = {
            "schema": "doublure.revocations/1",
            "list": "north",
            "issued": "2026-11-23T12:00:00Z",
            "next_update": "2026-12-23T12:00:00Z",
            "revoked": [
                {"record": ID[:-1] + "9", "at": "2026-10-01T00:00:00Z", "reason": "withdrawn"},
            ],
            "strikes": [
                {"union": "equity", "from": "2026-10-01T00:00:00Z", "until": None},
                {"union": "sag-aftra", "from": "2026-10-01T00:00:00Z", "until": "2026-10-02T00:00:00Z"},
            ],
            "proofs": [],
        }
        self.studio_key, self.registrar = "studio", "registrar"

    def pin(self, label: str) -> dict[str, Any]:
        """The trust file's entry of a key."""
        return next(entry for entry in self.trust["keys"] if entry["label"] == label)

    def write(self) -> Studio:
        issued = datetime(2026, 1, 1, tzinfo=UTC)
        trust = signed(self.trust, "studio", seeded_key(self.studio_key), issued)
        listed = signed(self.list, "registrar", seeded_key(self.registrar), NOW - timedelta(days=1))
        record, driver = self.record, self.driver
        for role, name in self.signers.items():
            record = signed(record, role, seeded_key(name), self.signed_at)
        for role, name in self.driver_signers.items():
            driver = signed(driver, role, seeded_key(name), self.signed_at)
        for path, data in (
            (self.trust_path, trust),
            (self.list_path, listed),
            (self.record_path, record),
            (self.driver_path, driver),
        ):
            path.write_bytes(document_bytes(data))
        return self

    def check(self, asked: Use | None = None, now: datetime = NOW, **over: Any) -> Verdict:
        return evaluate(asked or use(), self.record_path, self.trust_path, now, **over)

    def reasons(self, asked: Use | None = None, now: datetime = NOW, **over: Any) -> list[str]:
        """Of the check; no ground is without a clause for people and somebody to ask."""
        denials = self.check(asked, now, **over).denials
        assert all(denial.what and denial.ask for denial in denials)
        return [denial.reason for denial in denials]
