"""The service's loop: one thread that reads and answers, beside the one that renders."""

from __future__ import annotations

import os
import selectors
import socket
import time
from collections import deque
from importlib.metadata import version
from pathlib import Path
from typing import Any

from doublure.nodes.service.limits import PROTOCOL, Limits
from doublure.nodes.service.log import LOG
from doublure.nodes.service.outcome import error, given_up
from doublure.nodes.service.queue import FairQueue
from doublure.nodes.service.runtime import other_user
from doublure.nodes.service.session import Session
from doublure.nodes.service.ticket import Answer, Ticket
from doublure.nodes.service.wire import encode
from doublure.nodes.service.worker import Worker

_PATIENCE = 2.0
"""Seconds that work under way has to notice that the service is being stopped."""


class Server:
    """Serves connections until it is stopped, or nobody has asked for anything for a while.

    Args:
        listener: listening and non-blocking; closed at the end.
        log: the log's place, told to clients.
        idle: seconds.
        cache_bytes: bounds the results kept.
    """

    def __init__(
        self,
        listener: socket.socket,
        *,
        log: Path,
        idle: float,
        cache_bytes: int,
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.log = log
        self.idle = idle
        self.queue: FairQueue[Ticket] = FairQueue()
        self.worker = Worker(self.queue, cache_bytes, log)
        self._cache_bytes = cache_bytes
        self._listener = listener
        self._sessions: dict[int, Session] = {}
        self._changed: deque[Session] = deque()
        self._stopping = False
        self._started = self._asked = time.monotonic()
        self._version = version("doublure")
        self._selector = selectors.DefaultSelector()
        self._bell, self._ear = socket.socketpair()
        self._bell.setblocking(False)
        self._ear.setblocking(False)

    @property
    def bell(self) -> int:
        """A descriptor that wakes the loop when something is written to it, as ``signal.set_wakeup_fd`` does."""
        return self._bell.fileno()

    def run(self) -> None:
        """Serve; returns when the service has ended."""
        self.worker.start()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._ear, selectors.EVENT_READ)
        try:
            while not self._stopping:
                self._turn()
            self._end()
        finally:
            for session in list(self._sessions.values()):
                self._drop(session)
            self._selector.close()
            self._listener.close()
            self._bell.close()
            self._ear.close()

    def stop(self) -> None:
        """End soon; from any thread, and from a signal's handler."""
        self._stopping = True
        self._ring()

    def attend(self, session: Session) -> None:
        """Look at a connection's state soon; from any thread."""
        self._changed.append(session)
        self._ring()

    def greeting(self) -> Answer:
        """The answer to a hello."""
        return {
            "type": "hello",
            "protocol": PROTOCOL,
            "version": self._version,
            "pid": os.getpid(),
            "log": str(self.log),
            "limits": self.limits.told(),
        }

    def status(self) -> dict[str, Any]:
        """What the service does now."""
        warm, current = self.worker.warm, self.worker.current
        return {
            "pid": os.getpid(),
            "version": self._version,
            "log": str(self.log),
            "seconds": round(time.monotonic() - self._started, 1),
            "idle_limit": self.idle,
            "ready": warm is not None,
            "working": current is not None,
            "waiting": len(self.queue),
            "rendered": warm.rendered if warm is not None else 0,
            "cached": warm.cached if warm is not None else 0,
            "cache_bytes": warm.cache.bytes if warm is not None else 0,
            "cache_limit": self._cache_bytes,
            "memory_bytes": _resident(),
            "connections": [
                {"client": session.client, "requests": session.waiting, "bytes": session.bytes}
                for session in self._sessions.values()
            ],
        }

    def _turn(self) -> None:
        for key, events in self._selector.select(self._patience()):
            if key.fileobj is self._listener:
                self._accept()
            elif key.fileobj is self._ear:
                self._hear()
            else:
                self._serve(self._sessions[key.fd], events)
        while self._changed:
            self._watch(self._changed.popleft())
        now = time.monotonic()
        for session in list(self._sessions.values()):
            due = session.due()
            if due is not None and now >= due:
                LOG.warning("%r: a message is not finished in time", session.client)
                self._drop(session)
        if self._busy():
            self._asked = now
        elif now >= self._asked + self.idle:
            LOG.info("nobody has asked for anything for %g s", self.idle)
            self._stopping = True

    def _serve(self, session: Session, events: int) -> None:
        try:
            if events & selectors.EVENT_WRITE:
                session.write()
            if events & selectors.EVENT_READ and session.read():
                self._asked = time.monotonic()
        except Exception:
            # A fault of ours costs this connection, not all of them.
            LOG.exception("%r: the connection is dropped", session.client)
            session.end()
        self._changed.append(session)

    def _patience(self) -> float:
        """Seconds until something is due without anybody speaking."""
        times = [due for session in self._sessions.values() if (due := session.due()) is not None]
        times.append(self._asked + self.idle)
        # Work ends without waking this loop, and idleness counts from there.
        longest = min(self.idle, 1.0) if self._busy() else 60.0
        return min(max(min(times) - time.monotonic(), 0.0), longest)

    def _busy(self) -> bool:
        return self.worker.current is not None or len(self.queue) > 0

    def _accept(self) -> None:
        try:
            sock, _ = self._listener.accept()
        except BlockingIOError:
            return
        except OSError as fault:
            LOG.warning("a connection cannot be taken (%s)", fault.strerror)
            time.sleep(0.05)  # else the loop would spin until a descriptor is free
            return
        if other_user(sock) or len(self._sessions) >= self.limits.connections:
            LOG.warning("a connection is refused: another user's, or one too many")
            sock.setblocking(False)
            sentence = "the render service has too many connections; close other programs."
            try:
                sock.send(encode(error(0, "busy", sentence, self.log)))
            except OSError:
                LOG.info("and its client did not wait to hear it")
            sock.close()
            return
        session = Session(sock, self)
        self._sessions[sock.fileno()] = session
        self._selector.register(sock, selectors.EVENT_READ)

    def _watch(self, session: Session) -> None:
        """Wait for what a connection waits for; drop one that is over."""
        if session.sock.fileno() not in self._sessions:
            return
        if session.over:
            self._drop(session)
            return
        events = selectors.EVENT_WRITE if session.wants_to_write else 0
        if session.wants_to_read:
            events |= selectors.EVENT_READ
        self._selector.modify(session.sock, events)

    def _drop(self, session: Session) -> None:
        descriptor = session.sock.fileno()
        if self._sessions.pop(descriptor, None) is not None:
            self._selector.unregister(session.sock)
            LOG.info("%r disconnects", session.client)
            session.close()

    def _end(self) -> None:
        """Tell everybody whose work is not done, and give the work under way time to notice."""
        LOG.info("stopping")
        for ticket in self.queue.close():
            ticket.token.stop("stopped")
            ticket.owner.finish(ticket, given_up(ticket.id, ticket.token, self.log))
        current = self.worker.stop()
        if not self.worker.join(_PATIENCE) and current is not None:
            current.owner.finish(current, given_up(current.id, current.token, self.log))
        for session in self._sessions.values():
            session.write()

    def _ring(self) -> None:
        try:
            self._bell.send(b"!")
        except (BlockingIOError, OSError):
            return  # it rings already, or the loop has ended

    def _hear(self) -> None:
        try:
            while self._ear.recv(4096):
                pass
        except BlockingIOError:
            return


def _resident() -> int:
    """Bytes of memory that this process occupies."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
