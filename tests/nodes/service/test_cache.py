from __future__ import annotations

import torch

from doublure.nodes.service.cache import Cache, Result


def result(floats: int) -> Result:
    return Result(torch.zeros(1, 1, floats), ("a note",))


def test_what_was_put_is_got() -> None:
    cache = Cache(1000)
    made = result(10)
    cache.put("a", made)
    assert cache.get("a") is made
    assert cache.get("b") is None
    assert cache.bytes == 40


def test_it_never_holds_more_than_its_limit() -> None:
    cache = Cache(1000)
    for number in range(100):
        cache.put(str(number), result(number))
        assert cache.bytes <= 1000
    assert len(cache) == 2


def test_the_least_recently_used_goes_first() -> None:
    cache = Cache(120)
    for key in "abc":
        cache.put(key, result(10))
    cache.get("a")
    cache.put("d", result(10))
    assert [key for key in "abcd" if cache.get(key) is not None] == ["a", "c", "d"]


def test_what_is_larger_than_the_whole_cache_pushes_nothing_out() -> None:
    cache = Cache(100)
    cache.put("a", result(10))
    cache.put("b", result(30))
    assert cache.get("a") is not None
    assert cache.get("b") is None


def test_the_same_key_twice_counts_once() -> None:
    cache = Cache(100)
    cache.put("a", result(10))
    cache.put("a", result(20))
    assert (cache.bytes, len(cache)) == (80, 1)
