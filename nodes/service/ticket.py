"""One request on its way: who asked, what is to be done, and whether it is still wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from doublure.nodes.service.messages import Priority

Reason = Literal["cancelled", "stopped"]
Answer = dict[str, Any]


class Token:
    """Whether work shall stop, and why; the first reason counts."""

    def __init__(self) -> None:
        self.reason: Reason | None = None

    def asked(self) -> bool:
        return self.reason is not None

    def stop(self, reason: Reason) -> None:
        self.reason = self.reason or reason


class Owner(Protocol):
    """Who gets the answer."""

    def progress(self, ticket: Ticket, fraction: float, what: str) -> None: ...

    def finish(self, ticket: Ticket, answer: Answer) -> None: ...


@dataclass(eq=False)
class Ticket:
    """A request that waits for the worker.

    Attributes:
        owner: the connection.
        id: the client's.
        work: gives the fields of ``done``; raises what ``outcome`` turns into an error.
        token: asked by ``work``, often.
    """

    owner: Owner
    id: int
    priority: Priority
    work: Callable[[Ticket], Answer]
    token: Token = field(default_factory=Token)
