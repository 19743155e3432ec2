"""Two people who agreed to a Swap, and every way in which they may not have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.stage_consent import LIST, Office
from doublure.core.consent.document import read_document
from doublure.core.swap.train import model_digest
from tests.nodes.service.comps import model, track

ASK = "ask the maintainers of Doublure."
KEEPER = "ask whoever keeps the studio's trust file."
LISTED = {"list": LIST, "max_age_hours": 24}


class Agreement:
    """Records of ``hero`` and ``double`` for shots sq010_*, and the params of a Swap that they permit."""

    def __init__(self, folder: Path) -> None:
        now = datetime.now(UTC).replace(microsecond=0)
        self.now, self.folder = now, folder
        self.office = Office(folder / "consent", shots=("sq010_*",), begin=now - timedelta(days=30))
        self.model = model(folder / "m.safetensors")
        self.agreed_model = model_digest(self.model)
        self.params: dict[str, Any] = {
            "model": str(self.model),
            "track": str(track(folder / "t.json")),
            "consent": str(self.issue("hero")),
            "driver_consent": str(self.issue("driver")),
            "trust": str(self.office.trust),
            "project": "stage",
            "shot": "sq010_sh0100",
        }

    def issue(self, part: str, person: str | None = None, **fields: Any) -> Path:
        """A record with some fields of its own; it takes the place of the one before."""
        replica = {"models": [{"name": "model", "sha256": self.agreed_model}]}
        person = person or {"hero": "hero", "driver": "double"}[part]
        return self.office.record(person, part, **{"replica": replica, **fields})

    def listed(self) -> str:
        """Give the hero a record that can be revoked, and issue the list; the record's id."""
        self.office.list_revoked()
        return str(read_document(self.issue("hero", revocation=LISTED)).data["id"])

    def alter(self, name: str) -> None:
        """Change one letter of a file."""
        path = Path(self.params[name])
        content = path.read_bytes()
        assert b"Doublure" in content
        path.write_bytes(content.replace(b"Doublure", b"Doublura", 1))


def _set(**params: str) -> Callable[[Agreement], None]:
    return lambda agreement: agreement.params.update(params)


def _hero(**fields: Any) -> Callable[[Agreement], None]:
    def issue(agreement: Agreement) -> None:
        agreement.issue("hero", **fields)

    return issue


def _of_days(first: int, last: int) -> Callable[[Agreement], None]:
    def issue(agreement: Agreement) -> None:
        begin, end = (f"{agreement.now + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}" for days in (first, last))
        validity = {"from": begin, "until": end, "suspended_in_strike_of": []}
        agreement.issue("hero", validity=validity)

    return issue


def _revoke(agreement: Agreement) -> None:
    agreement.office.list_revoked(agreement.listed())


def _let_grow_stale(agreement: Agreement) -> None:
    agreement.listed()
    agreement.office.list_revoked(at=agreement.now - timedelta(hours=25))


def _lose_list(agreement: Agreement) -> None:
    agreement.listed()
    agreement.office.revocations.unlink()


def _give_other_hero(agreement: Agreement) -> None:
    agreement.params["consent"] = str(agreement.issue("hero", "mara"))


def _swap_records(agreement: Agreement) -> None:
    params = agreement.params
    params["consent"], params["driver_consent"] = params["driver_consent"], params["consent"]


def _change_model(agreement: Agreement) -> None:
    path = agreement.model
    path.write_bytes(path.read_bytes()[:-4] + b"\0\0\x80\x3f")


DENIALS: dict[str, tuple[Callable[[Agreement], None], str, str]] = {
    "no hero's record": (_set(consent=""), "no likeness record of the hero 'hero' is given", ASK),
    "no driver's record": (_set(driver_consent=""), "no likeness record of the driver is given", ASK),
    "no trust file": (_set(trust=""), "no trust file is given", KEEPER),
    "a missing record": (lambda a: Path(a.params["consent"]).unlink(), "there is no such file", ASK),
    "a missing driver's record": (
        lambda a: Path(a.params["driver_consent"]).unlink(),
        "double.consent.json: no consent (there is no such file)",
        ASK,
    ),
    "a missing trust file": (lambda a: a.office.trust.unlink(), "there is no such file", KEEPER),
    "expired": (_of_days(-2, -1), "the record counts until before", ASK),
    "not yet valid": (_of_days(1, 2), "the record counts from", ASK),
    "revoked": (_revoke, "the record was revoked at", ASK),
    "a stale list": (_let_grow_stale, "the revocation list is of", ASK),
    "a missing list": (_lose_list, "there is no such file", ASK),
    "another project": (_set(project="other"), "for project stage, not for 'other'", ASK),
    "no project": (_set(project=""), "for project stage, not for ''", ASK),
    "another shot": (_set(shot="sq020_sh0100"), "not for shot 'sq020_sh0100' but for sq010_*", ASK),
    "no shot": (_set(shot=""), "the shot is not stated", ASK),
    "another model": (_change_model, "is not one that the record consents to", ASK),
    "another hero": (_give_other_hero, "for mara as hero, not for 'hero'", ASK),
    "another double": (_hero(drivers=["stunts-*"]), "does not allow 'double' as the driver", ASK),
    "the records the wrong way round": (_swap_records, "not for 'hero'", ASK),
    "no permission to render": (
        _hero(
            permissions={
                "actions": ["train"],
                "media": [],
                "territory": [],
                "max_screen_seconds": None,
                "approvals": [],
            }
        ),
        "the record does not permit to render",
        ASK,
    ),
    "an altered hero's record": (lambda a: a.alter("consent"), "was changed after the maker signed it", ASK),
    "an altered driver's record": (lambda a: a.alter("driver_consent"), "was changed after the maker", ASK),
    "an altered trust file": (lambda a: a.alter("trust"), "was changed after the studio signed it", KEEPER),
}
"""What is wrong -> (how to bring it about, a part of the sentence, whom to ask)."""
