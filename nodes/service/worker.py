"""The one thread that renders."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from doublure.nodes.service.log import LOG
from doublure.nodes.service.outcome import outcome
from doublure.nodes.service.queue import FairQueue
from doublure.nodes.service.ticket import Ticket

if TYPE_CHECKING:
    from doublure.nodes.service.warm import Warm


class Worker:
    """Takes tickets from a queue, one at a time: torch uses every core for each.

    torch is imported here, after the service listens: a client is greeted at once, whatever the disk does.

    Attributes:
        warm: None until torch is there.
        current: what is being worked on.
    """

    def __init__(self, queue: FairQueue[Ticket], cache_bytes: int, log: Path) -> None:
        self.warm: Warm | None = None
        self.current: Ticket | None = None
        self._stopped = False
        self._queue, self._cache_bytes, self._log = queue, cache_bytes, log
        self._thread = threading.Thread(target=self._run, name="doublure-render", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> Ticket | None:
        """Ask what is under way to end; returns it. The queue must be closed."""
        self._stopped = True
        ticket = self.current
        if ticket is not None:
            ticket.token.stop("stopped")
        return ticket

    def join(self, seconds: float) -> bool:
        """Wait for the end; False where it did not come. The queue must be closed."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def get_warm(self) -> Warm:
        """What is warm, made now where the start failed to: the error is then the request's."""
        if self.warm is None:
            from doublure.nodes.service import jobs, tracks
            from doublure.nodes.service.warm import Warm

            assert jobs is not None
            assert tracks is not None
            self.warm = Warm(self._cache_bytes)
        return self.warm

    def _run(self) -> None:
        try:
            self.get_warm()
        except Exception:
            LOG.exception("torch cannot be loaded")
        else:
            LOG.info("ready")
        while (ticket := self._queue.take()) is not None:
            self.current = ticket
            if self._stopped:  # taken just before the queue was closed
                ticket.token.stop("stopped")
            answer = outcome(ticket.id, partial(ticket.work, ticket), ticket.token, self._log)
            self.current = None
            ticket.owner.finish(ticket, answer)
            # The ticket holds pixels, which shall not stay until the next one comes.
            del ticket, answer
