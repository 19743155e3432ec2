"""A render service of a few lines, good or bad, that the shim starts in place of the real one.

Its first argument is a folder: ``mode`` there says how it behaves, read anew for every request; ``requests`` gets every
message; ``pid`` its process id.
"""

from __future__ import annotations

import array
import json
import mmap
import os
import select
import socket
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

Message = dict[str, Any]


class Connection:
    """One client: its segments and what it asks for."""

    def __init__(self, sock: socket.socket, folder: Path) -> None:
        self.sock, self.folder = sock, folder
        self.segments: dict[int, mmap.mmap] = {}
        self.tracked = 0

    @property
    def mode(self) -> str:
        return (self.folder / "mode").read_text().strip()

    def send(self, message: Message) -> None:
        data = json.dumps(message).encode()
        self.sock.sendall(struct.pack("<I", len(data)) + data)

    def receive(self) -> tuple[Message, list[int]] | None:
        head, files, _, _ = socket.recv_fds(self.sock, 4, 4)
        while head and len(head) < 4:
            head += self.sock.recv(4 - len(head))
        if not head:
            return None
        (length,) = struct.unpack("<I", head)
        body = b""
        while len(body) < length:
            part = self.sock.recv(length - len(body))
            if not part:
                return None
            body += part
        message = json.loads(body)
        with open(self.folder / "requests", "a") as file:
            file.write(json.dumps(message) + "\n")
        return message, files

    def serve(self) -> None:
        try:
            while received := self.receive():
                self.answer(*received)
        except OSError:
            pass
        self.sock.close()

    def answer(self, message: Message, files: list[int]) -> None:
        kind, done = message["type"], {"type": "done", "id": message.get("id", 0)}
        if kind == "hello":
            self.hello()
        elif kind == "segment":
            self.segments[message["segment"]] = mmap.mmap(files[0], message["bytes"])
            os.close(files[0])
            self.send(done)
        elif kind == "render":
            self.render(message)
        elif kind == "track.begin":
            self.tracked = 0
            self.send({**done, "session": 1})
        elif kind == "track.frame":
            self.track(message, done)
        elif kind == "track.finish":
            self.send({"type": "progress", "id": message["id"], "fraction": 0.5, "what": "solving"})
            self.send({**done, "found": self.tracked, "total": self.tracked})
        else:
            self.send(done)

    def hello(self) -> None:
        if self.mode == "other protocol":
            self.send({"type": "hello", "protocol": 2, "version": "9", "pid": 1, "log": "/log", "limits": {}})
        elif self.mode == "refuses":
            self.send({"type": "error", "id": 0, "code": "busy", "message": "too many hosts; close one."})
        elif self.mode == "hangs up":
            self.sock.close()
        else:
            log = str(self.folder / "service.log")
            self.send(
                {"type": "hello", "protocol": 1, "version": "1", "pid": os.getpid(), "log": log, "limits": {}}
            )

    def track(self, message: Message, done: Message) -> None:
        if self.mode == "track error" and message["frame"] == 2:
            self.fail(message, "node", "frame 2: the plate is broken; render it again.")
        elif self.mode == "track slow":
            self.wait_for_cancel(message, obey=True)
        else:
            self.tracked += 1
            self.send({**done, "found": True})

    def plane(self, picture: Message, window: list[int]) -> np.ndarray[Any, np.dtype[np.float32]]:
        height, width = window[3] - window[1], window[2] - window[0]
        return np.frombuffer(
            self.segments[picture["segment"]], np.float32, len(picture["channels"]) * height * width
        ).reshape(-1, height, width)

    def fail(self, message: Message, code: str, sentence: str) -> None:
        self.send(
            {"type": "error", "id": message["id"], "code": code, "message": sentence, "log": "/the.log"}
        )

    def wait_for_cancel(self, message: Message, obey: bool) -> None:
        """Twenty seconds of work, which a cancel ends."""
        (self.folder / "busy").touch()
        end = time.monotonic() + 20
        while time.monotonic() < end:
            self.send({"type": "progress", "id": message["id"], "fraction": 0.5, "what": "working"})
            if select.select([self.sock], [], [], 0.05)[0]:
                received = self.receive()
                if received is None:
                    return
                if obey and received[0]["type"] == "cancel":
                    self.send({"type": "done", "id": received[0]["id"]})
                    self.fail(message, "cancelled", "the render was cancelled.")
                    return
        self.fail(message, "internal", "nobody cancelled.")

    def render(self, message: Message) -> None:
        mode, source, output = self.mode, message["inputs"][0], message["output"]
        done = {"type": "done", "id": message["id"], "segment": output["segment"], "offset": 0, "notes": []}
        if mode == "error":
            self.fail(message, "node", "frame 7: the model is not there; train one.")
        elif mode == "internal":
            self.fail(message, "internal", "a fault of ours.")
        elif mode == "stopped":
            self.fail(message, "stopped", "the service was stopped.")
        elif mode == "slow":
            self.wait_for_cancel(message, obey=True)
        elif mode == "deaf":
            self.wait_for_cancel(message, obey=False)
        elif mode == "silent":
            time.sleep(20)
        elif mode == "dies":
            os._exit(3)
        elif mode == "dies once":
            (self.folder / "mode").write_text("double")
            os._exit(3)
        elif mode in GARBAGE:
            self.sock.sendall(GARBAGE[mode])
        elif mode == "answers nobody":
            self.send({**done, "id": 123456})
            self.wait_for_cancel(message, obey=True)
        elif mode.startswith("mutated"):
            self.mutate(done, int(mode.split()[1]) + message["id"])
        elif mode in LIES:
            self.send({**done, **LIES[mode]})
        elif mode == "passes":
            self.send({**done, "segment": source["segment"], "offset": source["offset"]})
        elif mode == "matte":
            matte = message["inputs"][-1]
            self.plane(output, output["window"])[:] = self.plane(matte, matte["data"])
            self.send(done)
        elif mode == "stingy":
            self.send({**done, "segment": message["inputs"][-1]["segment"]})
        else:
            self.double(source, output)
            if mode == "notes":
                done["notes"] = ["frame 1: no face was found; the plate stays.", "and more"]
            self.send({"type": "progress", "id": message["id"], "fraction": 0.5, "what": "doubling"})
            self.send(done)

    def mutate(self, done: Message, seed: int) -> None:
        """A good answer with a few bytes changed, and then the connection's end."""
        data = json.dumps(done).encode()
        framed = bytearray(struct.pack("<I", len(data)) + data)
        generator = np.random.default_rng(seed)
        for place in generator.integers(0, len(framed), generator.integers(1, 6)):
            framed[place] = generator.integers(0, 256)
        self.sock.sendall(framed)
        self.sock.close()

    def double(self, source: Message, output: Message) -> None:
        """Twice the first input where it has pixels, A as it is; what it lacks is 0, as the protocol says."""
        taken, given = self.plane(source, source["data"]), self.plane(output, output["window"])
        (x0, y0, x1, y1), (u0, v0, u1, v1) = source["data"], output["window"]
        given[...] = 0
        left, top, right, bottom = max(x0, u0), max(y0, v0), min(x1, u1), min(y1, v1)
        for index, name in enumerate(output["channels"]):
            if left < right and top < bottom:
                part = 1.0 if name not in source["channels"] else None
                if part is None:
                    plane = taken[source["channels"].index(name)]
                    part = plane[top - y0 : bottom - y0, left - x0 : right - x0] * (1 if name == "A" else 2)
                given[index, top - v0 : bottom - v0, left - u0 : right - u0] = part


