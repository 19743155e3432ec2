"""Who is next: interactive before batch, and within each the connections take turns."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Hashable
from typing import Generic, TypeVar

from doublure.nodes.service.messages import BATCH, INTERACTIVE, Priority

T = TypeVar("T")


class FairQueue(Generic[T]):
    """Waiting work of many owners. Safe between threads."""

    def __init__(self) -> None:
        self._lines: dict[Priority, OrderedDict[Hashable, deque[T]]] = {
            INTERACTIVE: OrderedDict(),
            BATCH: OrderedDict(),
        }
        self._changed = threading.Condition()
        self._closed = False

    def put(self, owner: Hashable, priority: Priority, item: T) -> int:
        """Line up; returns how many waited before. An owner's items of one priority keep their order."""
        with self._changed:
            before = self._count()
            self._lines[priority].setdefault(owner, deque()).append(item)
            self._changed.notify()
            return before

    def take(self) -> T | None:
        """The next item, as soon as there is one; None once the queue is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._count() > 0)
            for line in self._lines.values():
                if line:
                    # The owner goes to the end of its line, behind all who have not had their turn.
                    owner, waiting = line.popitem(last=False)
                    item = waiting.popleft()
                    if waiting:
                        line[owner] = waiting
                    return item
            return None

    def remove(self, item: T) -> bool:
        """Take an item out; False where it does not wait (any more)."""
        with self._changed:
            for line in self._lines.values():
                for owner, waiting in line.items():
                    if item in waiting:
                        waiting.remove(item)
                        if not waiting:
                            del line[owner]
                        return True
            return False

    def close(self) -> list[T]:
        """Nothing is taken any more; returns what waited."""
        with self._changed:
            waiting = [item for line in self._lines.values() for items in line.values() for item in items]
            for line in self._lines.values():
                line.clear()
            self._closed = True
            self._changed.notify_all()
            return waiting

    def __len__(self) -> int:
        with self._changed:
            return self._count()

    def _count(self) -> int:
        return sum(len(waiting) for line in self._lines.values() for waiting in line.values())
