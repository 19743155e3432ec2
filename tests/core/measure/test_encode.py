from __future__ import annotations

import pytest
import torch

from doublure.core.measure.encode import POWER, display, exposure_scale, power


def test_the_scale_brings_the_upper_quartile_to_its_mark() -> None:
    truth = torch.linspace(0, 4, 300).reshape(3, 10, 10)
    scale = exposure_scale(truth, torch.ones(10, 10))
    assert float(torch.quantile(truth * scale, 0.75)) == pytest.approx(0.35, rel=1e-5)


def test_the_scale_ignores_pixels_outside_the_matte() -> None:
    truth = torch.full((3, 4, 4), 0.7)
    matte = torch.ones(4, 4)
    matte[0] = 0
    truth[:, 0] = 1e6
    assert exposure_scale(truth, matte) == pytest.approx(0.5)


def test_a_black_truth_has_scale_one() -> None:
    assert exposure_scale(torch.zeros(3, 4, 4), torch.ones(4, 4)) == 1.0


def test_display_is_the_srgb_curve() -> None:
    values = display(torch.tensor([-1.0, 0.0, 0.002, 0.18, 1.0, 40.0]), 1.0)
    torch.testing.assert_close(
        values, torch.tensor([0.0, 0.0, 0.02584, 0.46136, 1.0, 1.0]), atol=1e-5, rtol=0
    )


def test_a_gain_stays_a_gain_in_power() -> None:
    values = torch.rand(50, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(power(3 * values, 1.0), 3**POWER * power(values, 1.0))
