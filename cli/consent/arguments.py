"""Arguments that several actions share."""

from __future__ import annotations

import argparse
import getpass
import hashlib
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from doublure.core.consent.keys import SigningKey, is_encrypted, load_key
from doublure.core.consent.timestamp import parse_time
from doublure.core.errors import DoublureError

PASSPHRASE = "DOUBLURE_KEY_PASSPHRASE"
_HASH = re.compile(r"[0-9a-f]{64}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def moment(text: str) -> datetime:
    """``2026-09-01T00:00:00Z``, or a day, which means its first second, in UTC."""
    try:
        return parse_time(f"{text}T00:00:00Z" if _DAY.fullmatch(text) else text)
    except DoublureError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a time like 2026-09-01 or 2026-09-01T00:00:00Z"
        ) from error


def words(text: str) -> list[str]:
    """``theatrical,streaming`` as a list; an empty text is an empty list."""
    return [word for word in text.split(",") if word]


def digest(text: str) -> str:
    """A SHA-256 as typed, or that of the file of this name."""
    if _HASH.fullmatch(text):
        return text
    try:
        with open(text, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DoublureError(
            f"this is neither a SHA-256 nor a file that can be read ({error.strerror or error})",
            file=text,
            remedy="give 64 lower-case hex digits or a path",
        ) from error


def open_key(path: Path) -> SigningKey:
    """A private key; its passphrase comes from ``DOUBLURE_KEY_PASSPHRASE`` or is asked for at a terminal."""
    passphrase = os.environ.get(PASSPHRASE)
    if passphrase is None and is_encrypted(path) and sys.stdin.isatty():
        passphrase = getpass.getpass(f"Passphrase of {path}: ")
    return load_key(path, passphrase)


def new_passphrase() -> str:
    """The passphrase of a key that is about to be made, typed twice at a terminal or from the environment."""
    passphrase = os.environ.get(PASSPHRASE)
    if passphrase is not None:
        return passphrase
    if not sys.stdin.isatty():
        raise DoublureError("there is no terminal to ask for the passphrase", remedy=f"set {PASSPHRASE}")
    passphrase = getpass.getpass("Passphrase: ")
    if getpass.getpass("Once more: ") != passphrase:
        raise DoublureError("the two passphrases differ", remedy="try again")
    return passphrase


def now() -> datetime:
    """This second."""
    return datetime.now(UTC).replace(microsecond=0)
