from __future__ import annotations

import pytest
import torch
from torch import Generator, Tensor

from doublure.core.errors import DoublureError
from doublure.core.swap.detector import FEWEST, Verdict, detect_swaps, wilson
from doublure.core.swap.same_path import same_path


def faces(seed: int, count: int = 120, shift: float = 0.0, drift: float = 0.02) -> Tensor:
    """Faces of one person: one pattern, a slow change over time and a little of their own; ``shift`` changes the
    person."""
    r = Generator().manual_seed(seed)
    person = torch.randn(1, 3, 8, 8, generator=Generator().manual_seed(99)) * 0.1
    other = torch.randn(1, 3, 8, 8, generator=Generator().manual_seed(98)) * 0.1
    slow = torch.randn(1, 3, 8, 8, generator=r) * drift
    time = torch.sin(torch.arange(count) / 9.0 + seed)[:, None, None, None]
    own = torch.randn(count, 3, 8, 8, generator=r) * 0.03
    coarse = person + shift * (other - person) + slow * time + own
    picture = torch.nn.functional.interpolate(coarse, size=(64, 64), mode="bilinear")
    return same_path(picture, r)


def test_another_face_is_told() -> None:
    verdict = detect_swaps(faces(1), faces(2, shift=0.6), steps=60)
    assert verdict.low > 0.95 or verdict.accuracy > 0.97
    assert not verdict.undetected


def test_two_stretches_of_one_person_are_not_told() -> None:
    assert detect_swaps(faces(3, drift=0.0), faces(4, drift=0.0), steps=60).undetected


def test_the_sides_may_differ_in_length() -> None:
    verdict = detect_swaps(faces(1, 200), faces(2, 50, shift=0.6), steps=40)
    assert verdict.count == 250
    assert verdict.accuracy > 0.9


def test_equal_seeds_give_equal_verdicts() -> None:
    a, b = faces(5), faces(6, shift=0.1)
    assert detect_swaps(a, b, seed=3, steps=20) == detect_swaps(a, b, seed=3, steps=20)


def test_the_global_random_state_is_left_alone() -> None:
    torch.manual_seed(4)
    before = torch.get_rng_state()
    detect_swaps(faces(1), faces(2), steps=2)
    assert torch.equal(before, torch.get_rng_state())


def test_what_was_learnt_by_heart_does_not_count() -> None:
    """Random labels: every face is its own, so training answers are perfect and held-out ones are guesses."""
    r = Generator().manual_seed(7)
    noise = torch.randn(160, 3, 64, 64, generator=r)
    assert detect_swaps(noise[:80], noise[80:], steps=60).undetected


def test_too_few_faces_are_refused() -> None:
    with pytest.raises(DoublureError, match="at least"):
        detect_swaps(faces(1, FEWEST - 1), faces(2))


def test_neighbours_that_answer_alike_widen_the_interval() -> None:
    from doublure.core.swap.detector import _blocks, _effective

    block = _blocks(200)
    alike = (block % 2).double()
    mixed = (torch.arange(200) % 2).double()
    assert _effective(alike, block) < 15
    assert _effective(mixed, block) == pytest.approx(200)


@pytest.mark.parametrize(("share", "count", "low", "high"), [(0.5, 100, 0.404, 0.596), (1.0, 20, 0.839, 1.0)])
def test_wilson_agrees_with_published_values(share: float, count: float, low: float, high: float) -> None:
    assert wilson(share, count) == pytest.approx((low, high), abs=1e-3)


def test_a_verdict_reads_as_the_log_prints_it() -> None:
    assert str(Verdict(0.54, 0.47, 0.61, 200, 180.0)) == "54 % [47-61]"
