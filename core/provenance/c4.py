"""C4 identifiers (SMPTE ST 2114): SHA-512 in base 58."""

from __future__ import annotations

import hashlib

# Base 58 leaves out 0, O, I and l, which are mistaken for each other.
_DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LENGTH = 88


def c4_of(data: bytes) -> str:
    """The C4 identifier of bytes: 90 characters that begin with ``c4``."""
    return c4_of_digest(hashlib.sha512(data).digest())


def c4_of_digest(sha512: bytes) -> str:
    """The C4 identifier of a file whose SHA-512 (64 bytes) is known.

    Raises:
        ValueError: not 64 bytes.
    """
    if len(sha512) != 64:
        raise ValueError(f"a SHA-512 has 64 bytes, not {len(sha512)}")
    value, digits = int.from_bytes(sha512, "big"), ""
    while value:
        value, digit = divmod(value, 58)
        digits = _DIGITS[digit] + digits
    return "c4" + digits.rjust(_LENGTH, _DIGITS[0])
