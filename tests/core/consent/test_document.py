from __future__ import annotations

import hashlib
import os
import stat

import pytest

from doublure.core.consent.document import (
    DEEPEST,
    LARGEST,
    UnreadableError,
    UnsoundError,
    document_bytes,
    parse_json,
    read_document,
    write_document,
)

DATA = {"b": [1, True, None], "a": {"ü": "Zürich 😀"}}


def test_what_is_written_is_read_back_with_its_hash(tmp_path):
    write_document(tmp_path / "a.json", DATA)
    document = read_document(tmp_path / "a.json")
    assert document.data == DATA
    assert document.sha256 == hashlib.sha256((tmp_path / "a.json").read_bytes()).hexdigest()


def test_the_form_does_not_depend_on_the_order_of_keys():
    assert document_bytes(DATA) == document_bytes(dict(reversed(DATA.items())))


@pytest.mark.skipif(os.name == "nt", reason="rights are those of POSIX")
def test_a_private_document_is_closed_to_others(tmp_path):
    write_document(tmp_path / "a.json", DATA, private=True)
    assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) == 0o600


NESTED = b'{"a":' * 5000 + b"1" + b"}" * 5000
UGLY = {
    "empty": b"",
    "blank": b"\n",
    "not an object": b"[]\n",
    "a mark at the beginning": b"\xef\xbb\xbf{}\n",
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "latin-1": b'{"a": "\xe9"}',
    "an overlong zero": b'{"a": "\xc0\x80"}',
    "a key twice": b'{"a": 1, "a": 1}',
    "a key twice inside": b'{"a": {"b": 1, "\\u0062": 2}}',
    "not a number": b'{"a": NaN}',
    "infinity": b'{"a": -Infinity}',
    "a fraction": b'{"a": 0.5}',
    "an exponent": b'{"a": 1e3}',
    "more than 2^53": b'{"a": 9007199254740992}',
    "a million digits": b'{"a": ' + b"9" * 900_000 + b"}",
    "minus zero": b'{"a": -0}',
    "half of a pair": b'{"a": "\\ud800"}',
    "half of a pair as a key": b'{"\\udc00": 1}',
    "deep lists": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": NESTED,
    "one level too deep": b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1),
    "a comma at the end": b'{"a": 1,}',
    "a comment": b'{"a": 1} // fine',
    "two values": b"{} {}",
    "a control character": b'{"a": "\x01"}',
}


@pytest.mark.parametrize("content", UGLY.values(), ids=UGLY)
def test_what_is_not_strict_json_is_refused_in_one_sentence(tmp_path, content):
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(UnsoundError) as caught:
        read_document(path)
    assert len(str(caught.value)) < 400
    assert "\n" not in str(caught.value)


def test_sound_json_of_another_form_is_parsed_but_not_read(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b'{"b":1,"a":2}')
    assert parse_json(path.read_bytes(), path) == {"a": 2, "b": 1}
    with pytest.raises(UnsoundError, match="changed it by hand"):
        read_document(path)


def test_the_deepest_level_is_read(tmp_path):
    path = tmp_path / "a.json"
    content = b'{"a":' * DEEPEST + b"1" + b"}" * DEEPEST
    assert parse_json(content, path)


def test_a_file_of_10_mb_is_refused_unread(tmp_path):
    path = tmp_path / "a.json"
    with path.open("wb") as stream:
        stream.truncate(10_000_000)
    with pytest.raises(UnsoundError, match=str(LARGEST)):
        read_document(path)


def test_a_loop_of_links_is_told(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(UnreadableError, match="cannot be read"):
        read_document(tmp_path / "a")


def test_a_link_to_a_file_is_followed(tmp_path):
    write_document(tmp_path / "a.json", DATA)
    (tmp_path / "b").symlink_to(tmp_path / "a.json")
    assert read_document(tmp_path / "b").data == DATA


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a")
    with pytest.raises(UnreadableError, match="not a file"):
        read_document(tmp_path / "a")


@pytest.mark.parametrize("name", ["missing.json", "", "x" * 5000, "a\0b"])
def test_what_is_no_file_is_told(tmp_path, name):
    with pytest.raises(UnreadableError):
        read_document(f"{tmp_path}/{name}")
