"""Does the render service survive clients that send anything at all?

A real service gets mutated messages over its socket: bytes flipped, cut, doubled and spliced; fields removed, doubled
and replaced by values of every kind; true and false lengths; descriptors of every kind, at any byte. Whatever it
answers is right, except silence: after every hundred messages a well-behaved client asks for a render, and must get its
pixels. Besides, the same messages go through the parser in this process, which may raise only what it says it raises.

``internal`` counts faults of ours that were caught, ``crashes`` services that died, ``hangs`` questions not answered
within 10 s, ``wrong`` frames of the good client that were not its own, ``growth_mb`` and ``growth_fds`` what the
service holds more at the end than after the first tenth.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import socket
import struct
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from bench.report import Row, run
from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.nodes.service.client import Client
from doublure.nodes.service.faults import BadRequest, Broken
from doublure.nodes.service.limits import PROTOCOL
from doublure.nodes.service.messages import parse
from doublure.nodes.service.runtime import connect
from doublure.nodes.service.segments import create
from doublure.nodes.service.wire import decode, encode

_PATIENCE = 10.0
_SIZE = 16 * 12 * 4 * 4
_ROUND = 100

Message = dict[str, Any]


def good_messages() -> list[Message]:
    """One of every type, as a well-behaved client would send it."""
    picture = {
        "name": "plate", "segment": 1, "offset": 0, "channels": ["R", "G", "B", "A"], "data": [0, 0, 16, 12],
        "display": [0, 0, 16, 12], "pixel_aspect": 1.0, "premultiplied": True,
    }  # fmt: skip
    output = {
        "segment": 1, "offset": _SIZE, "bytes": _SIZE, "channels": ["R", "G", "B", "A"], "window": [0, 0, 16, 12],
    }  # fmt: skip
    render = {
        "type": "render", "id": 3, "node": "org.doublure.blend", "frame": 1001, "scale": 1.0, "priority": "batch",
        "params": {"mix": 1.0, "seed": 4, "colour_match": "gain"}, "space": "ACEScg",
        "inputs": [picture, {**picture, "name": "face"}], "output": output,
    }  # fmt: skip
    through = {
        **render,
        "node": "org.doublure.track",
        "params": {"sidecar": "/none/t.json"},
        "inputs": [picture],
    }
    swap = {**through, "node": "org.doublure.swap", "params": {"model": "/none/m", "track": "/none/t"}}
    return [
        {"type": "hello", "protocol": PROTOCOL, "client": "fuzz"},
        {"type": "segment", "id": 1, "segment": 1, "bytes": 2 * _SIZE},
        {"type": "release", "id": 2, "segment": 1},
        render, through, swap,
        {"type": "cancel", "id": 4, "request": 3},
        # A sidecar where no folder can be made: what is fuzzed must not write.
        {"type": "track.begin", "id": 5, "sidecar": "/dev/null/t.json", "settings": {"face_index": 0}, "total": 2},
        {"type": "track.frame", "id": 6, "session": 1, "frame": 1, "space": "ACEScg", "input": picture},
        {"type": "track.finish", "id": 7, "session": 1},
        {"type": "track.abort", "id": 8, "session": 1},
        {"type": "status", "id": 9},
    ]  # fmt: skip


_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 63, 64, 2**31, 2**32, 2**53, 2**63, 2**64, 10**30, -(2**53), 0.5, -0.0, 1e308, 5e-324,
    "", "\0", "x" * 200, "x" * 5000, "\u202e", "../../etc/passwd", "/dev/zero", "/proc/self/mem", "__class__", [], {},
    [[]], [None], [0, 0, 0, 0], [0, 0, 1 << 24, 1 << 24], [-(1 << 24), 0, 0, 1], ["R"] * 70, {"type": "x"}, {"": {}},
)  # fmt: skip


class Mutator:
    """Seeded damage.

    Args:
        seed: the same one gives the same messages.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._good = good_messages()

    def message(self, *, stream: bool = True) -> bytes:
        """The bytes of one message: damaged in its fields, its text or its frame, or (one in ten) not at all.

        Args:
            stream: text and frame may be damaged too, after which nothing more is understood.
        """
        choose = self.random.random() * (1.0 if stream else 0.6)
        message = json.loads(json.dumps(self.random.choice(self._good)))
        if choose < 0.1:
            return encode(message)
        if choose < 0.6:
            kind = message["type"]
            for _ in range(self.random.randint(1, 3)):
                self._field(message)
            if not (stream or isinstance(message.get("type"), str)):
                message["type"] = kind
            body = json.dumps(message).encode()
            return struct.pack("<I", len(body)) + body
        body = self._text(json.dumps(message).encode())
        length = len(body)
        if choose > 0.9:
            length = self.random.choice((0, 1, 2, length // 2, length + 1, 1 << 20, (1 << 20) + 1, 2**32 - 1))
        return struct.pack("<I", length) + body

    def _field(self, message: Message) -> None:
        """Change one field, at any depth."""
        place: Any = message
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                return
            key = self.random.choice(keys)
            if isinstance(place[key], dict | list) and self.random.random() < 0.7:
                place = place[key]
                continue
            break
        how = self.random.randrange(4)
        if how == 0:
            del place[key]
        elif how == 1 and isinstance(place, dict):
            place[str(self.random.choice(_ODD))] = place[key]
        elif how == 2 and type(place[key]) is int:
            place[key] += self.random.choice((-64, -1, 1, 64, 1 << 20))
        else:
            place[key] = deepcopy(self.random.choice(_ODD))

    def _text(self, body: bytes) -> bytes:
        """Change bytes, without a thought for JSON."""
        data = bytearray(body)
        for _ in range(self.random.randint(1, 4)):
            at = self.random.randrange(len(data) + 1)
            how = self.random.randrange(6)
            if how == 0 and at < len(data):
                data[at] ^= 1 << self.random.randrange(8)
            elif how == 1:
                del data[at : at + self.random.randint(1, 20)]
            elif how == 2:
                data[at:at] = self.random.randbytes(self.random.randint(1, 20))
            elif how == 3:
                data[at:at] = data[at : at + 50]
            elif how == 4:
                token = (
                    b"NaN",
                    b"1e999",
                    b"-Infinity",
                    b"9" * 400,
                    b"\\ud800",
                    b"\xff",
                    b"null",
                    b'"',
                    b"}",
                    b"//",
                )
                data[at:at] = self.random.choice(token)
            else:
                data[at:at] = self.random.choice((b"[", b'{"a":')) * self.random.randint(1, 5000)
        return bytes(data)


def parse_only(mutator: Mutator, count: int) -> int:
    """Messages, out of ``count``, over which the parser raised what it must not."""
    wrong = 0
    for _ in range(count):
        data = mutator.message()
        try:
            parse(decode(data[4:]))
        except (Broken, BadRequest):
            continue
        except Exception as error:
            wrong += 1
            print(f"{data[:300]!r}: {error!r}")
    return wrong


@dataclass
class Tally:
    """What happened to the service."""

    sent: int = 0
    answers: int = 0
    internal: int = 0
    hangs: int = 0
    wrong: int = 0
    crashes: int = 0
    growth_bytes: int = 0
    growth_descriptors: int = 0


class Attack:
    """Bad clients against the running service, with a good one beside them.

    Args:
        mutator: what the bad ones send.
        connected: connects a good client; another one after a crash.
    """

    def __init__(self, mutator: Mutator, connected: Callable[[], Client]) -> None:
        self._mutator, self._random = mutator, mutator.random
        self._connected = connected
        self._plate = Frame.from_rgb(
            torch.rand(4, 12, 16, generator=torch.Generator().manual_seed(1)), "ACEScg"
        )
        self._tally = Tally()

    def run(self, count: int) -> Tally:
        """Send at least ``count`` messages."""
        tally, first = self._tally, None
        good = self._connected()
        while tally.sent < count:
            self._connection(self._random.randint(1, _ROUND))
            try:
                self._judge(good)
            except DoublureError as error:
                print(f"after {tally.sent} messages: {error}")
                tally.crashes += 1
                good = self._connected()
                first = None
            if first is None and tally.sent >= count // 10:
                first = held(good)
        if first is not None:
            last = held(good)
            tally.growth_bytes, tally.growth_descriptors = last[0] - first[0], last[1] - first[1]
        good.close()
        return tally

    def _connection(self, messages: int) -> None:
        """One bad client: most greet first, else nothing but the hello is tried."""
        sock = connect()
        if sock is None:
            return  # dead: the good client will tell
        with sock, memory_descriptor() as memory:
            sock.setblocking(False)
            if self._random.random() < 0.95:
                self._send(sock, encode({"type": "hello", "protocol": PROTOCOL, "client": "fuzz"}), [])
                self._send(
                    sock, encode({"type": "segment", "id": 1, "segment": 1, "bytes": 2 * _SIZE}), [memory]
                )
            for left in reversed(range(messages)):
                self._tally.sent += 1
                descriptors = self._descriptors(memory, 4 if left else 10)
                data = self._mutator.message(stream=left == 0)
                at = self._random.randrange(len(data)) if self._random.random() < 0.05 else 0
                if not (self._send(sock, data[:at], []) and self._send(sock, data[at:], descriptors)):
                    return
            self._hear_out(sock)

    def _hear_out(self, sock: socket.socket) -> None:
        """Read until the service closes, as it must once it has read everything; half the clients just go away."""
        if self._random.random() < 0.5:
            return
        sock.shutdown(socket.SHUT_WR)
        while select.select([sock], [], [], _PATIENCE)[0]:
            if not self._read(sock):
                return
        self._tally.hangs += 1

    def _read(self, sock: socket.socket) -> bool:
        """Take what the service says; False where it has closed."""
        try:
            data = sock.recv(1 << 16)
        except BlockingIOError:
            return True
        except ConnectionError:
            return False
        # Answers are ASCII JSON without spaces, so this counts them well enough.
        self._tally.answers += data.count(b'{"type":"done"') + data.count(b'{"type":"error"')
        self._tally.internal += data.count(b'"code":"internal"')
        return bool(data)

    def _descriptors(self, memory: int, most: int) -> list[int]:
        choose = self._random.random()
        if choose < 0.7:
            return []
        return (
            [memory] if choose < 0.95 else [self._random.choice((0, memory))] * self._random.randint(1, most)
        )

    def _send(self, sock: socket.socket, data: bytes, descriptors: list[int]) -> bool:
        """Send, and read what comes; False once the service has closed."""
        try:
            while data:
                ready, writable, _ = select.select([sock], [sock], [], _PATIENCE)
                if ready and not self._read(sock):
                    return False
                if writable:
                    data = data[socket.send_fds(sock, [data], descriptors) :]
                    descriptors = []
                elif not ready:
                    self._tally.hangs += 1
                    return False
        except BlockingIOError:
            return True
        except OSError:
            return False
        return True

    def _judge(self, good: Client) -> None:
        """The good client's frame comes back as it should."""
        self._plate.pixels[0, 0, 0] += 1
        made = good.render("org.doublure.track", {"plate": self._plate}, {"sidecar": "/none/t.json"})
        self._tally.wrong += not torch.equal(made.pixels, self._plate.pixels)


@contextmanager
def memory_descriptor() -> Iterator[int]:
    """Sealed memory that fits the good messages."""
    descriptor, memory = create(2 * _SIZE)
    memory.close()
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def held(client: Client) -> tuple[int, int]:
    """(bytes of memory, descriptors) of the service."""
    return int(client.status()["memory_bytes"]), len(os.listdir(f"/proc/{client.pid}/fd"))


def measure(arguments: argparse.Namespace) -> list[Row]:
    """Mutated messages against a real service, and against the parser in this process."""
    count = min(arguments.messages, 10_000) if arguments.quick else arguments.messages
    wrong = parse_only(Mutator(arguments.seed), count)
    with tempfile.TemporaryDirectory(prefix="doublure-fuzz-") as folder:
        os.environ["DOUBLURE_RUNTIME_DIR"] = str(Path(folder) / "run")
        os.environ["XDG_STATE_HOME"] = str(Path(folder) / "state")
        attack = Attack(Mutator(arguments.seed + 1), lambda: Client.connect("good"))
        try:
            tally = attack.run(count)
        finally:
            stop()
    return [
        Row("fuzz_service.messages", tally.sent, "messages", None, "higher"),
        Row("fuzz_service.answers", tally.answers, "answers", None, "higher"),
        Row("fuzz_service.parser_faults", wrong, "messages", 0, "lower"),
        Row("fuzz_service.internal", tally.internal, "answers", 0, "lower"),
        Row("fuzz_service.crashes", tally.crashes, "crashes", 0, "lower"),
        Row("fuzz_service.hangs", tally.hangs, "hangs", 0, "lower"),
        Row("fuzz_service.wrong", tally.wrong, "frames", 0, "lower"),
        Row("fuzz_service.growth_mb", tally.growth_bytes / 1e6, "MB", 20, "lower"),
        Row("fuzz_service.growth_fds", tally.growth_descriptors, "descriptors", 0, "lower"),
    ]


def stop() -> None:
    """End the service of this bench, if it runs."""
    from doublure.nodes.service.link import Link

    sock = connect()
    if sock is not None:
        link = Link(sock, "bench")
        link.ask("stop")
        link.close()


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--messages", type=int, default=100_000, help="how many (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the mutations (default %(default)s)")


if __name__ == "__main__":
    run("fuzz_service", measure, _options)
