"""Starts the service where none runs: detached, with a clean environment, once however many ask."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from doublure.core.errors import DoublureError
from doublure.nodes.service.faults import HungUp, ServiceGone
from doublure.nodes.service.link import Link
from doublure.nodes.service.runtime import RUNTIME, SPAWN, connect, folder, locked, log_file

PATIENCE = 30.0
"""Seconds that a service may take to listen."""
_POLL = 0.02
_DYING = 5.0
"""Seconds that a service which was killed may take to let go of its socket."""
_HOST = ("PYTHON", "LD_PRELOAD", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA")
"""What a host sets for its own Python and libraries, and ours must not see."""


def link_or_start(name: str) -> Link:
    """A greeted connection to the service, which is started where none runs, or where the one there is dying.

    Args:
        name: what the service calls this client.

    Raises:
        ServiceGone: it did not come up.
        ServiceError: it speaks another protocol, or has too many connections.
    """
    end = time.monotonic() + _DYING
    while True:
        sock = connect_or_start()
        try:
            return Link(sock, name)
        except HungUp:
            # Its socket took us while its threads were still ending.
            if time.monotonic() >= end:
                raise
        time.sleep(_POLL)


def connect_or_start(
    *, idle: float | None = None, cache_mib: int | None = None, patience: float = PATIENCE
) -> socket.socket:
    """A connection to the service, which is started where none runs.

    Args:
        idle, cache_mib: for a service that is started now; its own defaults where None.
        patience: seconds.

    Raises:
        ServiceGone: it did not come up; the sentence says where it told why.
        DoublureError: the runtime folder is not safe.
    """
    sock = connect()
    if sock is not None:
        return sock
    end = time.monotonic() + patience
    with locked(SPAWN, patience) as ours:
        if not ours:
            raise ServiceGone("the render service is being started, but does not come up", remedy="try again")
        # Somebody else may have started it while we waited.
        sock = connect()
        return sock if sock is not None else _start(_command(idle, cache_mib), end)


def _start(command: list[str], end: float) -> socket.socket:
    errors = log_file().with_name("service.err")
    process = _spawn(command, errors)
    while time.monotonic() < end:
        # Looked at first: a service that listened and ended meanwhile leaves no socket.
        code = process.poll()
        sock = connect()
        if sock is not None:
            return sock
        if code is not None:
            raise ServiceGone(
                f"the render service did not start (it ended with code {code})",
                file=errors,
                remedy="read this file",
            )
        time.sleep(_POLL)
    process.kill()
    raise ServiceGone("the render service did not start in time", file=errors, remedy="read this file")


def _spawn(command: list[str], errors: Path) -> subprocess.Popen[bytes]:
    try:
        errors.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(errors, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as stream:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                cwd="/",
                env={**clean(os.environ), RUNTIME: str(folder())},
                start_new_session=True,
            )
    except OSError as error:
        raise DoublureError(
            f"the render service cannot be started ({error.strerror})", file=errors, remedy="check the rights"
        ) from error


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without what a host sets for itself."""
    return {name: value for name, value in environment.items() if not name.startswith(_HOST)}


def _command(idle: float | None, cache_mib: int | None) -> list[str]:
    command = [sys.executable, "-I", "-m", "doublure.nodes.service"]
    if idle is not None:
        command += ["--idle", str(idle)]
    if cache_mib is not None:
        command += ["--cache", str(cache_mib)]
    return command
