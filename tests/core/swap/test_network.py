from __future__ import annotations

import pytest
import torch

from doublure.core.swap.guide import CHANNELS
from doublure.core.swap.network import NetworkShape, SwapNetwork


@pytest.fixture
def network() -> SwapNetwork:
    torch.manual_seed(0)
    return SwapNetwork(NetworkShape(size=32, width=4, bottleneck=16, people=3)).eval()


def test_output_has_the_input_size_and_a_matte(network: SwapNetwork) -> None:
    detail, matte = network(torch.zeros(2, 3, 32, 32), network.code(torch.tensor([0, 1])))
    assert detail.shape == (2, 3, 32, 32)
    assert matte.shape == (2, 1, 32, 32)


def test_identity_comes_from_the_code_alone(network: SwapNetwork) -> None:
    torch.nn.init.normal_(network.codes.weight, 0, 0.5)
    face = torch.randn(1, 3, 32, 32) * 0.1
    first, second = (network(face, network.code(torch.tensor([i])))[0] for i in (0, 1))
    assert (first - second).abs().max() > 1e-3


def test_a_mixed_code_is_a_code(network: SwapNetwork) -> None:
    codes = network.codes.weight
    detail, _ = network(torch.zeros(1, 3, 32, 32), torch.lerp(codes[:1], codes[1:2], 0.3))
    assert torch.isfinite(detail).all()


def test_a_size_that_cannot_be_halved_four_times_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 16"):
        SwapNetwork(NetworkShape(size=100))


def test_the_default_network_stays_small() -> None:
    assert sum(p.numel() for p in SwapNetwork(NetworkShape()).parameters()) < 8e6


def test_a_guide_counts_for_nothing_before_it_is_learned() -> None:
    network = SwapNetwork(NetworkShape(size=32, width=4, bottleneck=16, guide=CHANNELS)).eval()
    face, code = torch.randn(1, 3, 32, 32) * 0.1, network.code(torch.tensor([0]))
    guided = network(face, code, torch.rand(1, CHANNELS, 16, 16))
    assert torch.equal(guided[0], network(face, code)[0])


def test_a_guide_moves_what_lies_under_it_most() -> None:
    torch.manual_seed(0)
    network = SwapNetwork(NetworkShape(size=64, width=4, bottleneck=16, guide=CHANNELS)).eval()
    torch.nn.init.normal_(network.guides[-1].weight)
    face, code = torch.randn(1, 3, 64, 64) * 0.1, network.code(torch.tensor([0]))
    guide = torch.zeros(1, CHANNELS, 32, 32)
    guide[..., 4:8, 4:8] = 1
    change = (network(face, code, guide)[0] - network(face, code)[0]).abs().mean((0, 1))
    assert change[4:20, 4:20].mean() > 1e-4
    assert change[32:, 32:].max() == 0


def test_no_guide_is_a_guide_on_which_nothing_is_drawn() -> None:
    network = SwapNetwork(NetworkShape(size=32, width=4, bottleneck=16, guide=3)).eval()
    for parameter in network.guides.parameters():
        torch.nn.init.normal_(parameter)
    detail, code = torch.rand(2, 3, 32, 32), network.code(torch.tensor([0, 1]))
    for without, empty in zip(
        network(detail, code), network(detail, code, torch.zeros(2, 3, 16, 16)), strict=True
    ):
        torch.testing.assert_close(without, empty)
