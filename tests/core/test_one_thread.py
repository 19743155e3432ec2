"""Work that is spread frame by frame keeps OpenCV and torch to one thread, and gives their own back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import pytest
import torch

from doublure.core.one_thread import one_thread_each


def _threads() -> tuple[int, int]:
    return cv2.getNumThreads(), torch.get_num_threads()


@pytest.fixture(autouse=True)
def two_threads():
    before = _threads()
    cv2.setNumThreads(2)
    torch.set_num_threads(2)
    yield
    cv2.setNumThreads(before[0])
    torch.set_num_threads(before[1])


def test_one_thread_inside_and_as_many_as_before_after_it():
    with one_thread_each():
        assert _threads() == (1, 1)
    assert _threads() == (2, 2)


def test_a_thread_started_inside_has_one_too():
    with one_thread_each(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(_threads).result() == (1, 1)


def test_the_last_of_two_that_overlap_gives_them_back():
    first, second = one_thread_each(), one_thread_each()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert _threads() == (1, 1)
    second.__exit__(None, None, None)
    assert _threads() == (2, 2)


def test_work_that_fails_gives_them_back():
    with pytest.raises(ZeroDivisionError), one_thread_each():
        raise ZeroDivisionError
    assert _threads() == (2, 2)
