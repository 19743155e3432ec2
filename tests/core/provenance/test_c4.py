from __future__ import annotations

import pytest

from doublure.core.provenance.c4 import c4_of, c4_of_digest


def test_the_identifier_of_nothing_is_the_one_in_the_standard() -> None:
    expected = "c459dsjfscH38cYeXXYogktxf4Cd9ibshE3BHUo6a58hBXmRQdZrAkZzsWcbWtDg5oQstpDuni4Hirj75GEmTc1sFT"
    assert c4_of(b"") == expected


def test_small_digests_are_filled_up_to_90_characters() -> None:
    assert c4_of_digest(bytes(63) + b"\x3a") == "c4" + "1" * 86 + "21"


def test_a_digest_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        c4_of_digest(bytes(32))
