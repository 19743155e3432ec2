"""What a client is owed: sent at once as far as it takes it, kept until it takes the rest."""

from __future__ import annotations

import socket
import threading
from collections import deque

from doublure.nodes.service.ticket import Answer
from doublure.nodes.service.wire import encode

_OWED = 1 << 16
"""Bytes not yet taken by a client above which nothing more is read from it."""


class Replies:
    """Messages to one client. Safe between threads.

    Attributes:
        broken: the client takes nothing any more.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.broken = False
        self._sock = sock
        self._owed: deque[memoryview] = deque()
        self._bytes = 0
        self._lock = threading.Lock()

    @property
    def waiting(self) -> bool:
        """Something is left to send."""
        return bool(self._owed)

    @property
    def stalled(self) -> bool:
        """So much is left that nothing more should be read from this client."""
        return self._bytes > _OWED

    def send(self, message: Answer) -> bool:
        """Send, or keep; True where all is sent."""
        data = encode(message)
        with self._lock:
            if not self.broken:
                self._owed.append(memoryview(data))
                self._bytes += len(data)
                self._flush()
            return not self._owed and not self.broken

    def flush(self) -> None:
        """Send what is left, as far as the client takes it."""
        with self._lock:
            self._flush()

    def close(self) -> None:
        """Forget what is left."""
        with self._lock:
            self.broken = True
            self._owed.clear()
            self._bytes = 0

    def _flush(self) -> None:
        try:
            while self._owed:
                sent = self._sock.send(self._owed[0])
                self._bytes -= sent
                if sent == len(self._owed[0]):
                    self._owed.popleft()
                else:
                    self._owed[0] = self._owed[0][sent:]
        except BlockingIOError:
            return
        except OSError:
            self.broken = True
