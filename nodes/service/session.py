"""One connection: what its client has sent and asked for, and what it is owed."""

from __future__ import annotations

import mmap
import socket
import threading
import time
from collections import deque
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from doublure.core.errors import DoublureError
from doublure.nodes.service import messages as m
from doublure.nodes.service.colour import configured
from doublure.nodes.service.faults import BadRequest, Broken, Busy
from doublure.nodes.service.limits import PROTOCOL, Limits
from doublure.nodes.service.log import LOG
from doublure.nodes.service.outcome import error, given_up, outcome
from doublure.nodes.service.queue import FairQueue
from doublure.nodes.service.render_job import RenderJob
from doublure.nodes.service.segments import attach
from doublure.nodes.service.ticket import Answer, Ticket, Token
from doublure.nodes.service.wire import Reader, close_all, encode
from doublure.nodes.service.worker import Worker

if TYPE_CHECKING:
    from doublure.nodes.service.tracks import TrackSession

_TURN = 32
"""Messages taken from one connection before the others are looked at."""
_OWED = 1 << 16
"""Bytes not yet taken by a client above which nothing more is read from it."""


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
        self.over = False
        self.since = time.monotonic()
        self._service = service
        self._reader = Reader(sock)
        self._greeted = False
        self._segments: dict[int, mmap.mmap] = {}
        self._tracks: dict[int, TrackSession | None] = {}
        self._track_count = 0
        self._lock = threading.Lock()
        self._tickets: dict[int, Ticket] = {}
        self._owed: deque[memoryview] = deque()
        self._owed_bytes = 0

    # What the service's loop asks.

    @property
    def wants_to_write(self) -> bool:
        return bool(self._owed)

    @property
    def wants_to_read(self) -> bool:
        return self._owed_bytes <= _OWED

    @property
    def waiting(self) -> int:
        """Requests not yet answered."""
        return len(self._tickets)

    @property
    def bytes(self) -> int:
        """Shared memory mapped."""
        return sum(len(memory) for memory in self._segments.values())

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
                self.over = True
            except Broken as fault:
                self._break(str(fault))
            except OSError as fault:
                LOG.info("%r: the connection broke (%s)", self.client, fault.strerror)
                self.over = True
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
        with self._lock:
            self._flush()

    def close(self) -> None:
        """Nobody is there any more: what was asked for is not wanted."""
        self.over = True
        with self._lock:
            tickets, self._tickets = list(self._tickets.values()), {}
            tracks, self._tracks = list(self._tracks.values()), {}
            self._owed.clear()
            self._owed_bytes = 0
        for ticket in tickets:
            ticket.token.stop("cancelled")
            self._service.queue.remove(ticket)
        for track in tracks:
            if track is not None:
                track.abort()
        self._segments.clear()
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
        data = encode(message)
        with self._lock:
            if self.over:
                return
            self._owed.append(memoryview(data))
            self._owed_bytes += len(data)
            self._flush()
            if not self._owed and not self.over:
                return
        self._service.attend(self)

    def _flush(self) -> None:
        try:
            while self._owed:
                sent = self.sock.send(self._owed[0])
                self._owed_bytes -= sent
                if sent == len(self._owed[0]):
                    self._owed.popleft()
                else:
                    self._owed[0] = self._owed[0][sent:]
        except BlockingIOError:
            return
        except OSError:
            self.over = True

    # Messages.

    def _take(self, message: dict[str, Any], descriptors: list[int]) -> None:
        try:
            if descriptors and message["type"] != "segment":
                raise BadRequest("a descriptor comes with a message that is not of a segment")
            self._dispatch(m.parse(message), descriptors)
        except BadRequest as fault:
            self._refuse(m.id_of(message), fault.code, f"{fault}.")
            if not self._greeted:
                self.over = True
        finally:
            close_all(descriptors)

    def _dispatch(self, message: m.Message, descriptors: list[int]) -> None:
        if isinstance(message, m.Hello):
            self._hello(message)
        elif not self._greeted:
            self._break("the first message is no hello")
        elif isinstance(message, m.NewSegment):
            self._new_segment(message, descriptors)
        elif isinstance(message, m.Release):
            if self._segments.pop(message.segment, None) is None:
                raise BadRequest(f"there is no segment {message.segment}")
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

    def _new_segment(self, message: m.NewSegment, descriptors: list[int]) -> None:
        limits = self._service.limits
        if len(descriptors) != 1:
            raise BadRequest("a segment comes with one descriptor")
        if message.bytes > limits.segment_bytes:
            raise BadRequest(f"a segment has at most {limits.segment_bytes} bytes")
        others = {number: memory for number, memory in self._segments.items() if number != message.segment}
        if len(others) >= limits.segments:
            raise BadRequest(f"a connection has at most {limits.segments} segments")
        if sum(map(len, others.values())) + message.bytes > limits.total_bytes:
            raise BadRequest(f"the segments of a connection have at most {limits.total_bytes} bytes")
        self._segments[message.segment] = attach(descriptors[0], message.bytes)
        self._done(message.id)

    def _memory(self, number: int, offset: int, size: int) -> mmap.mmap:
        memory = self._segments.get(number)
        if memory is None:
            raise BadRequest(f"there is no segment {number}")
        if offset + size > len(memory):
            raise BadRequest(f"segment {number} ends before the pixels do")
        return memory

    def _render(self, message: m.Render) -> None:
        output = message.output
        memories = [self._memory(each.segment, each.offset, each.bytes) for each in message.inputs]
        target = self._memory(output.segment, output.offset, output.bytes)
        for picture in message.inputs:
            if (
                picture.segment == output.segment
                and picture.offset < output.offset + output.bytes
                and output.offset < picture.offset + picture.bytes
            ):
                raise BadRequest(f"the output lies over the input {picture.name!r}")
        job = RenderJob(message, tuple(memories), target)
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
            if len(self._tracks) >= self._service.limits.tracks:
                raise BadRequest(f"a connection has at most {self._service.limits.tracks} tracks at once")
            self._check_room(message.id)
            self._track_count += 1
            number = self._track_count
            self._tracks[number] = None
            self._submit(Ticket(self, message.id, m.INTERACTIVE, partial(self._begin_track, message, number)))
            return
        if message.session not in self._tracks:
            raise BadRequest(f"there is no track session {message.session}")
        if isinstance(message, m.TrackAbort):
            with self._lock:
                track = self._tracks.pop(message.session, None)
            if track is not None:
                track.abort()
            self._done(message.id)
        elif isinstance(message, m.TrackFinish):
            self._submit(Ticket(self, message.id, m.INTERACTIVE, partial(self._finish_track, message)))
        else:
            picture = message.input
            memory = self._memory(picture.segment, picture.offset, picture.bytes)
            self._submit(
                Ticket(self, message.id, m.INTERACTIVE, partial(self._add_to_track, message, memory))
            )

    # Work on tracks: runs in the worker's thread, in the order in which the client asked.

    def _begin_track(self, message: m.TrackBegin, number: int, ticket: Ticket) -> Answer:
        from doublure.nodes.service.tracks import TrackSession

        try:
            track = TrackSession(message)
        except BaseException:
            self._tracks.pop(number, None)
            raise
        with self._lock:
            wanted = number in self._tracks
            if wanted:
                self._tracks[number] = track
        if not wanted:
            track.abort()
        return {"session": number}

    def _add_to_track(self, message: m.TrackFrame, memory: mmap.mmap, ticket: Ticket) -> Answer:
        track = self._open_track(message.session)
        with configured(self._ocio):
            return {"found": track.add(message.frame, message.space, message.input, memory, ticket.token)}

    def _finish_track(self, message: m.TrackFinish, ticket: Ticket) -> Answer:
        track = self._open_track(message.session)
        self._tracks.pop(message.session, None)
        try:
            found, total = track.finish(ticket.token)
        finally:
            track.abort()
        return {"found": found, "total": total}

    def _open_track(self, number: int) -> TrackSession:
        track = self._tracks.get(number)
        if track is None:
            raise DoublureError("this track has ended", remedy="begin it again")
        return track

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
        self.over = True
