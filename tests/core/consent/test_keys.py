from __future__ import annotations

import os
import stat

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from doublure.core.consent.keys import is_encrypted, load_key, new_key, save_key, verify
from doublure.core.errors import DoublureError

POSIX = pytest.mark.skipif(os.name == "nt", reason="rights are those of POSIX")


@pytest.mark.parametrize("passphrase", [None, "open sesame", "ünïcode 😀"])
def test_a_key_read_back_signs_what_its_public_half_verifies(tmp_path, passphrase):
    key = new_key()
    save_key(key, tmp_path / "a.pem", passphrase)
    back = load_key(tmp_path / "a.pem", passphrase)
    assert back.public == key.public
    assert verify(key.public, back.sign(b"word"), b"word")
    assert not verify(key.public, back.sign(b"word"), b"words")
    assert is_encrypted(tmp_path / "a.pem") is (passphrase is not None)


def test_two_keys_differ():
    assert new_key().public != new_key().public


def test_the_signature_is_that_of_rfc_8032():
    """Section 7.1, test 2."""
    public = "ed25519:3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    signature = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert verify(public, signature, b"\x72")
    assert not verify(public, signature, b"\x73")


@pytest.mark.parametrize("public", ["ed25519:", "ed25519:00", "ed25519:" + "zz" * 32, ""])
def test_what_is_no_key_verifies_nothing(public):
    assert not verify(public, "00" * 64, b"word")


@POSIX
def test_a_private_key_is_closed_to_others_from_its_first_byte(tmp_path):
    save_key(new_key(), tmp_path / "a.pem")
    assert stat.S_IMODE((tmp_path / "a.pem").stat().st_mode) == 0o600


@POSIX
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_private_key_that_others_can_touch_is_refused(tmp_path, mode):
    save_key(new_key(), tmp_path / "a.pem")
    (tmp_path / "a.pem").chmod(mode)
    with pytest.raises(DoublureError, match="chmod 600"):
        load_key(tmp_path / "a.pem")


def test_a_key_is_never_replaced(tmp_path):
    save_key(new_key(), tmp_path / "a.pem")
    before = (tmp_path / "a.pem").read_bytes()
    with pytest.raises(DoublureError, match="never replaced"):
        save_key(new_key(), tmp_path / "a.pem")
    assert (tmp_path / "a.pem").read_bytes() == before


@pytest.mark.parametrize(
    ("given", "told"), [(None, "needs its passphrase"), ("wrong", "passphrase is wrong")]
)
def test_without_the_passphrase_there_is_no_key(tmp_path, given, told):
    save_key(new_key(), tmp_path / "a.pem", "right")
    with pytest.raises(DoublureError, match=told):
        load_key(tmp_path / "a.pem", given)


def test_an_empty_passphrase_is_none_and_is_refused(tmp_path):
    with pytest.raises(DoublureError, match="empty"):
        save_key(new_key(), tmp_path / "a.pem", "")


def test_a_key_of_another_kind_is_refused(tmp_path):
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "a.pem").write_bytes(other)
    (tmp_path / "a.pem").chmod(0o600)
    with pytest.raises(DoublureError, match="not an Ed25519 key"):
        load_key(tmp_path / "a.pem")


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_what_is_no_key_file_is_told(tmp_path, content):
    (tmp_path / "a.pem").write_bytes(content)
    (tmp_path / "a.pem").chmod(0o600)
    with pytest.raises(DoublureError, match="not a private key"):
        load_key(tmp_path / "a.pem")
