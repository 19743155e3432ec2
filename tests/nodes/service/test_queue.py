from __future__ import annotations

import threading

from doublure.nodes.service.messages import BATCH, INTERACTIVE
from doublure.nodes.service.queue import FairQueue


def taken(queue: FairQueue[str]) -> list[str]:
    return [queue.take() or "" for _ in range(len(queue))]


def test_an_owner_s_items_keep_their_order() -> None:
    queue: FairQueue[str] = FairQueue()
    assert [queue.put("a", BATCH, each) for each in ("1", "2", "3")] == [0, 1, 2]
    assert taken(queue) == ["1", "2", "3"]


def test_owners_take_turns() -> None:
    queue: FairQueue[str] = FairQueue()
    for item in ("a1", "a2", "a3", "a4", "b1", "b2", "c1"):
        queue.put(item[0], BATCH, item)
    assert taken(queue) == ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]


def test_who_had_a_turn_waits_behind_who_had_none() -> None:
    queue: FairQueue[str] = FairQueue()
    queue.put("a", BATCH, "a1")
    queue.put("a", BATCH, "a2")
    queue.put("b", BATCH, "b1")
    assert queue.take() == "a1"
    queue.put("c", BATCH, "c1")
    queue.put("a", BATCH, "a3")
    assert taken(queue) == ["b1", "a2", "c1", "a3"]


def test_an_interactive_item_overtakes_every_batch_item() -> None:
    queue: FairQueue[str] = FairQueue()
    for number in range(5):
        queue.put("farm", BATCH, f"f{number}")
    assert queue.take() == "f0"
    queue.put("viewer", INTERACTIVE, "v")
    assert taken(queue) == ["v", "f1", "f2", "f3", "f4"]


def test_interactive_owners_take_turns_too() -> None:
    queue: FairQueue[str] = FairQueue()
    for item in ("a1", "a2", "b1"):
        queue.put(item[0], INTERACTIVE, item)
    assert taken(queue) == ["a1", "b1", "a2"]


def test_what_was_removed_is_not_taken() -> None:
    queue: FairQueue[str] = FairQueue()
    for item in ("a1", "a2", "b1"):
        queue.put(item[0], BATCH, item)
    assert queue.remove("a1")
    assert not queue.remove("a1")
    assert queue.remove("b1")
    assert taken(queue) == ["a2"]


def test_a_closed_queue_gives_back_what_waits_and_ends_who_waits_for_it() -> None:
    queue: FairQueue[str] = FairQueue()
    queue.put("a", BATCH, "a1")
    queue.put("b", INTERACTIVE, "b1")
    assert sorted(queue.close()) == ["a1", "b1"]
    assert queue.take() is None


def test_a_thread_that_waits_is_woken() -> None:
    queue: FairQueue[str] = FairQueue()
    got: list[str | None] = []
    thread = threading.Thread(target=lambda: got.extend([queue.take(), queue.take()]))
    thread.start()
    queue.put("a", BATCH, "a1")
    queue.close()
    thread.join(10)
    assert got[-1] is None
    assert got[0] in ("a1", None)
