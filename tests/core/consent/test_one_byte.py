"""No byte of a record, a trust file or a revocation list can be changed, added or taken away without a denial."""

from __future__ import annotations

import random

import pytest

from consent.studio import NOW, Studio, use
from doublure.core.consent.check import evaluate

FILES = ["record_path", "trust_path", "list_path"]


def denied(studio: Studio) -> bool:
    return evaluate(use(), studio.record_path, studio.trust_path, NOW).grant is None


def test_500_changed_bytes_over_the_three_files_are_all_denied(studio):
    chance = random.Random(5)
    sound = {file: getattr(studio, file).read_bytes() for file in FILES}
    for turn in range(500):
        file = FILES[turn % 3]
        path, content = getattr(studio, file), sound[file]
        place, other = chance.randrange(len(content)), chance.randrange(1, 256)
        spoilt = bytearray(content)
        spoilt[place] ^= other
        path.write_bytes(spoilt)
        assert denied(studio), (file, place, content[place : place + 1], bytes(spoilt[place : place + 1]))
        path.write_bytes(content)
    assert not denied(studio)


@pytest.mark.parametrize("bit", range(8))
def test_each_bit_of_a_byte_counts(studio, bit):
    content = studio.record_path.read_bytes()
    for place in range(bit, len(content), 53):
        spoilt = bytearray(content)
        spoilt[place] ^= 1 << bit
        studio.record_path.write_bytes(spoilt)
        assert denied(studio), place


@pytest.mark.parametrize("file", FILES)
def test_a_letter_in_the_other_case_is_denied(studio, file):
    """Hex digits and letters, whose other case many readers take for the same."""
    path = getattr(studio, file)
    content = path.read_bytes()
    places = [i for i, byte in enumerate(content) if chr(byte).isalpha()]
    for place in random.Random(file).sample(places, 60):
        path.write_bytes(content[:place] + bytes([content[place] ^ 32]) + content[place + 1 :])
        assert denied(studio), place


@pytest.mark.parametrize("file", FILES)
def test_a_byte_added_or_taken_away_is_denied_even_a_blank(studio, file):
    chance = random.Random(file)
    path = getattr(studio, file)
    content = path.read_bytes()
    spoilt = [
        content + b"\n",
        content[:-1],
        b" " + content,
        b"\xef\xbb\xbf" + content,
        content.replace(b"\n", b"\r\n"),
    ]
    for _ in range(20):
        place = chance.randrange(len(content))
        spoilt += [content[:place] + b" " + content[place:], content[:place] + content[place + 1 :]]
    for other in spoilt:
        path.write_bytes(other)
        assert denied(studio)


@pytest.mark.parametrize("file", FILES)
def test_a_file_cut_short_anywhere_is_denied(studio, file):
    path = getattr(studio, file)
    content = path.read_bytes()
    for length in range(0, len(content), 197):
        path.write_bytes(content[:length])
        assert denied(studio)
