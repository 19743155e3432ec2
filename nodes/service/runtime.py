"""Where the service lives: its folder, its socket and its locks; all of them open to one user alone."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from doublure.core.errors import DoublureError

RUNTIME = "DOUBLURE_RUNTIME_DIR"
SOCKET, LOCK, SPAWN = "service.sock", "service.lock", "spawn.lock"
_POLL = 0.05


def folder() -> Path:
    """The runtime folder's place, whether it is there or not."""
    own, session = os.environ.get(RUNTIME), os.environ.get("XDG_RUNTIME_DIR")
    if own:
        return Path(own).absolute()
    return Path(session).absolute() / "doublure" if session else Path(f"/tmp/doublure-{os.getuid()}")


def log_file() -> Path:
    """The log's place. Raises DoublureError where the user has no home."""
    state = Path(os.environ.get("XDG_STATE_HOME", ""))
    if not state.is_absolute():  # as the XDG specification has it
        try:
            state = Path.home() / ".local/state"
        except RuntimeError as error:
            raise DoublureError("there is no home folder for the log", remedy="set XDG_STATE_HOME") from error
    return state / "doublure/service.log"


def private_folder() -> Path:
    """The runtime folder, made with mode 0700 where it is missing.

    Raises:
        DoublureError: it is a link or a file, belongs to somebody else, is open to others, or cannot be made.
    """
    path = folder()
    try:
        with suppress(FileExistsError):
            os.mkdir(path, 0o700)
        found = os.lstat(path)
    except OSError as error:
        raise _refused(path, f"cannot be made ({error.strerror})") from error
    if not stat.S_ISDIR(found.st_mode):
        raise _refused(path, "is a link or no folder")
    if found.st_uid != os.getuid():
        raise _refused(path, "belongs to another user")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise _refused(path, "is open to other users")
    return path


def _refused(path: Path, why: str) -> DoublureError:
    return DoublureError(
        f"the folder for the service's socket {why}",
        file=path,
        remedy=f"remove it, or set {RUNTIME} to a folder that is yours alone (chmod 700)",
    )


def connect() -> socket.socket | None:
    """A connection to the running service; None where nobody listens.

    Raises:
        DoublureError: the runtime folder is not safe, or its path is too long for a socket.
    """
    path = private_folder() / SOCKET
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        sock.connect(_address(path))
    except (FileNotFoundError, ConnectionRefusedError, ConnectionResetError):
        sock.close()
        return None
    except OSError as error:
        sock.close()
        raise DoublureError(
            f"the service's socket cannot be reached ({error.strerror or error})",
            file=path,
            remedy="remove it",
        ) from error
    return sock


def listen() -> socket.socket:
    """A listening socket in place of whatever was there. Only the holder of the service's lock may call it.

    Raises:
        DoublureError: as ``connect``.
    """
    path = private_folder() / SOCKET
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
    try:
        path.unlink(missing_ok=True)
        sock.bind(_address(path))
        os.chmod(path, 0o600)
        sock.listen(64)
    except OSError as error:
        sock.close()
        raise DoublureError(
            f"the service's socket cannot be made ({error.strerror or error})", file=path, remedy="remove it"
        ) from error
    return sock


def _address(path: Path) -> str:
    if len(os.fsencode(path)) > 107:  # sun_path, unix(7)
        raise DoublureError(
            "the path is too long for a socket",
            file=path,
            remedy=f"set {RUNTIME} to a folder with a shorter one",
        )
    return str(path)


def other_user(sock: socket.socket) -> bool:
    """Whether the other end belongs to somebody else than us."""
    credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(credentials[4:8], "little") != os.getuid()


@contextmanager
def locked(name: str, patience: float) -> Iterator[bool]:
    """Hold a lock file of the runtime folder; yields False where it could not be had within ``patience`` seconds.

    The lock ends with the process that holds it, however that ends. Children do not inherit it.

    Raises:
        DoublureError: the lock file cannot be opened.
    """
    path = private_folder() / name
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise DoublureError(
            f"the lock file cannot be opened ({error.strerror})", file=path, remedy="remove it"
        ) from error
    try:
        yield _lock(descriptor, patience)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, patience: float) -> bool:
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
        if time.monotonic() >= end:
            return False
        time.sleep(_POLL)