GARBAGE = {
    "no json": struct.pack("<I", 5) + b"hello",
    "no object": struct.pack("<I", 2) + b"[]",
    "too long": struct.pack("<I", 2**31) + b"x" * 64,
    "too short": struct.pack("<I", 0),
    "half": struct.pack("<I", 100) + b'{"type": "do',
    "deep": struct.pack("<I", 4000) + b"[" * 4000,
    "broken text": struct.pack("<I", 12) + b'{"a": "\\ud8"',
}
LIES: dict[str, Message] = {
    "unknown segment": {"segment": 99},
    "segment of text": {"segment": "seven"},
    "far offset": {"offset": 1 << 40},
    "negative offset": {"offset": -64},
    "no number": {"segment": 1e300},
}


def main() -> None:
    folder = Path(sys.argv[1])
    (folder / "pid").write_text(str(os.getpid()))
    with open(folder / "environment", "w") as file:
        json.dump(dict(os.environ), file)
    files = sorted(int(name) for name in os.listdir("/proc/self/fd"))
    (folder / "files").write_text(json.dumps(files))
    print("the service has started", flush=True)
    if (folder / "mode").read_text().strip() == "does not start":
        print("no such module", file=sys.stderr)
        sys.exit(9)
    path = Path(os.environ["DOUBLURE_RUNTIME_DIR"]) / "service.sock"
    path.unlink(missing_ok=True)
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen(16)
    with open(folder / "starts", "a") as file:
        file.write("x")
    while True:
        sock, _ = server.accept()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        threading.Thread(target=Connection(sock, folder).serve, daemon=True).start()


if __name__ == "__main__":
    assert array.array("f").itemsize == 4
    main()
