"""A small share of what ``python -m bench.fuzz_service`` does."""

from __future__ import annotations

import threading

import pytest

from bench.fuzz_service import Attack, Mutator, good_messages, parse_only
from doublure.nodes.service.client import Client
from doublure.nodes.service.messages import parse
from doublure.nodes.service.wire import decode
from tests.nodes.service.conftest import Serve, wait_until


def test_what_the_fuzzer_damages_is_good_before() -> None:
    for message in good_messages():
        parse(message)


def test_the_same_seed_damages_the_same_and_most_messages_are_damaged() -> None:
    one, other = Mutator(7), Mutator(7)
    made = [one.message() for _ in range(200)]
    assert made == [other.message() for _ in range(200)]
    bad = 0
    for data in made:
        try:
            parse(decode(data[4:]))
        except Exception:
            bad += 1
    assert 60 < bad < 190


@pytest.mark.parametrize("seed", [11, 12])
def test_the_parser_raises_nothing_but_what_it_says(seed: int) -> None:
    assert parse_only(Mutator(seed), 3000) == 0


def test_the_service_answers_good_clients_among_bad_ones(serve: Serve) -> None:
    server = serve()
    wait_until(lambda: server.worker.warm is not None)
    tally = Attack(Mutator(13), lambda: Client.connect("good", start=False)).run(1000)
    assert (tally.crashes, tally.hangs, tally.wrong, tally.internal) == (0, 0, 0, 0)
    assert tally.sent >= 1000
    assert tally.answers > 200
    # What is under way may hold descriptors for a moment longer.
    assert tally.growth_descriptors <= 4
    wait_until(lambda: not [t for t in threading.enumerate() if t.name == "doublure-track"])
