"""Sealed names: a record can be shown to be a person's, and yet nobody reads or guesses the name in it.

A hash with its salt beside it would be opened by trying all performers' names. So the salt (the *opening*) is kept
apart, with the agreement; without it the seal tells nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata

from doublure.core.errors import DoublureError

_OPENING = re.compile(r"[0-9a-f]{64}")


def seal_name(name: str) -> tuple[str, str]:
    """``(seal, opening)``, 64 hex digits each; the opening is random and kept out of the record.

    Raises:
        DoublureError: the name is empty.
    """
    opening = secrets.token_hex(32)
    return _seal(name, opening), opening


def name_fits(seal: str, opening: str, name: str) -> bool:
    """Whether ``name`` is the sealed one. Case, kinds of spaces and Unicode composition do not count.

    Raises:
        DoublureError: the opening is not 64 hex digits, or the name is empty.
    """
    return hmac.compare_digest(_seal(name, opening), seal)


def fold(name: str) -> str:
    """The name as it is sealed: composed (NFKC), case folded, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _seal(name: str, opening: str) -> str:
    if not fold(name):
        raise DoublureError("the name is empty", remedy="give the legal name as the agreement has it")
    if not _OPENING.fullmatch(opening):
        raise DoublureError("this does not open a name's seal", remedy="give its 64 hex digits")
    return hmac.digest(bytes.fromhex(opening), fold(name).encode(), hashlib.sha256).hex()
