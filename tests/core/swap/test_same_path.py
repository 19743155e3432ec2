from __future__ import annotations

import pytest
import torch
from torch import Generator

from doublure.core.swap.same_path import GAIN, SIDE, STEP, oval, same_path


def drawn(seed: int = 0, side: int = 128) -> torch.Tensor:
    return torch.randn(3, 3, side, side, generator=Generator().manual_seed(seed)) * 0.05


def test_nothing_outside_the_oval_is_seen() -> None:
    seen = same_path(drawn(), Generator().manual_seed(1))
    assert seen.shape == (3, 3, SIDE, SIDE)
    assert not (seen * (1 - oval())).any()


def test_what_lies_outside_the_oval_changes_nothing() -> None:
    detail = drawn(side=SIDE)
    outside = detail + 5 * (1 - oval())
    assert torch.equal(
        same_path(detail, Generator().manual_seed(1)), same_path(outside, Generator().manual_seed(1))
    )


def test_a_constant_tone_changes_nothing_but_rounding() -> None:
    detail = drawn()
    a, b = (same_path(detail + tone, Generator().manual_seed(1)) for tone in (0.0, 0.3))
    assert float((a - b).abs().max()) <= GAIN * STEP * 1.01


def test_values_are_those_of_eight_bits() -> None:
    levels = same_path(drawn(), Generator().manual_seed(1)) / (GAIN * STEP)
    assert torch.allclose(levels, levels.round(), atol=1e-3)


def test_equal_generators_give_equal_grain() -> None:
    assert torch.equal(
        same_path(drawn(), Generator().manual_seed(5)), same_path(drawn(), Generator().manual_seed(5))
    )


def test_grain_of_its_own_hides_under_the_new_grain() -> None:
    flat, fine = torch.zeros(2, 3, 128, 128), drawn()[:2] * 0.1
    sigma = [same_path(x, Generator().manual_seed(2))[:, :, 24:40, 24:40].std() for x in (flat, fine)]
    assert float(sigma[1] / sigma[0]) == pytest.approx(1.0, abs=0.05)


def test_a_crop_that_is_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="64"):
        same_path(torch.zeros(1, 3, 32, 32), Generator())
