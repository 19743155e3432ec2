"""Signatures on documents: Ed25519 over the RFC 8785 form of the document and of the signature's own header."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import rfc8785

from doublure.core.consent.keys import SigningKey, verify
from doublure.core.consent.timestamp import format_time
from doublure.core.errors import DoublureError


def payload(document: Mapping[str, Any], proof: Mapping[str, Any]) -> bytes:
    """The bytes that are signed: ``{"document": …, "proof": …}`` without ``proofs`` and without ``signature``.

    The document's ``schema`` is among them, so that a signature of a list is never one of a record; the proof's role,
    key and time are too. Source: RFC 8785 (JSON Canonicalization Scheme), section 3.2.

    Raises:
        DoublureError: the data has no canonical form (never after :func:`parse_json`).
    """
    body = {key: value for key, value in document.items() if key != "proofs"}
    header = {key: value for key, value in proof.items() if key != "signature"}
    try:
        return rfc8785.dumps({"document": body, "proof": header})
    except ValueError as error:
        raise DoublureError(f"the document has no canonical form ({error})", remedy="correct it") from error


def proves(document: Mapping[str, Any], proof: Mapping[str, Any]) -> bool:
    """Whether the proof's signature fits the document as it is now. Says nothing about trust in the key."""
    return verify(proof["key"], proof["signature"], payload(document, proof))


def signed(document: Mapping[str, Any], role: str, key: SigningKey, now: datetime) -> dict[str, Any]:
    """The document with one more proof.

    Args:
        document: with ``proofs``, possibly none.
        role: what the signer is: subject, representative, producer, maker, registrar or studio.
        key: the signer's.
        now: the proof's ``created``.

    Raises:
        DoublureError: that role signed already, or a proof that is there does not fit the document any more.
    """
    for proof in document["proofs"]:
        if proof["role"] == role:
            raise DoublureError(
                f"the {role} signed this already", remedy="issue a new document instead of signing again"
            )
        if not proves(document, proof):
            raise DoublureError(
                f"the document was changed after the {proof['role']} signed it",
                remedy="take the signed file from its source again",
            )
    proof = {"role": role, "key": key.public, "created": format_time(now)}
    proof["signature"] = key.sign(payload(document, proof))
    return {**document, "proofs": [*document["proofs"], proof]}
