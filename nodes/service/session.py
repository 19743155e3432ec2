"""One connection: what its client has sent and asked for, and what it is owed."""

from __future__ import annotations

import mmap
import socket
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from doublure.nodes.service import messages as m
from doublure.nodes.service.colour import configured
from doublure.nodes.service.faults import BadRequest, Broken, Busy
from doublure.nodes.service.limits import PROTOCOL, Limits
from doublure.nodes.service.log import LOG
from doublure.nodes.service.memories import Memories
from doublure.nodes.service.open_tracks import OpenTracks
from doublure.nodes.service.outcome import error, given_up, outcome
from doublure.nodes.service.queue import FairQueue
from doublure.nodes.service.render_job import RenderJob
from doublure.nodes.service.replies import Replies
from doublure.nodes.service.ticket import Answer, Ticket, Token
from doublure.nodes.service.wire import Reader, close_all
from doublure.nodes.service.worker import Worker

_TURN = 32
"""Messages taken from one connection before the others are looked at."""


class Service(Protocol):
    """What a connection needs of the service around it."""

    limits: Limits
    log: Path
    queue: FairQueue[Ticket]
    worker: Worker

    def greeting(self) -> Answer: ...

    def status(self) -> dict[str, Any]: ...

    def stop(self) -> None: ...

    def attend(self, session: Session) -> None:
        """Look at a connection's state soon; from any thread."""


