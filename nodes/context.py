"""What a node is told besides its inputs and params: the frame number, shared caches, who wants to stop it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from doublure.core.cancel import Cancelled
from doublure.core.errors import DoublureError
from doublure.core.frame import Frame

__all__ = ["Cancelled", "Context", "Setup", "Shared"]

T = TypeVar("T")


class Shared:
    """Things made once and used by many frames: models, tracks, digests. Safe between threads.

    Args:
        keep: how many things of a kind (the first item of their keys) are kept, the least recently used being let
            go of; None: all. A render ends, but a service runs for weeks while models are trained anew.
    """

    def __init__(self, keep: int | None = None) -> None:
        self._keep = keep
        self._made: dict[Hashable, OrderedDict[Hashable, Any]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The thing kept under ``key``, made now where it is new. ``key`` must change when the thing would."""
        kind = key[0] if isinstance(key, tuple) and key else key
        with self._lock:
            made = self._made.setdefault(kind, OrderedDict())
            if key in made:
                made.move_to_end(key)
                return made[key]
        new = make()
        with self._lock:
            kept = made.setdefault(key, new)
            while self._keep is not None and len(made) > self._keep:
                made.popitem(last=False)
            return kept


def check_scale(scale: float) -> None:
    """Raise DoublureError where a render scale is not above 0 and at most 1."""
    if not 0 < scale <= 1:
        raise DoublureError(f"the render scale is {scale:g}", remedy="give one above 0 and at most 1")


@dataclass
class Context:
    """One frame being rendered.

    Attributes:
        number: the frame number.
        shared: caches that outlive the frame.
        key: cache key of the node being rendered, "" outside a graph.
        faceless: why there is no face, one clause for each node that said so.
        scale: size of the pictures against the plate that was tracked, above 0 and at most 1: hosts render proxies.
            Nodes place the face by it; params in pixels are the host's to scale (``doublure.nodes.scale``).

    Raises:
        DoublureError: a scale out of its range.
    """

    number: int
    shared: Shared = field(default_factory=Shared)
    key: str = ""
    faceless: list[str] = field(default_factory=list)
    scale: float = 1.0

    def __post_init__(self) -> None:
        check_scale(self.scale)

    def no_face(self, reason: str) -> None:
        """Note that this frame has no face. Said twice, it is kept once."""
        if reason not in self.faceless:
            self.faceless.append(reason)


class Setup(Protocol):
    """What ``Node.prepare`` may ask of the graph around the node."""

    name: str
    numbers: Sequence[int]
    shared: Shared

    def connected(self, name: str) -> bool:
        """Whether an input is connected."""

    def params_at(self, number: int) -> Mapping[str, Any]:
        """The node's own params at a frame, those that are animated too."""

    def input_numbers(self, name: str) -> list[int]:
        """The frame numbers that exist upstream of an input, whatever is being rendered."""

    def input_key(self, name: str, number: int) -> str:
        """Cache key of an input at a frame. Raises DoublureError when a file upstream is missing."""

    def input_frames(self, name: str, numbers: Sequence[int]) -> Iterator[tuple[int, Frame | DoublureError]]:
        """An input at many frames in order, read ahead; the fault of a frame that has one stands in its place."""

    def input_source(self, name: str) -> str:
        """What an input's pictures are called, for people: the file name pattern of the first Read upstream."""

    def report(self, phase: str, done: int, total: int) -> None:
        """Tell progress. Raises Cancelled when the work shall stop."""
