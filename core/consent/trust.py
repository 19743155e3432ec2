"""The studio's trust file: which keys count, as what, for whom, and when."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from doublure.core.consent.denial import Reason
from doublure.core.consent.document import Document, UnreadableError, UnsoundError, read_document
from doublure.core.consent.glob import fits
from doublure.core.consent.proofs import proves
from doublure.core.consent.schema import TRUST, check_schema
from doublure.core.consent.timestamp import parse_time
from doublure.core.errors import DoublureError

KEEPER = "whoever keeps the studio's trust file"
"""Whom to ask while no trust file tells it."""
ROOT = "DOUBLURE_TRUST_ROOT"
"""Environment variable: the studio's public key, where :func:`load_trust` is given none."""


class FaultError(DoublureError):
    """A trust file, record or list that does not count, with the reason for the denial."""

    def __init__(self, reason: Reason, what: str, path: Path) -> None:
        self.reason, self.path = reason, path
        super().__init__(what, file=path)


@dataclass(frozen=True)
class Trust:
    """A trust file whose signature fits and whose time has come.

    Attributes:
        path: its file; the paths of ``lists`` are relative to its folder.
        studio, contact: the studio and whom to ask there.
        root: the studio's public key, which signed the file.
        until: the first moment at which the file counts no more.
        keys: public key -> its entry.
        lists: name of a revocation list -> its file.
    """

    path: Path
    studio: str
    contact: str
    root: str
    until: datetime
    keys: Mapping[str, Mapping[str, Any]]
    lists: Mapping[str, Path]

    def accept(self, proof: Mapping[str, Any], scope: str, now: datetime, path: Path) -> datetime:
        """Until when the key of ``proof`` counts in the proof's role for ``scope``; its signature is not looked at.

        Args:
            proof: an entry of a document's ``proofs``.
            scope: the person, project or list that the signature is about.
            now: UTC.
            path: the document's file, for the fault.

        Raises:
            FaultError: the key is not pinned, not in that role, not for that scope, not at the time of signing or now.
        """
        role, entry = proof["role"], self.keys.get(proof["key"])
        if entry is None:
            raise FaultError(
                Reason.KEY_UNKNOWN, f"the {role}'s key {short(proof['key'])} is not in the trust file", path
            )
        label = entry["label"]
        if role not in entry["roles"]:
            raise FaultError(Reason.KEY_ROLE, f"the key {label} is not trusted to sign as {role}", path)
        if not fits(scope, entry["for"]):
            raise FaultError(
                Reason.KEY_SCOPE, f"the key {label} is not trusted to sign as {role} for {scope}", path
            )
        first, end, created = (
            parse_time(entry["from"]),
            parse_time(entry["until"]),
            parse_time(proof["created"]),
        )
        if created > now:
            raise FaultError(
                Reason.FUTURE, f"the {role} signed at {proof['created']}, which is still to come", path
            )
        window = f"which is trusted from {entry['from']} until before {entry['until']} only"
        if not first <= created < end:
            raise FaultError(
                Reason.KEY_EXPIRED,
                f"the {role} signed at {proof['created']} with the key {label}, {window}",
                path,
            )
        if not first <= now < end:
            raise FaultError(Reason.KEY_EXPIRED, f"the {role} signed with the key {label}, {window}", path)
        return end


def load_trust(path: str | os.PathLike[str], now: datetime, root: str | None = None) -> Trust:
    """Read and check a trust file.

    Args:
        path: the file.
        now: UTC; the file counts while ``issued <= now < until``.
        root: the studio's public key, where it is pinned outside the file; by default that of the environment
            variable ``DOUBLURE_TRUST_ROOT``. Without either, the file's own studio key is believed: then whoever can
            write the file decides.

    Raises:
        FaultError: missing, unsound, altered, not yet or no longer valid, or another studio's.
    """
    path = Path(path)
    document = open_document(path, TRUST, Reason.TRUST_MISSING, Reason.TRUST_UNSOUND)
    data = document.data
    keys = {entry["key"]: entry for entry in data["keys"]}
    if len(keys) != len(data["keys"]):
        raise FaultError(Reason.TRUST_UNSOUND, "a key stands twice in the trust file", path)
    proof = studio_proof(document)
    expected = root if root is not None else os.environ.get(ROOT)
    if expected is not None and proof["key"] != expected:
        raise FaultError(
            Reason.TRUST_ROOT,
            f"the trust file is signed with {short(proof['key'])}, not with the pinned studio key {short(expected)}",
            path,
        )
    if parse_time(data["issued"]) > now or parse_time(proof["created"]) > now:
        raise FaultError(Reason.FUTURE, "the trust file was issued at a time that is still to come", path)
    until = parse_time(data["until"])
    if now >= until:
        raise FaultError(
            Reason.TRUST_EXPIRED, f"the trust file counts until before {data['until']} only", path
        )
    lists = {name: path.parent / file for name, file in data["lists"].items()}
    return Trust(path, data["studio"], data["contact"], proof["key"], until, keys, lists)


def studio_proof(document: Document) -> Mapping[str, Any]:
    """The one proof of a trust file, its signature checked. Raises FaultError."""
    proofs = document.data["proofs"]
    if len(proofs) != 1 or proofs[0]["role"] != "studio":
        raise FaultError(
            Reason.TRUST_ALTERED, "the trust file is not signed by the studio, and by it alone", document.path
        )
    if not proves(document.data, proofs[0]):
        raise FaultError(
            Reason.TRUST_ALTERED, "the trust file was changed after the studio signed it", document.path
        )
    proof: Mapping[str, Any] = proofs[0]
    return proof


def open_document(path: Path, kind: str, missing: Reason, unsound: Reason) -> Document:
    """Read a document of a kind. Raises FaultError with one of the two reasons."""
    try:
        document = read_document(path)
        check_schema(document, kind)
    except UnreadableError as error:
        raise FaultError(missing, error.what, path) from error
    except UnsoundError as error:
        raise FaultError(unsound, error.what, path) from error
    return document


def short(key: str) -> str:
    """The beginning of a public key, for people."""
    return f"{key[:20]}…"
