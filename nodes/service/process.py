"""The service as a process: takes the lock, listens, serves, and leaves nothing behind."""

from __future__ import annotations

import resource
import signal
import time

from doublure.nodes.service.log import LOG, open_log
from doublure.nodes.service.runtime import LOCK, SOCKET, connect, listen, locked, log_file, private_folder
from doublure.nodes.service.server import Server

IDLE, CACHE_MIB = 1800.0, 1024
_DESCRIPTORS = 8192
"""Enough for every connection with all its segments."""
_HANDOVER = 5.0
"""Seconds that a service which is ending has to let go of the lock."""


def serve(*, idle: float = IDLE, cache_mib: int = CACHE_MIB) -> bool:
    """Serve in this process, until the service ends; False where another one runs already.

    Raises:
        DoublureError: the runtime folder is not safe, or the log cannot be written.
    """
    with locked(LOCK, 0.0) as first:
        if first:
            _serve(idle, cache_mib)
            return True
    end = time.monotonic() + _HANDOVER
    while time.monotonic() < end:
        sock = connect()
        if sock is not None:
            sock.close()
            return False
        # It has closed its socket, or has not yet made it: one of the two will be seen.
        with locked(LOCK, 0.1) as ours:
            if ours:
                _serve(idle, cache_mib)
                return True
    return False


def _serve(idle: float, cache_mib: int) -> None:
    """With the lock held."""
    log = log_file()
    handler = open_log(log)
    _raise_descriptors()
    try:
        server = Server(listen(), log=log, idle=idle, cache_bytes=cache_mib << 20)
        _listen_to_signals(server)
        LOG.info("started, in %s", private_folder())
        server.run()
        LOG.info("ended")
    finally:
        (private_folder() / SOCKET).unlink(missing_ok=True)
        LOG.removeHandler(handler)
        handler.close()


def _raise_descriptors() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(_DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _listen_to_signals(server: Server) -> None:
    """A polite end on SIGTERM and SIGINT; a closed terminal or pipe means nothing."""
    signal.set_wakeup_fd(server.bell, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop())
    for number in (signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
