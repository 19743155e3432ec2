from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Generator

from doublure.core.errors import DoublureError
from doublure.core.swap import guide
from doublure.core.swap import pairs as pairs_module
from doublure.core.swap.faceset import MARGIN, Faceset
from doublure.core.swap.guided import guide_of
from doublure.core.swap.pairs import BLENDED, UNGUIDED, Pairs

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


def test_the_matte_is_the_hull_where_nobody_knows_better(cast: list[Faceset]) -> None:
    batch = Pairs(cast, SIZE).draw(6, Generator().manual_seed(0))
    assert batch.known.min() == 1


def test_the_matte_is_learned_only_from_footage_that_knows_it() -> None:
    sets = [make_faceset("ada", "hero", seed=1), make_faceset("cy", "cast", seed=3, covered=True)]
    pairs = Pairs(sets, SIZE)
    batch = pairs.draw(16, Generator().manual_seed(0))
    hers = batch.person == 0
    assert batch.known[hers].max() == 0
    assert batch.known[~hers].min() == 1
    # What is known reaches farther than the hull.
    assert batch.mask[~hers].mean() > batch.mask[hers].mean()


def test_rows_come_back_in_the_order_they_were_asked_for(cast: list[Faceset]) -> None:
    pairs = Pairs(cast, SIZE)
    rows = [(2, 3), (0, 1), (2, 0), (1, 5)]
    planes = pairs._planes(rows, pairs._shown)
    for plane, (index, row) in zip(planes, rows, strict=True):
        assert torch.equal(plane[:3], cast[index].detail[row].float())


def test_who_is_blended_in_acts_the_same_moment_and_is_not_held_out(cast: list[Faceset]) -> None:
    pairs = Pairs(cast, SIZE)
    for step in range(20):
        index, row = pairs._blended((2, 3), [0, 0, 0, 0, step / 20 * BLENDED, 0])
        assert index == 3
        assert cast[3].moments[row] == cast[2].moments[3]
        assert not cast[index].held_out[row]


def test_nobody_is_blended_into_a_hero(cast: list[Faceset]) -> None:
    assert Pairs(cast, SIZE)._blended((0, 3), [0, 0, 0, 0, 0.0, 0]) == (0, 3)


@pytest.fixture
def calm(monkeypatch: pytest.MonkeyPatch) -> Generator:
    """Dice, with which no guide is shaken or kept back."""
    monkeypatch.setattr(guide, "SHAKE", 0.0)
    monkeypatch.setattr(pairs_module, "UNGUIDED", 0.0)
    return Generator().manual_seed(6)


def test_the_guide_is_the_performers_marks_on_the_face_that_is_asked_for(
    cast: list[Faceset], calm: Generator
) -> None:
    pairs = Pairs(cast, SIZE)
    unmoved = torch.tensor([[[1 / MARGIN, 0, 0], [0, 1 / MARGIN, 0]]])
    still = pairs._guide([((2, 5), (3, 5))], unmoved, calm)[0]
    torch.testing.assert_close(still, guide_of(cast[2], torch.tensor([5]), cast[3]), atol=1e-4, rtol=0)
    other = guide_of(cast[2], torch.tensor([5]), cast[2])
    assert (still - other).abs().max() > 0.15


def test_the_guide_is_mirrored_with_the_picture(cast: list[Faceset], calm: Generator) -> None:
    pairs = Pairs(cast, SIZE)
    plain, mirrored = (torch.tensor([[[s / MARGIN, 0, 0], [0, 1 / MARGIN, 0]]]) for s in (1, -1))
    chosen = [((0, 1), (0, 1))]
    torch.testing.assert_close(
        pairs._guide(chosen, mirrored, calm)[0],
        pairs._guide(chosen, plain, calm)[0].flip(-1),
        atol=1e-4,
        rtol=0,
    )


def test_faces_without_marks_have_an_empty_guide(cast: list[Faceset]) -> None:
    sets = [replace(faces, marks=None) if faces.role != "hero" else faces for faces in cast]
    batch = Pairs(sets, SIZE).draw(64, Generator().manual_seed(4))
    drawn = batch.guide.amax((1, 2, 3)) > 0
    assert not drawn[batch.person != 0].any()
    assert drawn[batch.person == 0].float().mean() > 0.5


def test_some_guides_are_kept_back(cast: list[Faceset]) -> None:
    batch = Pairs(cast, SIZE).draw(400, Generator().manual_seed(5))
    kept = (batch.guide.amax((1, 2, 3)) == 0).float().mean()
    assert abs(float(kept) - UNGUIDED) < 0.05
