"""Ed25519 keys: made, stored as PEM (PKCS #8), used.

A public key is written ``ed25519:`` and its 32 bytes in hex; that text is also the key's identity.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from doublure.core.atomic import atomic_file
from doublure.core.consent.document import read_bytes
from doublure.core.errors import DoublureError

PREFIX = "ed25519:"
_LARGEST = 4096


@dataclass(frozen=True)
class SigningKey:
    """A private key and the text of its public half."""

    private: Ed25519PrivateKey
    public: str

    def sign(self, message: bytes) -> str:
        """The signature's 64 bytes in hex."""
        return self.private.sign(message).hex()


def new_key() -> SigningKey:
    """A fresh key from the system's random source."""
    return _key(Ed25519PrivateKey.generate())


def verify(public: str, signature: str, message: bytes) -> bool:
    """Whether ``signature`` (128 hex digits) of ``message`` was made with the private half of ``public``."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public.removeprefix(PREFIX)))
        key.verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def save_key(key: SigningKey, path: str | os.PathLike[str], passphrase: str | None = None) -> None:
    """Write a private key that only its owner can read; an existing file is never replaced.

    Args:
        key: the key.
        path: the PEM file to make.
        passphrase: encrypts the file.

    Raises:
        DoublureError: the file exists, the passphrase is empty, or it cannot be written.
    """
    path = Path(path)
    if path.exists() or path.is_symlink():
        raise DoublureError("the file exists, and a key is never replaced", file=path, remedy="name another")
    if passphrase == "":
        raise DoublureError("the passphrase is empty", remedy="give one, or none at all")
    closed: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        closed = serialization.BestAvailableEncryption(passphrase.encode())
    content = key.private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, closed)
    with atomic_file(path) as temporary:
        temporary.chmod(0o600)
        temporary.write_bytes(content)


def is_encrypted(path: str | os.PathLike[str]) -> bool:
    """Whether a key file needs a passphrase. Raises DoublureError when it cannot be read."""
    return b"-----BEGIN ENCRYPTED PRIVATE KEY-----" in read_bytes(Path(path), _LARGEST)


def load_key(path: str | os.PathLike[str], passphrase: str | None = None) -> SigningKey:
    """Read a private key.

    Raises:
        DoublureError: missing, open to other users, not an Ed25519 key in PEM, wrong or missing passphrase.
    """
    path = Path(path)
    content = read_bytes(path, _LARGEST)
    if sys.platform != "win32" and path.stat().st_mode & 0o077:
        raise DoublureError(
            "other users can read this private key", file=path, remedy=f"close it with chmod 600 {path.name}"
        )
    needs = is_encrypted(path)
    if needs and passphrase is None:
        raise DoublureError(
            "the key needs its passphrase", file=path, remedy="set DOUBLURE_KEY_PASSPHRASE or type it"
        )
    try:
        private = serialization.load_pem_private_key(
            content, passphrase.encode() if needs and passphrase is not None else None
        )
    except Exception as error:  # The library's decoder raises a dozen kinds, all of them "not this".
        told = "the passphrase is wrong" if needs else "this is not a private key in PEM"
        raise DoublureError(told, file=path, remedy="check the file and the passphrase") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise DoublureError(
            "this is not an Ed25519 key", file=path, remedy="make one with doublure consent key new"
        )
    return _key(private)


def _key(private: Ed25519PrivateKey) -> SigningKey:
    return SigningKey(private, PREFIX + private.public_key().public_bytes_raw().hex())
