"""Everything that can go wrong between a client and the service."""

from __future__ import annotations

from doublure.core.errors import DoublureError


class BadRequest(Exception):  # noqa: N818  (an answer's code, not a fault of ours)
    """A message is wrong; the connection goes on.

    Args:
        what: one clause, lower case, without a full stop.
    """

    code = "bad_request"


class Busy(BadRequest):
    """Too many requests of one connection are under way."""

    code = "busy"


class Broken(Exception):  # noqa: N818
    """The stream itself is wrong: nothing that follows can be understood, so the connection ends."""


class ServiceError(DoublureError):
    """The service refused or failed a request; its sentence, and ``code`` as the protocol names it."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence.rstrip("."))
        self.code = code


class ServiceGone(DoublureError):  # noqa: N818  (a state of things, that a script may want to catch)
    """The service ended, or none runs. The next connection starts a new one."""


class HungUp(ServiceGone):
    """The service closed the connection, or died."""
