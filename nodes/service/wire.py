"""Messages on a stream: a length, then JSON. Client and service share it."""

from __future__ import annotations

import array
import json
import math
import os
import socket
import struct
from typing import Any, NoReturn

from doublure.nodes.service.faults import Broken
from doublure.nodes.service.limits import MESSAGE

_LENGTH = struct.Struct("<I")
_DESCRIPTORS = 4
"""Descriptors taken with one message; the kernel closes those that there is no room for, and says so."""
_CHUNK = 1 << 16


def encode(message: dict[str, Any]) -> bytes:
    """A message as it is sent. Raises ValueError where a number is not finite or the text is too long."""
    body = json.dumps(message, separators=(",", ":"), allow_nan=False).encode("ascii")
    if len(body) > MESSAGE:
        raise ValueError(f"a message of {len(body)} bytes is longer than {MESSAGE}")
    return _LENGTH.pack(len(body)) + body


def decode(body: bytes) -> dict[str, Any]:
    """The object in a message's JSON.

    Raises:
        Broken: not UTF-8, not JSON, nested too deep, a number that is not finite, half a surrogate pair, or no
            object with a ``type``.
    """
    try:
        text = body.decode("utf-8")
        found = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        if "\\u" in text:
            json.dumps(found, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Broken("a message is not JSON") from error
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        raise Broken("a message is no object with a type")
    return found


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a finite number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a finite number")
    return number


class Reader:
    """Puts messages together from a socket, never reading past the end of one.

    So the descriptors that come with a message's first bytes belong to that message, and to no other.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._head = bytearray()
        self._body = bytearray()
        self._wanted: int | None = None
        self._descriptors: list[int] = []

    @property
    def begun(self) -> bool:
        """A message has begun and is not complete."""
        return bool(self._head)

    def read(self) -> tuple[dict[str, Any], list[int]] | None:
        """The next message with its descriptors, which are then the caller's to close; None where the socket would
        block.

        Raises:
            Broken: a bad message, or its length is wrong.
            EOFError: the other side closed the stream.
            OSError: the connection broke.
        """
        try:
            while self._wanted is None:
                self._read_head()
            while len(self._body) < self._wanted:
                # Descriptors in the middle of a message are closed by the kernel: there is no room for them.
                self._body += self._some(self._sock.recv(min(self._wanted - len(self._body), _CHUNK)))
        except BlockingIOError:
            return None
        body, descriptors = bytes(self._body), self._descriptors
        self._head, self._body, self._wanted, self._descriptors = bytearray(), bytearray(), None, []
        try:
            return decode(body), descriptors
        except Broken:
            close_all(descriptors)
            raise

    def close(self) -> None:
        """Close the descriptors of a message that never ended."""
        close_all(self._descriptors)
        self._descriptors = []

    def _read_head(self) -> None:
        room = socket.CMSG_SPACE(_DESCRIPTORS * array.array("i").itemsize)
        data, ancillary, flags, _ = self._sock.recvmsg(4 - len(self._head), room, socket.MSG_CMSG_CLOEXEC)
        for level, kind, content in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                numbers = array.array("i")
                numbers.frombytes(content[: len(content) - len(content) % numbers.itemsize])
                self._descriptors.extend(numbers)
        self._head += self._some(data)
        if flags & socket.MSG_CTRUNC:
            raise Broken("a message comes with too many descriptors")
        if len(self._head) == 4:
            (self._wanted,) = _LENGTH.unpack(self._head)
            if not 2 <= self._wanted <= MESSAGE:
                raise Broken(f"a message says that it is {self._wanted} bytes long")

    @staticmethod
    def _some(data: bytes) -> bytes:
        if not data:
            raise EOFError
        return data


def close_all(descriptors: list[int]) -> None:
    """Close file descriptors."""
    for descriptor in descriptors:
        os.close(descriptor)
