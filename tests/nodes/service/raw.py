"""A client that sends what it is told to, right or wrong."""

from __future__ import annotations

import os
import select
import socket
import struct
from typing import Any

from doublure.nodes.service.segments import create
from doublure.nodes.service.wire import Reader, close_all, encode

SIZE = 16 * 12 * 4 * 4  # bytes of RGBA at 16 x 12


class Raw:
    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        sock.setblocking(False)
        self._reader = Reader(sock)

    def send(self, message: dict[str, Any], *descriptors: int) -> None:
        self.send_bytes(encode(message), *descriptors)

    def send_bytes(self, data: bytes, *descriptors: int) -> None:
        self.sock.setblocking(True)
        socket.send_fds(self.sock, [data], list(descriptors))
        self.sock.setblocking(False)

    def receive(self, seconds: float = 10.0) -> dict[str, Any]:
        """The next message; EOFError where the service closed, TimeoutError where nothing comes."""
        while (item := self._reader.read()) is None:
            if not select.select([self.sock], [], [], seconds)[0]:
                raise TimeoutError("no message came")
        close_all(item[1])
        return item[0]

    def ask(self, message: dict[str, Any], *descriptors: int) -> dict[str, Any]:
        """Send, and wait for what is no progress."""
        self.send(message, *descriptors)
        return self.answer()

    def answer(self) -> dict[str, Any]:
        while (answer := self.receive())["type"] == "progress":
            pass
        return answer

    def ended(self) -> bool:
        """Whether the service has closed the connection, whatever it said before."""
        try:
            while True:
                self.receive()
        except (EOFError, ConnectionError):
            return True
        except TimeoutError:
            return False

    def segment(self, number: int = 1, size: int = 2 * SIZE, id: int = 900) -> Any:
        """Give the service new memory; returns our mapping of it."""
        descriptor, memory = create(size)
        answer = self.ask({"type": "segment", "id": id, "segment": number, "bytes": size}, descriptor)
        os.close(descriptor)
        assert answer == {"type": "done", "id": id}
        return memory

    def close(self) -> None:
        self._reader.close()
        self.sock.close()


def framed(body: bytes) -> bytes:
    """Bytes with their length before them."""
    return struct.pack("<I", len(body)) + body


def render(id: int = 3, **changes: Any) -> dict[str, Any]:
    """A good request for the gate: input in the first half of segment 1, output in the second."""
    message = {
        "type": "render",
        "id": id,
        "node": "org.doublure.gate",
        "frame": 1001,
        "priority": "interactive",
        "params": {},
        "inputs": [picture()],
        "output": output(),
    }
    return {**message, **changes}


def picture(**changes: Any) -> dict[str, Any]:
    made = {
        "name": "plate",
        "segment": 1,
        "offset": 0,
        "channels": ["R", "G", "B", "A"],
        "data": [0, 0, 16, 12],
        "display": [0, 0, 16, 12],
        "pixel_aspect": 1.0,
        "premultiplied": True,
    }
    return {**made, **changes}


def output(**changes: Any) -> dict[str, Any]:
    made = {
        "segment": 1,
        "offset": SIZE,
        "bytes": SIZE,
        "channels": ["R", "G", "B", "A"],
        "window": [0, 0, 16, 12],
    }
    return {**made, **changes}
