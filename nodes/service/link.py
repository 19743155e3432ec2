"""A client's end of a connection: it says hello, asks, and waits. Needs no torch."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from typing import Any

from doublure.core.cancel import Cancelled
from doublure.nodes.service.colour import own
from doublure.nodes.service.faults import Broken, HungUp, ServiceError, ServiceGone
from doublure.nodes.service.limits import NAME, PROTOCOL
from doublure.nodes.service.wire import Reader, close_all, encode

_GREETED_WITHIN = 10.0
_SLICE_MS = 50
"""How often a caller is asked whether it still wants the answer."""

Progress = Callable[[float, str], None]
"""``(fraction, what)``."""


class Link:
    """One connection. One request at a time; not for several threads at once.

    Args:
        sock: connected.
        name: what the service calls this client.

    Attributes:
        service: the service's greeting: its version, pid, log and limits.

    Raises:
        ServiceGone: it does not answer.
        ServiceError: it speaks another protocol, or has too many connections.
    """

    def __init__(self, sock: socket.socket, name: str) -> None:
        self._sock = sock
        self._reader = Reader(sock)
        self._last = 0
        sock.setblocking(False)
        self.service: dict[str, Any] = {}
        try:
            hello = {"type": "hello", "protocol": PROTOCOL, "client": name[: NAME // 4], "ocio": own()}
            self._send(encode(hello), time.monotonic() + _GREETED_WITHIN)
            self.service = self._receive(time.monotonic() + _GREETED_WITHIN)
        except BaseException:
            self.close()
            raise
        if self.service.get("type") != "hello":
            self.close()
            raise _error(self.service)

    def ask(
        self,
        type: str,
        *,
        descriptor: int | None = None,
        progress: Progress | None = None,
        cancel: Callable[[], bool] | None = None,
        **fields: Any,
    ) -> dict[str, Any]:
        """Send a request and wait for its end; returns the ``done``.

        Args:
            descriptor: goes along; stays the caller's.
            progress: called with what the service tells meanwhile.
            cancel: asked every 50 ms; once it answers True the service is told, and its word is waited for.

        Raises:
            ServiceError: the service answered with an error.
            Cancelled: it was cancelled.
            ServiceGone: the service ended.
        """
        self._last += 1
        id = self._last
        data = encode({"type": type, "id": id, **fields})
        self._send(data, None, descriptor)
        told = False
        while True:
            answer = self._receive(None, None if told else cancel)
            if answer is None:
                self._last += 1
                self._send(encode({"type": "cancel", "id": self._last, "request": id}), None)
                told = True
            elif answer.get("id") not in (id, 0):
                continue  # the done of a cancel
            elif answer.get("type") == "progress":
                if progress is not None:
                    progress(float(answer["fraction"]), str(answer["what"]))
            elif answer.get("type") == "done":
                return answer
            else:
                raise _error(answer)

    def close(self) -> None:
        """End the connection; the service forgets what was asked."""
        self._reader.close()
        self._sock.close()

    def _send(self, data: bytes, end: float | None, descriptor: int | None = None) -> None:
        rest = memoryview(data)
        descriptors = [] if descriptor is None else [descriptor]
        try:
            while rest:
                try:
                    if descriptors:
                        sent = socket.send_fds(self._sock, [rest], descriptors)
                        descriptors = []
                    else:
                        sent = self._sock.send(rest)
                    rest = rest[sent:]
                except BlockingIOError:
                    self._wait(select.POLLOUT, end)
        except OSError as error:
            raise self._gone() from error

    def _receive(self, end: float | None, cancel: Callable[[], bool] | None = None) -> Any:
        """The next message; None where ``cancel`` said so first."""
        try:
            while True:
                item = self._reader.read()
                if item is not None:
                    close_all(item[1])
                    return item[0]
                if not self._wait(select.POLLIN, end, cancel):
                    return None
        except (EOFError, OSError, Broken) as error:
            raise self._gone() from error

    def _wait(self, event: int, end: float | None, cancel: Callable[[], bool] | None = None) -> bool:
        poll = select.poll()
        poll.register(self._sock, event)
        while not poll.poll(_SLICE_MS):
            if cancel is not None and cancel():
                return False
            if end is not None and time.monotonic() > end:
                raise ServiceGone(
                    "the render service does not answer",
                    remedy="stop it with doublure serve --stop, or end its process",
                )
        return True

    def _gone(self) -> ServiceGone:
        return HungUp(
            "the render service ended before it answered",
            file=self.service.get("log"),
            remedy="ask again, which starts a new one, or read this log",
        )


def _error(answer: dict[str, Any]) -> Exception:
    code, sentence = (
        str(answer.get("code", "internal")),
        str(answer.get("message", "the render service failed.")),
    )
    return Cancelled() if code == "cancelled" else ServiceError(sentence, code)
