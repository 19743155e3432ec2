"""Can swapped faces still be told from real ones? A fresh classifier, asked about stretches of time it never saw.

This is a two-sample test by classifier (Lopez-Paz and Oquab, "Revisiting classifier two-sample tests", 2017): trained
anew each time, on some blocks of both sides, and scored on the others. It is never a loss: a network that is optimised
against it would teach it nothing about the picture, and its answer on what it was trained on says nothing at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from doublure.core.cancel import check
from doublure.core.errors import DoublureError
from doublure.core.swap.same_path import SIDE

BLOCKS = 10
"""Each side is cut into this many stretches of time."""
FOLDS = 2
"""Every block is held out once: half of them train a classifier, the other half are asked, and the other way round."""
STEPS = 160
BATCH = 48
FEWEST = 40
"""Faces a side: with fewer the interval is too wide to stop anything."""
_Z = 1.96
_RATE = 2e-3


@dataclass(frozen=True)
class Verdict:
    """What a fresh classifier could tell.

    Attributes:
        accuracy: share of held-out faces that it put on the right side, 0-1; both sides count alike.
        low, high: 95 % interval of it (Wilson), over the faces' effective number.
        count: held-out faces asked.
        effective: how many independent faces they are worth: neighbours in time are alike (Kish's design effect).
    """

    accuracy: float
    low: float
    high: float
    count: int
    effective: float

    @property
    def undetected(self) -> bool:
        """Whether guessing lies within the interval."""
        return self.low <= 0.5 <= self.high

    def __str__(self) -> str:
        return f"{100 * self.accuracy:.0f} % [{100 * self.low:.0f}-{100 * self.high:.0f}]"


class _Classifier(nn.Module):
    """(N, 3, 64, 64) -> (N,) logit of being swapped."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3, 24, 32, 48, 64)
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Conv2d(before, after, 3, 2, 1), nn.GroupNorm(8, after), nn.LeakyReLU(0.1)]
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(2 * widths[-1], 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.body(x)
        return self.head(torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1))[:, 0]


def detect_swaps(real: Tensor, swapped: Tensor, *, seed: int = 0, steps: int = STEPS) -> Verdict:
    """How well a fresh classifier tells swapped faces from real ones on held-out blocks.

    Args:
        real, swapped: (N, 3, 64, 64) and (M, 3, 64, 64) float32, both from `same_path.same_path`, in order of time.
        seed: of weights, batches and the classifier's augmentation.
        steps: of training a fold.

    Raises:
        DoublureError: fewer than FEWEST faces on a side.
    """
    if min(len(real), len(swapped)) < FEWEST:
        raise DoublureError(
            f"the detector has {len(real)} real and {len(swapped)} swapped faces",
            remedy=f"give footage with at least {FEWEST} of each",
        )
    if real.shape[1:] != (3, SIDE, SIDE) or swapped.shape[1:] != real.shape[1:]:
        raise ValueError(f"faces must be (N, 3, {SIDE}, {SIDE})")
    sides = (real, swapped)
    blocks = [_blocks(len(side)) for side in sides]
    right = [torch.zeros(len(side), dtype=torch.bool) for side in sides]
    for fold in range(FOLDS):
        trained = [side[block % FOLDS != fold] for side, block in zip(sides, blocks, strict=True)]
        network = _learn(trained[0], trained[1], Generator().manual_seed(seed * FOLDS + fold), steps)
        for label, (side, block) in enumerate(zip(sides, blocks, strict=True)):
            asked = block % FOLDS == fold
            right[label][asked] = (_logits(network, side[asked]) > 0) == bool(label)
    return _verdict(right, blocks)


def _blocks(count: int) -> Tensor:
    """(count,) number of the stretch of time that each face lies in."""
    return torch.arange(count) * BLOCKS // count


def _learn(real: Tensor, swapped: Tensor, generator: Generator, steps: int) -> _Classifier:
    network = _fresh(generator)
    optimiser = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=0.05)
    labels = torch.cat([torch.zeros(BATCH // 2), torch.ones(BATCH // 2)])
    for step in range(steps):
        check()
        for group in optimiser.param_groups:
            group["lr"] = _RATE * (0.02 + 0.49 * (1 + math.cos(math.pi * step / steps)))
        picked = [
            side[torch.randint(len(side), (BATCH // 2,), generator=generator)] for side in (real, swapped)
        ]
        loss = F.binary_cross_entropy_with_logits(network(_moved(torch.cat(picked), generator)), labels)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
    return network.eval()


def _fresh(generator: Generator) -> _Classifier:
    """New weights out of the generator: global random state is neither used nor moved."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(torch.randint(2**62, (1,), generator=generator)))
        return _Classifier()


def _moved(faces: Tensor, generator: Generator) -> Tensor:
    """Half of them mirrored, all shifted by up to two pixels: few faces must not be learnt by heart."""
    count = len(faces)
    mirror = torch.rand(count, generator=generator) < 0.5
    faces = torch.where(mirror[:, None, None, None], faces.flip(3), faces)
    down, across = torch.randint(-2, 3, (2,), generator=generator).tolist()
    return faces.roll((down, across), (2, 3))


@torch.inference_mode()
def _logits(network: _Classifier, faces: Tensor) -> Tensor:
    return torch.cat([network(part) for part in faces.split(64)]) if len(faces) else torch.zeros(0)


def _verdict(right: list[Tensor], blocks: list[Tensor]) -> Verdict:
    accuracy = sum(float(side.float().mean()) for side in right) / len(right)
    count = sum(len(side) for side in right)
    effective = sum(_effective(side.double(), block) for side, block in zip(right, blocks, strict=True))
    low, high = wilson(accuracy, effective)
    return Verdict(accuracy, low, high, count, effective)


def _effective(right: Tensor, block: Tensor) -> float:
    """Independent answers that these are worth: n / (1 + (m - 1) rho), Kish 1965.

    rho is the intraclass correlation of a one-way analysis of variance over the blocks, m a block's mean length.
    """
    groups = [right[block == b] for b in range(int(block.max()) + 1)]
    count, length = len(right), len(right) / len(groups)
    between = sum(len(g) * float(g.mean() - right.mean()) ** 2 for g in groups) / (len(groups) - 1)
    within = sum(float(((g - g.mean()) ** 2).sum()) for g in groups) / (count - len(groups))
    total = between + (length - 1) * within
    rho = max(0.0, (between - within) / total) if total > 0 else 0.0
    return count / (1 + (length - 1) * rho)


def wilson(share: float, count: float) -> tuple[float, float]:
    """The 95 % interval of a share seen in ``count`` trials (Wilson 1927)."""
    spread = _Z**2 / count
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * math.sqrt(share * (1 - share) / count + spread / (4 * count))
    return max(0.0, middle - half), min(1.0, middle + half)
