"""Cancellation reaches the loops it is meant for, and no others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from doublure import nodes
from doublure.core.cancel import Cancelled, cancellable, carried, check


def yes() -> bool:
    return True


def no() -> bool:
    return False


def test_check_does_nothing_without_a_token() -> None:
    check()


def test_check_does_nothing_while_nobody_stops() -> None:
    with cancellable(no):
        check()


def test_check_raises_as_soon_as_somebody_stops() -> None:
    answers = iter((False, False, True))
    with cancellable(lambda: next(answers)):
        check()
        check()
        with pytest.raises(Cancelled):
            check()


def test_the_token_ends_with_its_block_however_it_ends() -> None:
    with pytest.raises(Cancelled), cancellable(yes):
        check()
    check()


@pytest.mark.parametrize(("outer", "inner"), [(yes, no), (no, yes)])
def test_the_inner_and_the_outer_token_both_count(outer: object, inner: object) -> None:
    with cancellable(outer), cancellable(inner), pytest.raises(Cancelled):  # type: ignore[arg-type]
        check()


def test_the_outer_token_counts_again_after_the_inner_block() -> None:
    asked = []
    with cancellable(lambda: bool(asked.append("outer"))):
        with cancellable(lambda: bool(asked.append("inner"))):
            check()
        check()
    assert asked == ["outer", "inner", "outer"]


def test_a_new_thread_does_not_know_the_token_unless_it_is_carried() -> None:
    with cancellable(yes), ThreadPoolExecutor(1) as pool:
        pool.submit(check).result()
        with pytest.raises(Cancelled):
            pool.submit(carried(check)).result()
        # The thread is as it was before.
        pool.submit(check).result()


def test_carried_hands_arguments_and_results_through() -> None:
    assert carried(divmod)(7, 2) == (3, 1)


def test_one_carried_function_runs_in_several_threads_at_once() -> None:
    asked = []
    with cancellable(lambda: bool(asked.append(1))), ThreadPoolExecutor(4) as pool:
        work = carried(check)
        for future in [pool.submit(work) for _ in range(32)]:
            future.result()
    assert len(asked) == 32


def test_the_class_is_the_one_that_nodes_export() -> None:
    assert nodes.Cancelled is Cancelled
