"""Test certificates, made on the spot: they show that signing works and prove nothing about anybody."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from doublure.core.provenance.signer import TEST_ORGANIZATION

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def make_test_certificates(
    not_before: datetime,
    not_after: datetime,
    *,
    organization: str = TEST_ORGANIZATION,
    key: PrivateKey | None = None,
) -> tuple[bytes, bytes, bytes]:
    """A root and a signer's certificate as C2PA asks for them (specification 2.1, section 14.5).

    Args:
        not_before, not_after: validity of the signer's certificate, aware; the root's begins a day earlier and
            ends a day later.
        organization: another name only where a test needs a signer that is no test signer.
        key: the signer's; None makes one for Ed25519.

    Returns:
        (PEM chain, signer first; PEM private key, not encrypted; PEM root alone).
    """
    day = timedelta(days=1)
    root_key = ec.generate_private_key(ec.SECP256R1())
    key = key or ed25519.Ed25519PrivateKey.generate()
    root_name, name = _name(organization, "TEST root"), _name(organization, "TEST signer")
    root_id = x509.SubjectKeyIdentifier.from_public_key(root_key.public_key())
    root = (
        _builder(root_name, root_name, root_key.public_key(), not_before - day, not_after + day)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(root_id, critical=False)
        .sign(root_key, hashes.SHA256())
    )
    issuer_id = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(root_id)
    leaf = (
        _builder(name, root_name, key.public_key(), not_before, not_after)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(issuer_id, critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    root_pem = root.public_bytes(serialization.Encoding.PEM)
    key_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return leaf.public_bytes(serialization.Encoding.PEM) + root_pem, key_pem, root_pem


def _name(organization: str, common: str) -> x509.Name:
    return x509.Name(
        [
            # ZZ is ISO 3166's code for no country.
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ZZ"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey,
    not_before: datetime,
    not_after: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
