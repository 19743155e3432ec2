from __future__ import annotations

from pathlib import Path

import pytest

from doublure.core.errors import DoublureError
from doublure.core.provenance import json_text
from doublure.core.provenance.json_text import digest_of, parse, to_text

FILE = Path("frames.json")


def test_what_is_written_is_read() -> None:
    data = {"b": [1, "ä"], "a": {"x": None}}
    assert parse(to_text(data).encode(), FILE, remedy="try again") == data


def test_the_digest_does_not_depend_on_the_order_of_names() -> None:
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1}) != digest_of({"a": 1, "b": 3})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b'{"a": NaN}',
        b'{"a": 1, "a": 1}',
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b"1" * 5000,
    ],
    ids=["empty", "cut", "nan", "twice", "not utf-8", "bom", "deep", "huge number"],
)
def test_unsound_json_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(DoublureError, match=r"frames\.json: this is not sound JSON; try again\."):
        parse(data, FILE, remedy="try again")


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "LARGEST", 10)
    with pytest.raises(DoublureError, match="more than"):
        parse(b'"0123456789"', FILE, remedy="try again")
