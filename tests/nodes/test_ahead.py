from __future__ import annotations

import threading

import pytest

from doublure.nodes.ahead import AHEAD, look_ahead


def test_results_come_in_order() -> None:
    assert list(look_ahead(lambda number: number * 2, [5, 1, 9])) == [(5, 10), (1, 2), (9, 18)]


def test_nothing_comes_of_nothing() -> None:
    assert list(look_ahead(lambda number: number, [])) == []


def test_no_more_than_ahead_is_begun_before_it_is_needed() -> None:
    begun: list[int] = []
    lock = threading.Lock()

    def work(number: int) -> int:
        with lock:
            begun.append(number)
        return number

    ahead = look_ahead(work, range(100))
    next(ahead)
    ahead.close()
    assert len(begun) <= AHEAD + 1


def test_a_fault_comes_in_its_turn() -> None:
    ahead = look_ahead(lambda number: 1 // number, [1, 0, 1])
    assert next(ahead) == (1, 1)
    with pytest.raises(ZeroDivisionError):
        next(ahead)
