from __future__ import annotations

import torch

from doublure.core.measure.masked_blur import gaussian_blur, masked_blur


def test_a_constant_stays_constant_inside_any_matte() -> None:
    matte = (torch.rand(30, 30, generator=torch.Generator().manual_seed(2)) > 0.5).float()
    out = masked_blur(torch.full((2, 30, 30), 3.0), matte, 2.0)
    torch.testing.assert_close(out, torch.full((2, 30, 30), 3.0))


def test_outside_values_do_not_leak_in_even_when_not_finite() -> None:
    matte = torch.zeros(30, 30)
    matte[8:22, 8:22] = 1
    clean = torch.rand(1, 30, 30, generator=torch.Generator().manual_seed(3))
    dirty = torch.where(matte > 0, clean, torch.inf)
    inside = matte > 0
    torch.testing.assert_close(
        masked_blur(clean, matte, 3.0)[:, inside], masked_blur(dirty, matte, 3.0)[:, inside]
    )


def test_a_full_matte_is_the_plain_blur() -> None:
    planes = torch.rand(3, 20, 24, generator=torch.Generator().manual_seed(4))
    torch.testing.assert_close(masked_blur(planes, torch.ones(20, 24), 1.5), gaussian_blur(planes, 1.5))
