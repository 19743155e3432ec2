"""The peers' kind of network, in plain torch: one encoder, a decoder for each of two people, a wide dense neck.

What faceswap's and DeepFaceLab's families share, at 128 pixels and some 50 million parameters, without a line of
theirs. It is what ``bench.swap_speed`` measures Doublure's against, with the same batches, precision and losses.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from doublure.core.swap.losses import dissimilarity, weighted_l1

PEOPLE = 2
_NECK = 512


def _down(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 5, 2, 2), nn.LeakyReLU(0.1))


def _up(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, 4 * outputs, 3, 1, 1), nn.LeakyReLU(0.1), nn.PixelShuffle(2))


class ClassicNetwork(nn.Module):
    """(N, 3, S, S) faces and (N,) people, 0 or 1 -> (N, 3, S, S) the same performance by these people.

    Args:
        size: S, a multiple of 16.
        width: channels at half resolution; doubled at each further level.
    """

    def __init__(self, size: int = 128, width: int = 64) -> None:
        super().__init__()
        grid = size // 16
        self.encoder = nn.Sequential(
            _down(3, width),
            _down(width, 2 * width),
            _down(2 * width, 4 * width),
            _down(4 * width, 8 * width),
            nn.Flatten(),
            nn.Linear(8 * width * grid**2, _NECK),
            nn.Linear(_NECK, _NECK * grid**2),
            nn.Unflatten(1, (_NECK, grid, grid)),
            _up(_NECK, 4 * width),
        )
        self.decoders = nn.ModuleList(
            nn.Sequential(
                _up(4 * width, 4 * width),
                _up(4 * width, 2 * width),
                _up(2 * width, width),
                nn.Conv2d(width, 3, 5, 1, 2),
            )
            for _ in range(PEOPLE)
        )

    def forward(self, faces: Tensor, people: Tensor) -> Tensor:
        inner = self.encoder(faces)
        out = torch.empty_like(faces)
        for person, decoder in enumerate(self.decoders):
            asked = people == person
            if asked.any():
                out[asked] = decoder(inner[asked]).to(out.dtype)
        return out


def classic_loss(prediction: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Weighted L1 and structural dissimilarity: what the peers minimise. Shapes as `doublure.core.swap.losses`."""
    return 4.0 * weighted_l1(prediction, target, weight) + 0.3 * dissimilarity(prediction, target, weight)


def parameters(network: nn.Module) -> float:
    """In millions."""
    return sum(p.numel() for p in network.parameters()) / 1e6
