from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed448

from doublure.core.errors import DoublureError
from doublure.core.provenance.certificates_for_tests import make_test_certificates
from doublure.core.provenance.signer import TEST_ORGANIZATION, Signer

NOW = datetime.now(UTC)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    chain, key, _ = make_test_certificates(NOW, NOW + timedelta(days=1))
    (tmp_path / "chain.pem").write_bytes(chain)
    (tmp_path / "key.pem").write_bytes(key)
    return tmp_path / "chain.pem", tmp_path / "key.pem"


def test_a_signer_comes_from_two_files(files: tuple[Path, Path]) -> None:
    signer = Signer.from_files(*files)
    assert (signer.algorithm, signer.test) == ("ed25519", False)
    assert signer.chain == files[0].read_bytes()


def test_the_key_is_never_printed(files: tuple[Path, Path]) -> None:
    assert "PRIVATE KEY" not in repr(Signer.from_files(*files))


def test_the_environment_names_the_files(files: tuple[Path, Path]) -> None:
    named = {"DOUBLURE_SIGN_CHAIN": str(files[0]), "DOUBLURE_SIGN_KEY": str(files[1])}
    assert Signer.from_environment(named) == Signer.from_files(*files)
    assert Signer.from_environment({}) is None
    with pytest.raises(DoublureError, match="belong together"):
        Signer.from_environment({"DOUBLURE_SIGN_KEY": str(files[1])})


def test_an_encrypted_key_opens_with_its_passphrase_alone(files: tuple[Path, Path]) -> None:
    chain, key = files
    loaded = serialization.load_pem_private_key(key.read_bytes(), None)
    plain = key.read_bytes()
    lock = serialization.BestAvailableEncryption(b"open sesame")
    key.write_bytes(loaded.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock))
    assert Signer.from_files(chain, key, "open sesame").key == plain
    for wrong in (None, "sesame"):
        with pytest.raises(DoublureError, match=r"key\.pem: the private key cannot be opened"):
            Signer.from_files(chain, key, wrong)


def test_a_key_of_another_certificate_is_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    _, other, _ = make_test_certificates(NOW, NOW + timedelta(days=1))
    (tmp_path / "other.pem").write_bytes(other)
    with pytest.raises(DoublureError, match="does not belong"):
        Signer.from_files(files[0], tmp_path / "other.pem")


def test_files_that_are_missing_or_of_another_kind_are_told(files: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match=r"none\.pem: the file cannot be read"):
        Signer.from_files(tmp_path / "none.pem", files[1])
    with pytest.raises(DoublureError, match="no PEM certificate"):
        Signer.from_files(files[1], files[1])
    with pytest.raises(DoublureError, match="cannot be opened"):
        Signer.from_files(files[0], files[0])


def test_a_kind_of_key_that_c2pa_does_not_know_is_refused(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from doublure.core.provenance import signer

    key = ed448.Ed448PrivateKey.generate()
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    # No certificate for such a key is at hand, so that the pair is taken as fitting.
    monkeypatch.setattr(signer, "_public", lambda crypto, key: b"")
    with pytest.raises(DoublureError, match="does not sign with this kind of key"):
        Signer.from_files(*files)


def test_a_test_signer_says_so_in_its_certificate() -> None:
    signer = Signer.for_test(NOW)
    assert signer.test
    from cryptography import x509

    for certificate in x509.load_pem_x509_certificates(signer.chain):
        assert TEST_ORGANIZATION in certificate.subject.rfc4514_string()
        assert "TEST" in TEST_ORGANIZATION
