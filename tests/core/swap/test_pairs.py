from __future__ import annotations

import pytest
import torch
from torch import Generator

from doublure.core.errors import DoublureError
from doublure.core.swap.faceset import Faceset
from doublure.core.swap.pairs import Pairs

from .conftest import SIZE, make_faceset


def test_the_same_generator_state_gives_the_same_batch(cast: list[Faceset]) -> None:
    pairs = Pairs(cast, SIZE)
    a, b = (pairs.draw(4, Generator().manual_seed(5)) for _ in range(2))
    assert torch.equal(a.source, b.source)
    assert torch.equal(a.target, b.target)


def test_hero_and_driver_are_only_asked_back_as_themselves(cast: list[Faceset]) -> None:
    pairs = Pairs(cast, SIZE)
    for person in (0, 1):
        for roll in ([0.1, 0.9, 0.5, 0.5], [0.7, 0.1, 0.9, 0.5]):
            shown, asked = pairs._pair(person, roll)
            assert shown == asked


def test_the_cast_is_asked_back_as_others_in_the_same_moment(cast: list[Faceset]) -> None:
    pairs = Pairs(cast, SIZE)
    shown, asked = pairs._pair(2, [0.4, 0.9, 0.0, 0.0])
    assert (shown[0], asked[0]) == (2, 3)
    assert cast[2].moments[shown[1]] == cast[3].moments[asked[1]]


def test_held_out_frames_are_never_drawn(cast: list[Faceset]) -> None:
    pairs = Pairs(cast, SIZE)
    for person in range(4):
        for step in range(100):
            for index, row in pairs._pair(person, [step / 100, 0.9, 0.5, 0.0]):
                assert not cast[index].held_out[row]


def test_the_input_is_zero_outside_the_face(cast: list[Faceset]) -> None:
    batch = Pairs(cast, SIZE).draw(6, Generator().manual_seed(0))
    assert batch.source[..., 0, 0].abs().max() == 0
    assert batch.source.shape == (6, 3, SIZE, SIZE)


def test_two_sets_of_one_name_are_refused() -> None:
    with pytest.raises(DoublureError, match="same name"):
        Pairs([make_faceset("ada", "hero", seed=1), make_faceset("ada", "driver", seed=2)], SIZE)