class Session:
    """See the module. Everything but ``progress``, ``finish`` and ``send`` belongs to the service's own thread."""

    def __init__(self, sock: socket.socket, service: Service) -> None:
        sock.setblocking(False)
        self.sock = sock
        self.client = ""
        self._ocio: str | None = None
        self._ended = False
        self.since = time.monotonic()
        self._service = service
        self._reader = Reader(sock)
        self._greeted = False
        self._replies = Replies(sock)
        self._memories = Memories(service.limits)
        self._tracks = OpenTracks(service.limits.tracks)
        self._lock = threading.Lock()
        self._tickets: dict[int, Ticket] = {}

    # What the service's loop asks.

    @property
    def over(self) -> bool:
        """The connection is to be closed."""
        return self._ended or self._replies.broken

    @property
    def wants_to_write(self) -> bool:
        return self._replies.waiting

    @property
    def wants_to_read(self) -> bool:
        return not self._replies.stalled

    @property
    def waiting(self) -> int:
        """Requests not yet answered."""
        return len(self._tickets)

    @property
    def bytes(self) -> int:
        """Shared memory mapped."""
        return self._memories.bytes

    def due(self) -> float | None:
        """When the connection ends if nothing more comes; None while nothing is awaited."""
        if self._reader.begun or not self._greeted:
            return self.since + self._service.limits.message_seconds
        return None

    def read(self) -> bool:
        """Take what has come; whether a message was among it."""
        some = False
        for _ in range(_TURN):
            if self.over or not self.wants_to_read:
                break
            begun = self._reader.begun
            try:
                item = self._reader.read()
            except EOFError:
                self._ended = True
            except Broken as fault:
                self._break(str(fault))
            except OSError as fault:
                LOG.info("%r: the connection broke (%s)", self.client, fault.strerror)
                self._ended = True
            else:
                if item is None:
                    if self._reader.begun and not begun:
                        self.since = time.monotonic()
                    break
                some = True
                self.since = time.monotonic()
                self._take(*item)
        return some

    def write(self) -> None:
        """Send what is owed, as far as the client takes it."""
        self._replies.flush()

    def end(self) -> None:
        """Be over: the loop closes the connection in its next turn."""
        self._ended = True

    def close(self) -> None:
        """Nobody is there any more: what was asked for is not wanted."""
        self._ended = True
        self._replies.close()
        with self._lock:
            tickets, self._tickets = list(self._tickets.values()), {}
        for ticket in tickets:
            ticket.token.stop("cancelled")
            self._service.queue.remove(ticket)
        self._tracks.close()
        self._memories.clear()
        self._reader.close()
        self.sock.close()

    # What the worker tells.

    def progress(self, ticket: Ticket, fraction: float, what: str) -> None:
        self.send({"type": "progress", "id": ticket.id, "fraction": fraction, "what": what})

    def finish(self, ticket: Ticket, answer: Answer) -> None:
        """The last word on a ticket, unless its client is gone."""
        with self._lock:
            known = self._tickets.pop(ticket.id, None) is not None
        if known:
            self.send(answer)

    def send(self, message: Answer) -> None:
        if not self._replies.send(message):
            self._service.attend(self)

    # Messages.

    def _take(self, message: dict[str, Any], descriptors: list[int]) -> None:
        try:
            if descriptors and message["type"] != "segment":
                raise BadRequest("a descriptor comes with a message that is not of a segment")
            self._dispatch(m.parse(message), descriptors)
        except BadRequest as fault:
            self._refuse(m.id_of(message), fault.code, f"{fault}.")
            if not self._greeted:
                self._ended = True
        finally:
            close_all(descriptors)

    def _dispatch(self, message: m.Message, descriptors: list[int]) -> None:
        if isinstance(message, m.Hello):
            self._hello(message)
        elif not self._greeted:
            self._break("the first message is no hello")
        elif isinstance(message, m.NewSegment):
            self._memories.add(message, descriptors)
            self._done(message.id)
        elif isinstance(message, m.Release):
            self._memories.release(message.segment)
            self._done(message.id)
        elif isinstance(message, m.Render):
            self._render(message)
        elif isinstance(message, m.Cancel):
            self._cancel(message)
        elif isinstance(message, m.Status):
            self._done(message.id, status=self._service.status())
        elif isinstance(message, m.Stop):
            LOG.info("%r asks to stop", self.client)
            self._done(message.id)
            self._service.stop()
        else:
            self._track(message)

    def _hello(self, message: m.Hello) -> None:
        if message.protocol != PROTOCOL:
            self._break(
                f"the plug-in speaks protocol {message.protocol} and the service protocol {PROTOCOL}; "
                "install the same version of both, and stop the service with doublure serve --stop"
            )
            return
        self.client, self._ocio, self._greeted = message.client, message.ocio, True
        LOG.info("%r connects", self.client)
        self.send(self._service.greeting())

    def _render(self, message: m.Render) -> None:
        job = self._memories.bind(message)
        self._check_room(message.id)
        if self._service.worker.warm is None or not self._pass(job):
            self._submit(Ticket(self, message.id, message.priority, partial(self._do_render, job)))

    def _pass(self, job: RenderJob) -> bool:
        """Answer at once where there is nothing to render: no viewer waits for a farm to see its own plate."""
        from doublure.nodes.service.jobs import passed

        answer = outcome(job.request.id, lambda: passed(job) or {}, Token(), self._service.log)
        if answer["type"] == "done" and "segment" not in answer:
            return False
        self.send(answer)
        return True

    def _do_render(self, job: RenderJob, ticket: Ticket) -> Answer:
        from doublure.nodes.service.jobs import render

        with configured(self._ocio):
            return render(job, self._service.worker.get_warm(), partial(self.progress, ticket))

    def _cancel(self, message: m.Cancel) -> None:
        self._done(message.id)
        with self._lock:
            ticket = self._tickets.get(message.request)
        if ticket is None:
            return
        ticket.token.stop("cancelled")
        if self._service.queue.remove(ticket):
            self.finish(ticket, given_up(ticket.id, ticket.token, self._service.log))

    def _track(self, message: m.TrackBegin | m.TrackFrame | m.TrackFinish | m.TrackAbort) -> None:
        if isinstance(message, m.TrackBegin):
            self._submit(Ticket(self, message.id, m.INTERACTIVE, partial(self._begin_track, message)))
            return
        self._tracks.check(message.session)
        if isinstance(message, m.TrackAbort):
            self._tracks.abort(message.session)
            self._done(message.id)
        elif isinstance(message, m.TrackFinish):
            self._submit(Ticket(self, message.id, m.INTERACTIVE, partial(self._finish_track, message)))
        else:
            matte = None if message.occlusion is None else self._memories.of(message.occlusion)
            work = partial(self._add_to_track, message, self._memories.of(message.input), matte)
            self._submit(Ticket(self, message.id, m.INTERACTIVE, work))

    # Work on tracks: runs in the worker's thread, in the order in which the client asked.

    def _begin_track(self, message: m.TrackBegin, ticket: Ticket) -> Answer:
        return {"session": self._tracks.begin(message)}

    def _add_to_track(
        self, message: m.TrackFrame, memory: mmap.mmap, matte: mmap.mmap | None, ticket: Ticket
    ) -> Answer:
        track = self._tracks.get(message.session)
        with configured(self._ocio):
            return {"found": track.add(message, memory, matte, ticket.token)}

    def _finish_track(self, message: m.TrackFinish, ticket: Ticket) -> Answer:
        track = self._tracks.get(message.session)
        try:
            found, total = track.finish(ticket.token)
        finally:
            self._tracks.abort(message.session)
        return {"found": found, "total": total}

    # Answers.

    def _submit(self, ticket: Ticket) -> None:
        self._check_room(ticket.id)
        with self._lock:
            self._tickets[ticket.id] = ticket
        worker, queue = self._service.worker, self._service.queue
        if worker.warm is None:
            self.progress(ticket, 0.0, "starting")
        elif worker.current is not None or len(queue):
            self.progress(ticket, 0.0, "waiting")
        queue.put(self, ticket.priority, ticket)

    def _check_room(self, id: int) -> None:
        with self._lock:
            if id in self._tickets:
                raise BadRequest(f"request {id} is still under way")
            if len(self._tickets) >= self._service.limits.requests:
                raise Busy("too many requests of this connection are under way")

    def _done(self, id: int, **fields: Any) -> None:
        self.send({"type": "done", "id": id, **fields})

    def _refuse(self, id: int, code: str, sentence: str) -> None:
        self.send(error(id, code, sentence, self._service.log))

    def _break(self, what: str) -> None:
        """Say why, and end the connection."""
        LOG.warning("%r: %s", self.client, what)
        self._refuse(0, "protocol", f"{what}.")
        self._ended = True
