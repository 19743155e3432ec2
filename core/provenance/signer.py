"""Who signs: a studio's certificate and key from files, or a test certificate."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from doublure.core.errors import DoublureError
from doublure.core.provenance.library import REMEDY, c2pa

CHAIN_VARIABLE = "DOUBLURE_SIGN_CHAIN"
KEY_VARIABLE = "DOUBLURE_SIGN_KEY"
PASSPHRASE_VARIABLE = "DOUBLURE_SIGN_PASSPHRASE"
TEST_ORGANIZATION = "Doublure TEST - proves nothing"
"""The organisation in every test certificate; verification knows them by it."""


@dataclass(frozen=True)
class Signer:
    """A certificate chain with its private key, in memory.

    Attributes:
        algorithm: C2PA's name ("es256", "es384", "es512", "ps256", "ed25519").
        chain: PEM, the signer's certificate first.
        key: PEM, PKCS#8, not encrypted; never printed.
        test: made on the spot, proves nothing.
    """

    algorithm: str
    chain: bytes
    key: bytes = field(repr=False)
    test: bool = False

    @classmethod
    def from_files(cls, chain: Path, key: Path, passphrase: str | None = None) -> Signer:
        """A studio's signer.

        Args:
            chain: PEM certificates, the signer's first, then those that issued it.
            key: PEM private key: EC P-256, P-384, P-521, RSA of 2048 bits or more, or Ed25519.
            passphrase: where the key is encrypted.

        Raises:
            DoublureError: a file is missing or of another kind, the passphrase is wrong, the key is not the
                certificate's, or the package cryptography is not installed.
        """
        crypto = _cryptography()
        try:
            certificates = crypto.x509.load_pem_x509_certificates(_read(chain))
        except ValueError as error:
            raise DoublureError(
                "there is no PEM certificate in it", file=chain, remedy="give a PEM chain"
            ) from error
        try:
            loaded = crypto.serialization.load_pem_private_key(
                _read(key), passphrase.encode() if passphrase else None
            )
        except (ValueError, TypeError) as error:
            raise DoublureError(
                "the private key cannot be opened",
                file=key,
                remedy=f"give a PEM key, and its passphrase in {PASSPHRASE_VARIABLE} where it has one",
            ) from error
        if _public(crypto, loaded.public_key()) != _public(crypto, certificates[0].public_key()):
            raise DoublureError(
                f"the key does not belong to the first certificate of {chain}",
                file=key,
                remedy="give its own key",
            )
        plain = loaded.private_bytes(
            crypto.serialization.Encoding.PEM,
            crypto.serialization.PrivateFormat.PKCS8,
            crypto.serialization.NoEncryption(),
        )
        return cls(_algorithm(crypto, loaded, key), _read(chain), plain)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Signer | None:
        """The studio's signer as ``DOUBLURE_SIGN_CHAIN`` and ``DOUBLURE_SIGN_KEY`` name it; None where neither is set.

        Raises:
            DoublureError: only one of the two is set, or as ``from_files``.
        """
        environment = os.environ if environment is None else environment
        chain, key = environment.get(CHAIN_VARIABLE), environment.get(KEY_VARIABLE)
        if not chain and not key:
            return None
        if not chain or not key:
            raise DoublureError(
                f"{CHAIN_VARIABLE} and {KEY_VARIABLE} belong together", remedy="set both, or neither"
            )
        return cls.from_files(Path(chain), Path(key), environment.get(PASSPHRASE_VARIABLE))

    @classmethod
    def for_test(cls, now: datetime, days: float = 30.0) -> Signer:
        """A signer whose certificate is made now and says that it is a test. Raises DoublureError as ``from_files``."""
        _cryptography()
        from doublure.core.provenance.certificates_for_tests import make_test_certificates

        # A clock that is a little behind must not make it a certificate of tomorrow.
        chain, key, _ = make_test_certificates(now - timedelta(hours=1), now + timedelta(days=days))
        return cls("ed25519", chain, key, test=True)

    def open(self) -> Any:
        """The C2PA library's signer; no time stamp is fetched. Raises DoublureError where it is refused."""
        library = c2pa()
        try:
            info = library.C2paSignerInfo(self.algorithm, self.chain, self.key, None)
            return library.Signer.from_info(info)
        except library.C2paError as error:
            raise DoublureError(
                f"this certificate cannot sign ({error})", remedy="give a certificate and key made for C2PA"
            ) from error


class _Cryptography:
    """The parts of the package that are used here."""

    def __init__(self) -> None:
        from cryptography import x509
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

        self.x509, self.serialization = x509, serialization
        self.ec, self.ed25519, self.rsa = ec, ed25519, rsa


def _cryptography() -> _Cryptography:
    try:
        return _Cryptography()
    except ImportError as error:
        raise DoublureError("certificates need the package cryptography", remedy=REMEDY) from error


def _public(crypto: _Cryptography, key: Any) -> bytes:
    encoded: bytes = key.public_bytes(
        crypto.serialization.Encoding.DER, crypto.serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return encoded


def _algorithm(crypto: _Cryptography, key: Any, file: Path) -> str:
    if isinstance(key, crypto.ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, crypto.rsa.RSAPrivateKey) and key.key_size >= 2048:
        return "ps256"
    if isinstance(key, crypto.ec.EllipticCurvePrivateKey):
        known = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
        if key.curve.name in known:
            return known[key.curve.name]
    raise DoublureError(
        "C2PA does not sign with this kind of key",
        file=file,
        remedy="use EC P-256, P-384 or P-521, RSA of at least 2048 bits, or Ed25519",
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DoublureError(
            f"the file cannot be read ({error.strerror or error})",
            file=path,
            remedy="check the path and its rights",
        ) from error
