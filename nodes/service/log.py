"""The service's log: one file that is rotated, readable by its user alone."""

from __future__ import annotations

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path

from doublure.core.errors import DoublureError

LOG = logging.getLogger("doublure.service")
_SIZE, _KEPT = 1 << 20, 3


class _PrivateFile(RotatingFileHandler):
    """A rotated file with mode 0600."""

    def _open(self):  # type: ignore[no-untyped-def]
        return open(
            self.baseFilename,
            self.mode,
            encoding=self.encoding,
            opener=lambda path, flags: os.open(path, flags | os.O_CLOEXEC, 0o600),
        )


class _OneLine(logging.Formatter):
    """A client's text cannot fake a line of the log: control characters are escaped, but in a traceback."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        text = super().formatMessage(record)
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def open_log(path: Path) -> logging.Handler:
    """Send ``LOG`` to a file, rotated at 1 MiB, three old ones kept; returns the handler, to be closed.

    Raises:
        DoublureError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = _PrivateFile(path, maxBytes=_SIZE, backupCount=_KEPT, encoding="utf-8")
    except OSError as error:
        raise DoublureError(
            f"the service's log cannot be written ({error.strerror})",
            file=path,
            remedy="check the folder's rights, or set XDG_STATE_HOME",
        ) from error
    handler.setFormatter(_OneLine("%(asctime)s %(process)d %(levelname)s %(message)s"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    return handler
