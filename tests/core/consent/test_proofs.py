from __future__ import annotations

import struct
from datetime import UTC, datetime

import pytest
import rfc8785

from consent.studio import NOW, record_body, seeded_key
from doublure.core.consent.proofs import payload, proves, signed
from doublure.core.errors import DoublureError

HEADER = {"role": "subject", "key": "ed25519:00", "created": "2026-09-01T00:00:00Z"}

NUMBERS = [  # RFC 8785, appendix B
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555554", "333333333.33333325"),
    ("41b3de4355555555", "333333333.3333333"),
    ("41b3de4355555556", "333333333.3333334"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
]


@pytest.mark.parametrize(("bits", "text"), NUMBERS)
def test_numbers_are_written_as_rfc_8785_lists_them(bits, text):
    assert rfc8785.dumps(struct.unpack(">d", bytes.fromhex(bits))[0]) == text.encode()


def test_keys_are_sorted_by_utf_16_units_as_rfc_8785_shows():
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    order = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    text = rfc8785.dumps(dict.fromkeys(keys, 0)).decode()
    assert [text.index(f'{key}"') if key != "\r" else text.index("\\r") for key in order] == sorted(
        text.index(f'{key}"') if key != "\r" else text.index("\\r") for key in order
    )


def test_strings_are_escaped_as_rfc_8785_shows():
    text = rfc8785.dumps("\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f")
    assert text == b'"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'


def test_the_payload_is_the_canonical_form_without_proofs_and_signature():
    proof = {**HEADER, "signature": "00"}
    assert payload({"b": 1, "a": "ü", "proofs": [proof]}, proof) == (
        b'{"document":{"a":"\xc3\xbc","b":1},"proof":'
        b'{"created":"2026-09-01T00:00:00Z","key":"ed25519:00","role":"subject"}}'
    )


@pytest.mark.parametrize("field", ["role", "key", "created"])
def test_the_header_of_a_signature_is_signed_too(field):
    document = signed(record_body(), "subject", seeded_key("mara"), NOW)
    proof = document["proofs"][0]
    assert proves(document, proof)
    other = {"role": "producer", "key": seeded_key("agent").public, "created": "2026-11-24T12:00:01Z"}
    assert not proves(document, {**proof, field: other[field]})


def test_a_second_signature_leaves_the_first_one_fitting():
    document = signed(record_body(), "subject", seeded_key("mara"), NOW)
    document = signed(document, "producer", seeded_key("producer"), NOW)
    assert [proves(document, proof) for proof in document["proofs"]] == [True, True]


def test_nobody_signs_over_a_change():
    document = signed(record_body(), "subject", seeded_key("mara"), NOW)
    with pytest.raises(DoublureError, match="changed after the subject signed"):
        signed({**document, "contact": "elsewhere"}, "producer", seeded_key("producer"), NOW)


def test_nobody_signs_twice_in_one_role():
    document = signed(record_body(), "subject", seeded_key("mara"), NOW)
    with pytest.raises(DoublureError, match="signed this already"):
        signed(document, "subject", seeded_key("agent"), datetime(2027, 1, 1, tzinfo=UTC))


def test_a_signature_of_the_other_half_of_the_curve_is_not_taken():
    """S plus the group's order is the same signature to a lax reader (RFC 8032, section 5.1.7)."""
    order = 2**252 + 27742317777372353535851937790883648493
    document = signed(record_body(), "subject", seeded_key("mara"), NOW)
    proof = document["proofs"][0]
    raw = bytes.fromhex(proof["signature"])
    moved = (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")
    assert not proves(document, {**proof, "signature": (raw[:32] + moved).hex()})
