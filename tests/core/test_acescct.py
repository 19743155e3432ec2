from __future__ import annotations

import numpy as np
import pytest
import torch

from doublure.core.color import acescct_decode, acescct_encode, config

LINEAR = torch.cat(
    [
        torch.linspace(-2, 2, 401),
        torch.linspace(-0.02, 0.02, 401),
        torch.tensor([0.0, 0.18, 1.0, 40.0, 222.0, 6e4, 0.0078125, -40.0]),
    ]
)


def by_ocio(values: torch.Tensor, source: str, target: str) -> torch.Tensor:
    rgba = values.repeat(4, 1).T.contiguous().numpy().astype(np.float32)
    config().getProcessor(source, target).getDefaultCPUProcessor().applyRGBA(rgba)
    return torch.from_numpy(rgba[:, 0].copy())


def test_encoding_agrees_with_ocio() -> None:
    assert (acescct_encode(LINEAR) - by_ocio(LINEAR, "ACEScg", "ACEScct")).abs().max() < 2e-6


def test_decoding_agrees_with_ocio() -> None:
    codes = torch.linspace(-0.3, 1.4, 1001)
    expected = by_ocio(codes, "ACEScct", "ACEScg")
    assert torch.allclose(acescct_decode(codes), expected, rtol=3e-5, atol=2e-6)


def test_decoding_undoes_encoding_below_0_and_far_above_1() -> None:
    values = LINEAR.double()
    assert torch.allclose(acescct_decode(acescct_encode(values)), values, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("linear", "code"), [(0.0, 0.0729055), (0.18, 0.4135884), (1.0, 0.5547945)])
def test_the_specifications_anchor_values(linear: float, code: float) -> None:
    assert float(acescct_encode(torch.tensor(linear))) == pytest.approx(code, abs=1e-6)


def test_values_above_the_half_range_are_not_clamped() -> None:
    value = torch.tensor(1e6)
    assert torch.allclose(acescct_decode(acescct_encode(value)), value, rtol=1e-4)


def test_gradients_are_finite_and_positive_everywhere() -> None:
    for function in (acescct_encode, acescct_decode):
        values = torch.linspace(-3, 3, 601).requires_grad_()
        function(values).sum().backward()
        assert values.grad.isfinite().all()
        assert (values.grad > 0).all()


def test_any_shape_is_kept() -> None:
    for shape in ((), (1,), (2, 3, 4, 5), (0, 3)):
        assert acescct_encode(torch.zeros(shape)).shape == shape
