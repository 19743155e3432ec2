from __future__ import annotations

import threading

import pytest

from doublure.core.cancel import Cancelled, cancellable, check
from doublure.core.face.pairs import both


def test_both_results_come_in_order() -> None:
    assert both(lambda: 1, lambda: "two") == (1, "two")


def test_they_run_at_the_same_time() -> None:
    meet = threading.Barrier(2, timeout=20)
    both(meet.wait, meet.wait)


@pytest.mark.parametrize("which", [0, 1])
def test_what_either_raises_is_raised(which: int) -> None:
    def fails() -> int:
        raise KeyError("that one")

    work = [lambda: 1, lambda: 2]
    work[which] = fails
    with pytest.raises(KeyError, match="that one"):
        both(*work)


def test_a_cancel_is_heard_in_the_second_too() -> None:
    with cancellable(lambda: True), pytest.raises(Cancelled):
        both(lambda: 1, check)
