from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator

import pytest

from doublure.nodes.service.faults import Broken
from doublure.nodes.service.limits import MESSAGE
from doublure.nodes.service.wire import Reader, close_all, decode, encode
from tests.nodes.service.raw import framed

Pair = tuple[socket.socket, Reader]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    yield ours, Reader(theirs)
    ours.close()
    theirs.close()


def test_what_is_encoded_is_read(pair: Pair) -> None:
    message = {"type": "x", "text": "Grüße \U0001f3ac", "n": 2**53, "list": [1.5, None, True]}
    pair[0].sendall(encode(message))
    assert pair[1].read() == (message, [])
    assert pair[1].read() is None


def test_a_message_may_come_byte_by_byte(pair: Pair) -> None:
    data = encode({"type": "x", "id": 1})
    for index in range(len(data) - 1):
        pair[0].sendall(data[index : index + 1])
        assert pair[1].read() is None
        assert pair[1].begun
    pair[0].sendall(data[-1:])
    assert pair[1].read() == ({"type": "x", "id": 1}, [])
    assert not pair[1].begun


def test_messages_sent_together_are_read_one_by_one(pair: Pair) -> None:
    pair[0].sendall(encode({"type": "a"}) + encode({"type": "b"}))
    assert [pair[1].read()[0]["type"] for _ in "ab"] == ["a", "b"]


def test_a_message_of_the_longest_length_is_read(pair: Pair) -> None:
    data = encode({"type": "x" * (MESSAGE - len('{"type":""}'))})
    pair[0].setblocking(False)
    item = None
    while item is None:
        if data:
            data = data[pair[0].send(data) :]
        item = pair[1].read()
    assert len(item[0]["type"]) > MESSAGE - 100
    with pytest.raises(ValueError, match="longer"):
        encode({"type": "x" * MESSAGE})


@pytest.mark.parametrize("length", [0, 1, MESSAGE + 1, 2**32 - 1])
def test_a_wrong_length_ends_the_stream_before_its_body_is_read(pair: Pair, length: int) -> None:
    pair[0].sendall(length.to_bytes(4, "little"))
    with pytest.raises(Broken, match=f"{length} bytes long"):
        pair[1].read()


@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b'{"type":"x"',
        b'{"type":"x"} ,',
        b'{"type":"\xff"}',
        b'{"type":"x","n":NaN}',
        b'{"type":"x","n":-Infinity}',
        b'{"type":"x","n":1e999}',
        b'{"type":"x","n":' + b"9" * 5000 + b"}",
        b'{"type":"x","n":' + b"[" * 200_000 + b"}",
        b'{"type":"x","n":' + b'{"a":' * 100_000 + b"}",
        b'{"type":"\\ud800"}',
        b'["type"]',
        b"{}",
        b'{"type":7}',
        b"null",
    ],
    ids=lambda body: repr(body[:24]),
)
def test_what_is_no_message_is_refused(body: bytes) -> None:
    with pytest.raises(Broken):
        decode(body)


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert decode(b'{"type":"\\ud83c\\udfac"}') == {"type": "\U0001f3ac"}


def test_the_end_of_the_stream_is_told_even_within_a_message(pair: Pair) -> None:
    pair[0].sendall(framed(b'{"type":"x"}')[:7])
    assert pair[1].read() is None
    pair[0].close()
    with pytest.raises(EOFError):
        pair[1].read()


def test_descriptors_belong_to_the_message_they_came_with(pair: Pair) -> None:
    ends = os.pipe()
    pair[0].sendall(encode({"type": "a"}))
    socket.send_fds(pair[0], [encode({"type": "b"})], [ends[1]])
    pair[0].sendall(encode({"type": "c"}))
    read = [pair[1].read() for _ in "abc"]
    assert [(item[0]["type"], len(item[1])) for item in read] == [("a", 0), ("b", 1), ("c", 0)]
    os.write(read[1][1][0], b"!")
    assert os.read(ends[0], 1) == b"!"
    assert not os.get_inheritable(read[1][1][0])
    close_all([*ends, *read[1][1]])


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize("body", [b'{"type":"x"}', b"no json", json.dumps({"type": "x"}).encode()[:-3]])
def test_descriptors_sent_at_any_byte_are_never_left_open(body: bytes) -> None:
    before = descriptors()
    for place in range(len(framed(body))):
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        reader, data = Reader(theirs), framed(body)
        if place:
            ours.sendall(data[:place])
            assert reader.read() is None
        socket.send_fds(ours, [data[place:]], [0, 1])
        ours.close()
        try:
            item = reader.read()
            assert item is not None
            close_all(item[1])
        except (Broken, EOFError):
            pass
        reader.close()
        theirs.close()
    assert descriptors() == before


def test_too_many_descriptors_end_the_stream(pair: Pair) -> None:
    before = descriptors()
    socket.send_fds(pair[0], [encode({"type": "x"})], [0] * 60)
    with pytest.raises(Broken, match="too many descriptors"):
        pair[1].read()
    pair[1].close()
    assert descriptors() == before
